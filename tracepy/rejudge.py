"""Judging a part of what a run found, as the run judged it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tracepy.evaluation.executors import judge_for
from tracepy.evaluation.records import Evaluation, Job
from tracepy.reopened import reopened
from tracepy.store.records import Run
from tracepy.transforms.source import Source


def rejudge(run: Run, new: Mapping[str, bytes]) -> Evaluation:
    """The verdict on files, by a run's objective and settings.

    The program as it is on disk is judged first: its cases are those that must run.

    Args:
        run: Whose objective judges.
        new: Absolute path -> bytes of the files that are not as on disk.

    Raises:
        UserError: the run's target or objective is not there any more.
    """
    try:
        sources = {path: Source.decode(data, path).text for path, data in new.items()}
    except SyntaxError as error:
        return Evaluation("error", None, f"{error.filename}: {error.msg}")
    was = reopened(run)
    here = replace(was.settings, executor="local")  # one candidate needs no cluster
    with was.there(), judge_for(was.target, was.objective, here) as judge:
        judge.evaluate([Job({})])
        return judge.evaluate([Job(sources)])[0]
