"""Always on from the best."""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.optimizers.base import Outcome
from tracepy.trainers.selection import judged


class Greedy:
    """The base is the best so far; of equals the first.

    Args:
        start: The program as it stands.
    """

    gated = True

    def __init__(self, start: Outcome) -> None:
        self._best = start

    def base(self) -> Outcome:
        """The best so far."""
        return self._best

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Keep what is better."""
        for outcome in judged(outcomes):
            if outcome.value > self._best.value:
                self._best = outcome

    def rival(self) -> Outcome | None:
        """The best."""
        return self._best

    def held(self) -> Sequence[Outcome]:
        """The best."""
        return [self._best]
