"""A few cases at a time: what the next candidates should be about, and are judged on first."""

from __future__ import annotations

from math import floor
from random import Random

from tracepy.optimizers.base import Outcome


class Minibatches:
    """Names a few cases for each turn: half of them where the base fails, where there are such.

    Of those that it may take, it takes the cases that were taken least often, in an order that is
    drawn anew each round: all of them come in turn.

    Args:
        size: Cases of a minibatch.
        start: The program as it stands: its cases are those that there are.
        sign: +1 where a higher score of a case is better, -1 where a lower one is.
        seed: Seed of the order.

    Attributes:
        needed: Whether there are more cases than a minibatch has.
    """

    def __init__(self, size: int, start: Outcome, sign: int, seed: str) -> None:
        self._size = size
        self._sign = sign
        self._random = Random(seed)
        # How often a case was taken, and behind the point where it stands in the round.
        self._place = {case.name: self._random.random() for case in start.evaluation.cases}
        self.needed = len(self._place) > size

    def take(self, base: Outcome) -> tuple[str, ...]:
        """The names of the cases of a turn, those where the base fails first; empty stands for all."""
        if not self.needed:
            return ()
        waiting = sorted(self._place, key=self._place.__getitem__)
        scores = {case.name: case.score for case in base.evaluation.cases}
        failing = [name for name in waiting if self._fails(scores.get(name, 0.0))]
        chosen = failing[: (self._size + 1) // 2]
        rest = [name for name in waiting if name not in chosen]
        chosen += rest[: self._size - len(chosen)]
        for name in chosen:
            self._place[name] = floor(self._place[name]) + 1 + self._random.random()
        return tuple(sorted(chosen, key=lambda name: not self._fails(scores.get(name, 0.0))))

    def _fails(self, score: float) -> bool:
        return score < 1.0 if self._sign > 0 else score > 0.0


def lost(base: Outcome, cases: tuple[str, ...]) -> float | None:
    """What the base loses on these cases, 1.0 a failed one: who loses less is better there.

    None where nothing can be better, or the base has no verdict on some of them.
    """
    scores = {case.name: case.score for case in base.evaluation.cases}
    if any(name not in scores for name in cases):
        return None
    # In the order in which they are run, so that equal scores give equal sums.
    total = 0.0
    for name in cases:
        total += 1.0 - scores[name]
    return total if total > 0.0 else None
