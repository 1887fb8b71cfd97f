"""What came of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tracepy.comparison import Comparison
from tracepy.fixes.records import Fix
from tracepy.writeback import Change

if TYPE_CHECKING:
    from tracepy.store.place import Place


@dataclass(frozen=True, slots=True)
class Validation:
    """Scores on what was held out of the search; None where there was no verdict.

    Attributes:
        label: What was held out, in words.
        baseline: The score of the program as it stood.
        best: The winner's; the baseline's where nothing better was found.
        worse: Whether the winner is worse there.
        chosen_from: How many candidates were judged there to choose the winner, or to end the
            search; 0 where none was. From the second on it is no unseen test any more: the score
            of the best of several is higher by chance alone.
    """

    label: str
    baseline: float | None
    best: float | None
    worse: bool = False
    chosen_from: int = 0


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
        patch: The winner as a unified diff, relative to its git work tree, else to the project.
        changes: The winner as whole files.
        baseline_cases: Cases passed and cases in all before, where the objective has cases.
        best_cases: The same for the winner.
        status: `finished` or `interrupted`.
        comparison: Winner and baseline on fresh draws, where the objective is noisy.
        validation: Their scores on what was held out, where something was.
        fixes: The programs that reach the goal and behave differently, the best first; empty where
            the goal was not reached.
        notes: What a reader should know beside.
        store: Where the run is kept.
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
    store: Place | None = field(default=None, repr=False)
    comparison: Comparison | None = None
    validation: Validation | None = None
    fixes: tuple[Fix, ...] = ()

    def diff(self) -> str:
        """The winner as a unified diff; empty where nothing better was found."""
        return self.patch

    def write(self) -> None:
        """Write the winner to the files, as `tracepy apply` does; `tracepy revert` takes it back.

        A file that changed since the run began gets both changes where they do not meet. Nothing
        happens where nothing better was found.

        Raises:
            ConflictError: a file changed in the same place.
            UserError: a file cannot be written, or holds the winner already. In all cases no file
                has changed.
        """
        if not self.changes:
            return
        if self.store is None:
            from tracepy.writeback import write

            write(self.changes)
            return
        from tracepy.store import Store
        from tracepy.store.outcome import apply

        with Store(self.store) as store:
            apply(store, store.find(self.run))
