"""What a run may spend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from tracepy.settings import Settings

# Where the user sets no bound at all: enough for a repair, short enough to wait for.
DEFAULT_EVALUATIONS = 2000
DEFAULT_SECONDS = 600.0


@dataclass
class Budget:
    """Evaluations, iterations and seconds, and what of them is spent.

    Only seconds depend on the machine: a run bounded by evaluations alone is the same each time.
    """

    evaluations: int | None
    iterations: int | None
    seconds: float | None
    clock: Callable[[], float] = monotonic
    spent: int = 0
    turns: int = 0
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @classmethod
    def of(cls, settings: Settings) -> Budget:
        """The budget that the settings ask for, with a default where they are silent."""
        evaluations, seconds = settings.evaluations, settings.time
        if evaluations is None and settings.iterations is None and seconds is None:
            evaluations, seconds = DEFAULT_EVALUATIONS, DEFAULT_SECONDS
        return cls(evaluations, settings.iterations, seconds)

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self.clock() - self.started

    @property
    def left(self) -> int | None:
        """Evaluations left, or None where they are not bounded."""
        return None if self.evaluations is None else max(self.evaluations - self.spent, 0)

    @property
    def exhausted(self) -> bool:
        """Whether any of the bounds is reached."""
        return (
            self.left == 0
            or (self.iterations is not None and self.turns >= self.iterations)
            or (self.seconds is not None and self.elapsed >= self.seconds)
        )
