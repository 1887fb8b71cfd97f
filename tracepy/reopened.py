"""A stored run as what it was asked to do: to go on with it, or to judge a part of it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.objective import Objective
from tracepy.objective import find as find_objective
from tracepy.settings import Settings
from tracepy.store.records import Run
from tracepy.target import Target, resolve


@dataclass(frozen=True, slots=True)
class Reopened:
    """What a run was made of.

    Attributes:
        target: What it was asked to improve, as it is on disk now.
        settings: Its options.
        objective: What judged it.
        context: What the objective is about, in words (ω).
        folder: The folder in which it was started.
    """

    target: Target
    settings: Settings
    objective: Objective
    context: str
    folder: Path

    @contextmanager
    def there(self) -> Iterator[None]:
        """In the folder where the run was started: its judge may name files relative to that.

        The current folder belongs to the whole process, so other threads see it, too.

        Raises:
            UserError: the folder is gone.
        """
        try:
            place = chdir(self.folder)
            place.__enter__()
        except OSError as error:
            raise UserError(
                f"the folder that the run was started in cannot be entered: {self.folder} "
                f"({error.strerror})"
            ) from error
        try:
            yield
        finally:
            place.__exit__(None, None, None)


def reopened(run: Run) -> Reopened:
    """What a run was asked to do, and by what it was judged.

    Raises:
        UserError: its target is not there any more.
    """
    settings = _settings(run)
    target, folder = _target(run)
    if run.judge:
        objective = Objective.from_dict(run.judge)
    else:  # a run of before the store kept it
        objective = find_objective(target, settings, target.project)
    return Reopened(target, settings, objective, run.context, folder)


def _settings(run: Run) -> Settings:
    known = set(Settings.__annotations__)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in run.settings.items()
        if name in known
    }
    return Settings(**values)


def _target(run: Run) -> tuple[Target, Path]:
    """The target, and the folder that the run was started in, as far as that is known."""
    first = Path(next(iter(run.originals)))
    known = [Path(run.base)] if run.base else [Path.cwd(), *first.parents]
    for base in known:
        try:
            target = resolve(run.target, base)
        except UserError:
            continue
        if set(run.originals) <= {str(path) for path in target.modules.values()}:
            return target, Path(run.folder or base)
    raise UserError(
        f"run {run.id} cannot be judged again: its target {run.target} is not there any more"
    )
