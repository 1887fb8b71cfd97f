"""What came of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tracepy.comparison import Comparison
from tracepy.writeback import Change


@dataclass(frozen=True, slots=True)
class Validation:
    """Scores on what was held out of the search; None where there was no verdict.

    Attributes:
        label: What was held out, in words.
        baseline: The score of the program as it stood.
        best: The winner's; the baseline's where nothing better was found.
        worse: Whether the winner is worse there.
    """

    label: str
    baseline: float | None
    best: float | None
    worse: bool = False


@dataclass(frozen=True)
class Result:
    """What came of a run, whether it was finished or interrupted.

    Attributes:
        run: Its id in the run store.
        target: What was to be improved, as it was asked for.
        optimizer: The optimizer's name.
        objective: What judged it, in words.
        baseline: The score of the program as it stood.
        best: The score of the winner; the baseline's where there is none.
        improved: Whether the winner is better than the program as it stood.
        goal_reached: Whether the best score meets the goal.
        evaluations: Candidates judged, the baseline included.
        seconds: Wall-clock time.
        parameters: What the winner changes: `name`, `kind`, `old` and `new` of each.
        patch: The winner as a unified diff, relative to the project.
        changes: The winner as whole files.
        baseline_cases: Cases passed and cases in all before, where the objective has cases.
        best_cases: The same for the winner.
        status: `finished` or `interrupted`.
        comparison: Winner and baseline on fresh draws, where the objective is noisy.
        validation: Their scores on what was held out, where something was.
        notes: What a reader should know beside.
    """

    run: str
    target: str
    optimizer: str
    objective: str
    baseline: float
    best: float
    improved: bool
    goal_reached: bool
    evaluations: int
    seconds: float
    parameters: list[dict[str, Any]]
    patch: str
    changes: tuple[Change, ...]
    baseline_cases: tuple[int, int] | None = None
    best_cases: tuple[int, int] | None = None
    status: Literal["finished", "interrupted"] = "finished"
    notes: list[str] = field(default_factory=list)
    comparison: Comparison | None = None
    validation: Validation | None = None

    def diff(self) -> str:
        """The winner as a unified diff; empty where nothing better was found."""
        return self.patch

    def write(self) -> None:
        """Write the winner to the files.

        Raises:
            ConflictError: a file is not what the run started from.
            UserError: a file cannot be written. In both cases no file has changed.
        """
        from tracepy.writeback import write

        write(self.changes)
