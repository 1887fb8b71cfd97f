"""Bottom-up enumeration by cost with observational equivalence.

Terms are made of cheaper terms; of those with the same values on all inputs only the first, which
is the cheapest, is kept and built on (Udupa et al., "TRANSIT", PLDI 2013; Albarghouthi et al.,
"Recursive program synthesis", CAV 2013). Costs in place of sizes order the vocabulary by how likely
it is (Barke et al., "Just-in-time learning for bottom-up enumerative synthesis", OOPSLA 2020).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tracepy.optimizers.search.synthesis.operations import OPERATIONS
from tracepy.optimizers.search.synthesis.terms import (
    Operation,
    Term,
    key_of,
    kind_of,
    worked_out,
)

# A made term that is not of the vocabulary proper: how it is written, its cost, its values.
Extra = tuple[str, int, Sequence[Any]]
_HEARTBEAT = 2_000


class Bank:
    """All terms up to a cost.

    Args:
        leaves: Terms that are not made of others.
        extras: Makes more terms of a cost, of those that the bank holds by then.
        limit: Work out at most so many expressions.
        operations: The vocabulary.

    Attributes:
        cost: The cost up to which the bank is complete.
        applied: How many expressions have been worked out.
    """

    def __init__(
        self,
        leaves: Sequence[Term],
        extras: Callable[[Bank, int], Iterator[Extra]] | None = None,
        limit: int = 100_000,
        operations: Sequence[Operation] = OPERATIONS,
    ) -> None:
        self.cost = 0
        self.applied = 0
        self._limit = limit
        self._extras = extras
        self._operations = operations
        self._leaves = leaves
        self._seen: dict[str, int] = {}  # the cost of the cheapest with these values
        self._levels: list[dict[str, list[Term]]] = [{}]

    @property
    def exhausted(self) -> bool:
        """Whether it may work out no more."""
        return self.applied >= self._limit

    def terms(self, kinds: str = "", most: int | None = None) -> Iterator[Term]:
        """What it holds, cheapest first; of some kinds, or of all."""
        for level in self._levels[1 : None if most is None else most + 1]:
            for kind, found in level.items():
                if not kinds or kind in kinds:
                    yield from found

    def at(self, cost: int, kinds: str) -> Iterator[Term]:
        """The terms of one cost."""
        if 0 < cost < len(self._levels):
            level = self._levels[cost]
            for kind in kinds:
                yield from level.get(kind, ())

    def grow(self) -> Iterator[Term | None]:
        """Add the terms of the next cost, each told as it is made; None now and then meanwhile."""
        level = self.cost + 1
        self._reach(level)
        for leaf in self._leaves:
            if leaf.cost == level and (new := self._keep(leaf)) is not None:
                yield new
        for made, term in enumerate(self._of_level(level), 1):
            if term is not None:
                yield term
            elif made % _HEARTBEAT == 0:
                yield None
            if self.exhausted:
                return
        self.cost = level

    def add(self, text: str, cost: int, values: Sequence[Any]) -> Term | None:
        """Keep a term that was made elsewhere; None where it is known or has no values."""
        kind = kind_of(values)
        self._reach(cost)
        return self._keep(Term(text, cost, values, kind)) if kind else None

    def _reach(self, cost: int) -> None:
        while len(self._levels) <= cost:
            self._levels.append({})

    def _keep(self, term: Term) -> Term | None:
        key = key_of(term.values)
        if not key or self._seen.get(key, term.cost + 1) <= term.cost:
            return None
        self._seen[key] = term.cost
        self._levels[term.cost].setdefault(term.kind, []).append(term)
        return term

    def _of_level(self, level: int) -> Iterator[Term | None]:
        for operation in self._operations:
            if operation.most and level > operation.most:
                continue
            for parts in self._operands(operation, level - operation.cost):
                self.applied += 1
                yield self._made(operation, parts, level)
        if self._extras is not None:
            for text, cost, values in self._extras(self, level):
                self.applied += 1
                yield self.add(text, cost, values)

    def _made(self, operation: Operation, parts: Sequence[Term], level: int) -> Term | None:
        values = worked_out(operation, parts)
        key = key_of(values)
        if not key or self._seen.get(key, level + 1) <= level:
            return None
        self._seen[key] = level
        kind = kind_of(values)
        if not kind:
            return None
        kind = operation.kind or kind
        term = Term(operation.text.format(*(part.text for part in parts)), level, values, kind)
        self._levels[level].setdefault(kind, []).append(term)
        return term

    def _operands(self, operation: Operation, left: int) -> Iterator[tuple[Term, ...]]:
        kinds = operation.kinds
        if len(kinds) == 1:
            for term in self.at(left, kinds[0]):
                if not term.constant:
                    yield (term,)
        elif len(kinds) == 2:
            yield from self._pairs(operation, left)
        else:
            for first in range(1, left - 1):
                for second in range(1, left - first):
                    for a in self.at(first, kinds[0]):
                        for b in self.at(second, kinds[1]):
                            for c in self.at(left - first - second, kinds[2]):
                                if not (a.constant and b.constant and c.constant):
                                    yield a, b, c

    def _pairs(self, operation: Operation, left: int) -> Iterator[tuple[Term, ...]]:
        one, other = operation.kinds
        # Swapped operands give the same: the dearer one goes first, constants behind.
        start = (left + 1) // 2 if operation.commutes else 1
        if operation.near:
            start = max(start, left - operation.near)
        for cost in range(start, left):
            for first in self.at(cost, one):
                for second in self.at(left - cost, other):
                    if operation.against and not second.constant:
                        continue
                    if not (first.constant and second.constant):
                        yield first, second
