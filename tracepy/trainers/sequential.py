"""On from the last iterate, better or not: the loop of the paper (arXiv 2406.16218, section 3)."""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.optimizers.base import Outcome
from tracepy.trainers.selection import judged


class Sequential:
    """The base is what came of the last turn; of several candidates the best, of equals the last.

    A turn in which none came to a verdict leaves the base as it is.

    Args:
        start: The program as it stands.
    """

    gated = False  # the last iterate is gone on from, whatever it scored

    def __init__(self, start: Outcome) -> None:
        self._last = start
        self._turn: list[Outcome] = []

    def base(self) -> Outcome:
        """The last iterate."""
        if self._turn:
            (self._last,) = self._turn
            self._turn = []
        return self._last

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Keep what the next turn goes on from."""
        for outcome in judged(outcomes):
            if not self._turn or outcome.value >= self._turn[0].value:
                self._turn = [outcome]

    def rival(self) -> Outcome | None:
        """None: the next base is judged to its end."""
        return None

    def held(self) -> Sequence[Outcome]:
        """The last iterate."""
        return self._turn or [self._last]
