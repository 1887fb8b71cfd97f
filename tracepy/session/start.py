"""How a run begins: from what is asked for, or from a run that was interrupted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import Any

from tracepy.config import load, settings_from
from tracepy.errors import UserError
from tracepy.objective.find import find as find_objective
from tracepy.problem import Problem
from tracepy.progress import Progress
from tracepy.reopened import reopened
from tracepy.result import Result
from tracepy.session.run import Session
from tracepy.settings import Settings
from tracepy.store import Run, Store
from tracepy.target import resolve


def optimize(
    problem: Problem | str | Path,
    settings: Settings | None = None,
    *,
    cwd: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    executor: Executor | str | None = None,
    **options: Any,
) -> Result:
    """Improve a program by its objective.

    Args:
        problem: What to improve, and by what measure; a path stands for `Problem(path)`.
        settings: All options; instead of it, `options` by their long names with underscores,
            over those of `[tool.tracepy]`.
        cwd: What relative paths are relative to.
        on_progress: Called often, with where the run stands.
        executor: Where candidates are judged: a `concurrent.futures.Executor`, which is not shut
            down, or a text as for `--executor`.

    Raises:
        UserError: the target, the objective, an option or the configuration is wrong.
        BaselineError: the program as it stands cannot be evaluated.
    """
    if not isinstance(problem, Problem):
        problem = Problem(problem)
    folder = (problem.project or cwd or Path.cwd()).resolve()
    target = resolve(str(problem.target), folder)
    if settings is None:
        spec = problem.objective_spec()
        given = {**options, **({"objective": spec} if spec else {})}
        if isinstance(executor, str):
            given["executor"] = executor
        settings = settings_from(load(target.project), given)
    elif isinstance(executor, str):
        settings = dataclasses.replace(settings, executor=executor)
    objective = find_objective(target, settings, target.project)
    with Store.open(target.project) as store:
        session = Session(
            target,
            settings,
            objective,
            store,
            context=problem.context,
            base=folder,
            executor=None if isinstance(executor, str) else executor,
            on_progress=on_progress,
        )
        return _gone(session)


def resume(
    store: Store, run: Run, *, on_progress: Callable[[Progress], None] | None = None
) -> Result:
    """Go on with a run that was interrupted or killed, with the budget that is left.

    Nothing is judged twice, draws of a noisy objective included, and the result is that of a run
    that never stopped. What the run spent, time included, counts.

    Args:
        store: The store that the run is from.
        run: A run of it.
        on_progress: As for `optimize`.

    Raises:
        UserError: the run is finished or running, its target is gone, a file is not what it
            started from, or this tracepy would go another way than the one that began it.
    """
    was = reopened(run)
    with was.there():
        session = Session(
            was.target,
            was.settings,
            was.objective,
            store,
            context=was.context,
            on_progress=on_progress,
        )
        session.take_up(run)
        return _gone(session)


def _gone(session: Session) -> Result:
    """Go; a run that breaks off is not left as one that this process still runs."""
    try:
        return session.go()
    except BaseException:
        if session.id:
            with suppress(UserError):  # a store that cannot be written is told already
                session.store.leave(session.id)
        raise
