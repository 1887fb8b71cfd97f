"""On from the few best, in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracepy.optimizers.base import Outcome
from tracepy.trainers.selection import judged, verdict


@dataclass(eq=False)
class _Member:
    outcome: Outcome
    digest: str
    verdict: tuple[float, ...]
    turns: int


class Beam:
    """The bases are the best programs so far, each as often as any other.

    Programs that the objective cannot tell apart are only kept while there is room: most of what
    equals the best is the best written another way.

    Args:
        start: The program as it stands.
        width: How many programs are kept.
    """

    gated = True

    def __init__(self, start: Outcome, width: int) -> None:
        self._width = width
        self._members: list[_Member] = []
        self.take([start])

    def base(self) -> Outcome:
        """The one that had the fewest turns; of those the best."""
        member = min(self._members, key=lambda member: member.turns)  # they stand best first
        member.turns += 1
        return member.outcome

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Keep the best of what was kept and what is new."""
        known = {member.digest for member in self._members}
        # One that is new has not missed the turns that others had before.
        turns = min((member.turns for member in self._members), default=0)
        for outcome in judged(outcomes):
            digest = outcome.proposal.digest()
            if digest not in known:
                known.add(digest)
                self._members.append(_Member(outcome, digest, verdict(outcome), turns))
        self._members.sort(key=lambda member: (-member.outcome.value, member.outcome.number))
        firsts: list[_Member] = []
        others: list[_Member] = []
        seen: set[tuple[float, ...]] = set()
        for member in self._members:
            (others if member.verdict in seen else firsts).append(member)
            seen.add(member.verdict)
        kept = {*firsts[: self._width], *others[: max(self._width - len(firsts), 0)]}
        self._members = [member for member in self._members if member in kept]

    def rival(self) -> Outcome | None:
        """The worst that is kept, once the beam is full of different ones."""
        if len({member.verdict for member in self._members}) < self._width:
            return None
        return self._members[-1].outcome

    def held(self) -> Sequence[Outcome]:
        """The beam."""
        return [member.outcome for member in self._members]
