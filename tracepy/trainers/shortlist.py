"""The programs that a run could have gone on from: where it may start again."""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.optimizers.base import Outcome
from tracepy.trainers.selection import judged, verdict

_MOST = 64  # of each kind: the best


class Shortlist:
    """Former bests, and what selections hold.

    Args:
        start: The program as it stands.
    """

    def __init__(self, start: Outcome) -> None:
        self._start = start
        self._bests = [start]  # each was the best when it came
        self._left: list[Outcome] = []  # what selections held that are given up
        self._begun = {verdict(start)}  # what searches began from

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Keep each new best."""
        for outcome in judged(outcomes):
            if outcome.value > self._bests[-1].value:
                self._bests = [*self._bests[-_MOST:], outcome]

    def leave(self, held: Sequence[Outcome]) -> Outcome:
        """Give a selection up, and choose where the next search begins.

        The first time that is the program as it stands; then the best program that no search began
        from and that the objective can tell from those and from the best of all, which the last
        search went on from; where there is none, the program as it stands.

        Args:
            held: What the selection held.
        """
        first = not self._left
        self._left = _ranked([*self._left, *held])[:_MOST]
        if first:
            return self._start
        passed = {verdict(self._bests[-1]), *self._begun}
        for outcome in self.ranked():
            if verdict(outcome) not in passed:
                self._begun.add(verdict(outcome))
                return outcome
        return self._start

    def ranked(self, held: Sequence[Outcome] = ()) -> list[Outcome]:
        """All of them without the program as it stands, the best first, of equals the first to come.

        Args:
            held: What the selection holds now.
        """
        known = [*self._bests, *self._left, *held]
        return _ranked([one for one in known if one.number != self._start.number])


def _ranked(outcomes: Sequence[Outcome]) -> list[Outcome]:
    found: dict[str, Outcome] = {}
    for outcome in sorted(outcomes, key=lambda one: (-one.value, one.number)):
        found.setdefault(outcome.proposal.digest(), outcome)
    return list(found.values())
