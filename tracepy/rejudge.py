"""Judging a part of what a run found, as the run judged it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.evaluation import Judge
from tracepy.evaluation.records import Evaluation, Job
from tracepy.objective import find as find_objective
from tracepy.settings import Settings
from tracepy.store.records import Run
from tracepy.target import Target, resolve
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
    target, settings = reopened(run)
    with Judge(
        target,
        find_objective(target, settings, target.project),
        workers=settings.workers or len(os.sched_getaffinity(0)),
        timeout=settings.timeout,
        memory_limit=settings.memory_limit,
        sandbox=settings.sandbox,
        environment=settings.allow_env,
        readable=settings.allow_read,
        network=settings.allow_network,
    ) as judge:
        judge.evaluate([Job({})])
        return judge.evaluate([Job(sources)])[0]


def reopened(run: Run) -> tuple[Target, Settings]:
    """What a run was asked to improve, and how. Raises UserError where that is gone."""
    known = set(Settings.__annotations__)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in run.settings.items()
        if name in known
    }
    first = Path(next(iter(run.originals)))
    for folder in (Path.cwd(), *first.parents):
        try:
            target = resolve(run.target, folder)
        except UserError:
            continue
        if set(run.originals) <= {str(path) for path in target.modules.values()}:
            return target, Settings(**values)
    raise UserError(
        f"run {run.id} cannot be judged again: its target {run.target} is not there any more"
    )
