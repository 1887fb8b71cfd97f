"""What a run may spend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from tracepy.settings import Settings

# Where the user sets no bound at all: enough for a repair, short enough to wait for.
DEFAULT_EVALUATIONS = 2000
DEFAULT_SECONDS = 600.0
# One evaluation in so many is kept for shrinking the winner.
_RESERVE = 20


@dataclass
class Budget:
    """Evaluations, iterations and seconds, and what of them is spent.

    Only seconds depend on the machine: a run bounded by evaluations alone is the same each time.

    Attributes:
        reserve: Evaluations kept back for what follows the search: making the winner small.
    """

    evaluations: int | None
    iterations: int | None
    seconds: float | None
    clock: Callable[[], float] = monotonic
    spent: int = 0
    turns: int = 0
    reserve: int = 0
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @classmethod
    def of(cls, settings: Settings) -> Budget:
        """The budget that the settings ask for, with a default where they are silent."""
        evaluations, seconds = settings.evaluations, settings.time
        if evaluations is None and settings.iterations is None and seconds is None:
            evaluations, seconds = DEFAULT_EVALUATIONS, DEFAULT_SECONDS
        reserve = 0 if evaluations is None else evaluations // _RESERVE
        return cls(evaluations, settings.iterations, seconds, reserve=reserve)

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self.clock() - self.started

    @property
    def left(self) -> int | None:
        """Evaluations left, those kept back apart; None where they are not bounded."""
        if self.evaluations is None:
            return None
        return max(self.evaluations - self.reserve - self.spent, 0)

    @property
    def hard_left(self) -> int | None:
        """Evaluations left in all; 0 where the time is over, None where they are not bounded."""
        if self.seconds is not None and self.elapsed >= self.seconds:
            return 0
        return None if self.evaluations is None else max(self.evaluations - self.spent, 0)

    @property
    def exhausted(self) -> bool:
        """Whether any of the bounds is reached."""
        return (
            self.left == 0
            or (self.iterations is not None and self.turns >= self.iterations)
            or (self.seconds is not None and self.elapsed >= self.seconds)
        )
