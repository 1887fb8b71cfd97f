"""On from the program that promises most: its own score, what its children came to, and how little
it was tried, weighed as a bandit's arms are (UCB1: Auer, Cesa-Bianchi and Fischer, 2002)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from random import Random

from tracepy.optimizers.base import Outcome
from tracepy.trainers.selection import judged

# The best so many programs are arms.
_ARMS = 256


@dataclass(eq=False)
class _Arm:
    outcome: Outcome
    digest: str
    turns: int = 0
    children: int = 0
    better: int = 0


class Ucb:
    """The base is the arm with the highest upper confidence bound.

    An arm's worth is between 0 and 1: half of it its rank among the values of all arms, half the
    share of its children that were better than it (one in two before there is any). To it comes
    `explore` times the root of ln(turns of all) / turns of the arm.

    Args:
        start: The program as it stands.
        explore: How much an arm gains by having had few turns.
        seed: Seed of the choice among equals.
    """

    gated = True

    def __init__(self, start: Outcome, explore: float, seed: str) -> None:
        self._explore = explore
        self._random = Random(seed)
        self._arms: list[_Arm] = [_Arm(start, start.proposal.digest())]
        self._base = self._arms[0]
        self._turns = 0

    def base(self) -> Outcome:
        """The arm that promises most."""
        values = sorted({arm.outcome.value for arm in self._arms})
        ranks = {value: place / max(len(values) - 1, 1) for place, value in enumerate(values)}
        bounds = [self._bound(arm, ranks[arm.outcome.value]) for arm in self._arms]
        top = max(bounds)
        equals = [arm for arm, bound in zip(self._arms, bounds, strict=True) if bound == top]
        self._base = self._random.choice(equals)
        self._base.turns += 1
        self._turns += 1
        return self._base.outcome

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Credit the arms that new programs were made from, and make those arms, too."""
        arms = {arm.outcome.number: arm for arm in self._arms}
        for outcome in outcomes:
            # An optimizer that starts from programs of its own choice says which.
            parent = outcome.proposal.parent
            arm = self._base if parent is None else arms.get(parent)
            if arm is not None:
                arm.children += 1
                arm.better += outcome.evaluation.complete and outcome.value > arm.outcome.value
        known = {arm.digest for arm in self._arms}
        for outcome in judged(outcomes):
            digest = outcome.proposal.digest()
            if digest not in known:
                known.add(digest)
                self._arms.append(_Arm(outcome, digest))
        self._arms.sort(key=lambda arm: (-arm.outcome.value, arm.outcome.number))
        del self._arms[_ARMS:]

    def rival(self) -> Outcome | None:
        """None: how good a child is counts for itself and for the one that it was made from."""
        return None

    def held(self) -> Sequence[Outcome]:
        """The arms."""
        return [arm.outcome for arm in self._arms]

    def _bound(self, arm: _Arm, rank: float) -> float:
        share = (arm.better + 1) / (arm.children + 2)
        tried = sqrt(log(self._turns + 1) / (arm.turns + 1))
        return 0.5 * rank + 0.5 * share + self._explore * tried
