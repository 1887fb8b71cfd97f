"""On from any program that is the best at something: the front over single cases.

As in GEPA (arXiv 2507.19457): a program that alone solves one case may hold what the best overall
lacks. A program is drawn the more often, the more cases there are on which it is best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tracepy.optimizers.base import Outcome
from tracepy.trainers.selection import judged


@dataclass(eq=False)
class _Member:
    outcome: Outcome
    digest: str
    wins: set[int]  # the places of the cases on which none is better


class Pareto:
    """The bases are drawn from the programs that are best on some case.

    A program is left out where on each of its cases another that is kept is as good: the worst
    goes first, of equals the last to come. So there are never more programs than cases. Without
    cases the score is the only case, and the front is the best.

    Args:
        start: The program as it stands; its cases are those that count.
        sign: +1 where a higher score of a case is better, -1 where a lower one is.
        seed: Seed of the draws.
    """

    gated = True

    def __init__(self, start: Outcome, sign: int, seed: str) -> None:
        self._sign = sign
        self._random = Random(seed)
        self._names = tuple(dict.fromkeys(case.name for case in start.evaluation.cases))
        size = len(self._names) or 1
        self._tops = [float("-inf")] * size
        self._holders: list[list[_Member]] = [[] for _ in range(size)]
        self._members: list[_Member] = []
        self.take([start])

    def base(self) -> Outcome:
        """One of the front, drawn by the number of its cases."""
        weights = [len(member.wins) for member in self._members]
        (drawn,) = self._random.choices(self._members, weights)
        return drawn.outcome

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Let new programs into the front, and those out that it does not need any more."""
        for outcome in judged(outcomes):
            digest = outcome.proposal.digest()
            if all(member.digest != digest for member in self._members):
                self._enter(outcome, digest)

    def rival(self) -> Outcome | None:
        """None: one that is worse on the whole may be the best on a case."""
        return None

    def held(self) -> Sequence[Outcome]:
        """The programs of the front, in the order in which they came."""
        return [member.outcome for member in self._members]

    def _scores(self, outcome: Outcome) -> list[float]:
        if not self._names:
            return [outcome.value]
        scores = {case.name: self._sign * case.score for case in outcome.evaluation.cases}
        return [scores.get(name, float("-inf")) for name in self._names]

    def _enter(self, outcome: Outcome, digest: str) -> None:
        new = _Member(outcome, digest, set())
        for place, score in enumerate(self._scores(outcome)):
            if score < self._tops[place] or score == float("-inf"):
                continue
            if score > self._tops[place]:
                for member in self._holders[place]:
                    member.wins.discard(place)
                self._tops[place] = score
                self._holders[place] = []
            self._holders[place].append(new)
            new.wins.add(place)
        if new.wins:
            self._members.append(new)
            self._prune()

    def _prune(self) -> None:
        """Take out whose cases are all held by others, too."""
        dropped = set()
        for member in sorted(self._members, key=lambda x: (x.outcome.value, -x.outcome.number)):
            if all(len(self._holders[place]) > 1 for place in member.wins):
                for place in member.wins:
                    self._holders[place].remove(member)
                dropped.add(member)
        self._members = [member for member in self._members if member not in dropped]
