"""Programs that win different cases, put together to one."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from itertools import combinations

from tracepy.optimizers.base import Outcome, Proposal, Task
from tracepy.transforms.merge import merge

# Programs that are remembered: those that pass a set of cases that no other passes.
_MOST = 12


class Crossing:
    """Remembers what won some cases and not all, and merges pairs that won different ones.

    Args:
        task: The run's task.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._failing = {case.name for case in task.baseline.cases if case.score < 1}
        self._kept: dict[frozenset[str], Outcome] = {}
        self._tried: set[str] = set()
        self._new = False

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Verdicts. Of those that win the same cases the best is kept, the first among equals."""
        if len(self._failing) < 2:
            return
        for outcome in outcomes:
            if outcome.proposal.probe or not outcome.proposal.sources:
                continue
            self._tried.add(outcome.proposal.digest())
            won = frozenset(
                case.name
                for case in outcome.evaluation.cases
                if case.score >= 1 and case.name in self._failing
            )
            known = self._kept.get(won)
            if won and (known is None or outcome.value > known.value):
                self._kept[won] = outcome
                self._new = True
        while len(self._kept) > _MOST:
            least = min(self._kept, key=lambda won: (len(won), self._kept[won].value))
            del self._kept[least]

    def propose(self) -> list[Proposal]:
        """Merges that were not tried, at most one a pair; those that promise most cases first."""
        if not self._new:
            return []
        self._new = False
        found: dict[str, Proposal] = {}
        pairs = [
            (one, other)
            for one, other in combinations(self._kept, 2)
            if not one <= other and not other <= one
        ]
        for one, other in sorted(pairs, key=lambda pair: -len(pair[0] | pair[1])):
            first, second = self._kept[one], self._kept[other]
            sources = self._merged(first.proposal.sources, second.proposal.sources)
            if sources is None:
                continue
            proposal = Proposal(
                sources,
                f"{first.proposal.note} and {second.proposal.note}",
                parent=first.number,
                proposer="crossing",
                reason=f"#{first.number} and #{second.number} win different cases",
            )
            if proposal.digest() not in self._tried:
                self._tried.add(proposal.digest())
                found.setdefault(proposal.digest(), proposal)
        return list(found.values())[:_MOST]

    def _merged(self, one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str] | None:
        """Both changes; None where they meet, or where the result is no program."""
        sources: dict[str, str] = {}
        for path in {**one, **other}:
            original = self._task.originals[path].text
            found = merge(original, one.get(path, original), other.get(path, original)).text
            if found is None:
                return None
            try:
                ast.parse(found)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return None
            sources[path] = found
        return sources
