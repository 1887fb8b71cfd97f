"""What a runner knows of the evaluation it is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tracepy.evaluation.records import Job
from tracepy.objective.answers import Answers


class Recording(Protocol):
    """One recorded case: told what it yielded."""

    def judged(self, value: Any, *, failed: bool) -> None: ...


class _Unrecorded:
    def judged(self, value: Any, *, failed: bool) -> None:
        """Nothing is recorded, so there is nothing to tell."""


def unrecorded(name: str) -> AbstractContextManager[Recording]:
    """The recording of a case where no trace was asked for."""
    return nullcontext(_Unrecorded())


@dataclass(frozen=True, slots=True)
class Context:
    """Where and how an objective is run.

    Attributes:
        job: The candidate.
        modules: Dotted name to path of the target's modules.
        root: The folder that must be on `sys.path`.
        project: The folder of the project.
        scratch: The folder of this evaluation, its working directory.
        expected: Names of the cases of the baseline, once they are known.
        slowest: Seconds of the slowest case that the program as it stands passed; 0 where that is
            not known.
        record: Records one case.
        answers: Takes answers that are compared elsewhere.
        part: The number of the data set that they answer: 0 the objective's, n the n-th stage's.
    """

    job: Job
    modules: Mapping[str, str]
    root: Path
    project: Path
    scratch: Path
    expected: tuple[str, ...] = ()
    slowest: float = 0.0
    record: Callable[[str], AbstractContextManager[Recording]] = field(default=unrecorded)
    answers: Answers = field(default_factory=lambda: Answers(-1))
    part: int = 0
