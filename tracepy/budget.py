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
        before: Seconds that the run took before it was interrupted.
        replayed: Of a run that is gone on with, what it found at this point: whether its time was
            used up, or None where it had not come so far.
        late: Whether the time was used up when that was last asked.
    """

    evaluations: int | None
    iterations: int | None
    seconds: float | None
    clock: Callable[[], float] = monotonic
    spent: int = 0
    turns: int = 0
    reserve: int = 0
    before: float = 0.0
    replayed: Callable[[], bool | None] | None = None
    late: bool = False
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
        """Seconds that the run took."""
        return self.before + self.clock() - self.started

    @property
    def left(self) -> int | None:
        """Evaluations left, those kept back apart; None where they are not bounded."""
        if self.evaluations is None:
            return None
        return max(self.evaluations - self.reserve - self.spent, 0)

    @property
    def hard_left(self) -> int | None:
        """Evaluations left in all; 0 where the time is over, None where they are not bounded."""
        self.late = self._late()
        if self.late:
            return 0
        return None if self.evaluations is None else max(self.evaluations - self.spent, 0)

    @property
    def exhausted(self) -> bool:
        """Whether any of the bounds is reached."""
        self.late = self._late()
        return (
            self.late
            or self.left == 0
            or (self.iterations is not None and self.turns >= self.iterations)
        )

    def _late(self) -> bool:
        if self.replayed is not None:
            found = self.replayed()
            if found is not None:
                return found
            self.replayed = None
            self.started = self.clock()  # replaying is no part of the run
        return self.seconds is not None and self.elapsed >= self.seconds
