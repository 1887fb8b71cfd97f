"""Programs that give what is wanted, the cheapest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from tracepy.optimizers.search.synthesis.atoms import atoms
from tracepy.optimizers.search.synthesis.bank import Bank
from tracepy.optimizers.search.synthesis.branches import Branches, Tree
from tracepy.optimizers.search.synthesis.comprehensions import Comprehensions
from tracepy.optimizers.search.synthesis.goal import Goal
from tracepy.optimizers.search.synthesis.linear import linear
from tracepy.optimizers.search.synthesis.loops import Loop, loops
from tracepy.optimizers.search.synthesis.terms import ERROR, Term

_MOST_COST = 12
# A program is told once all that cost so much less are known: a cheaper one may come.
_SLACK = 1
# Loops are looked for once so much is known: their parts are cheap.
_LOOPS = 5
# Bases of linear forms: all examples, and what so many cheap conditions tell apart.
_SUBSETS = 24


@dataclass(frozen=True, slots=True)
class Program:
    """A body for a function.

    Attributes:
        tree: What it gives.
        cost: How long it is.
        right: How many of the examples it is right on.
        known: How many expressions had been worked out when it was found.
    """

    tree: Tree | Loop
    cost: int
    right: int
    known: int


class Programs:
    """Looks for programs of one function.

    Args:
        goal: What is wanted.
        leaves: What programs are made of.
        limit: Work out at most so many expressions.
    """

    def __init__(self, goal: Goal, leaves: Sequence[Term], limit: int) -> None:
        self.goal = goal
        self._branches = Branches(goal)
        self._comprehensions = Comprehensions(leaves, tables="d" in goal.kinds)
        self.bank = Bank(leaves, self._comprehensions, limit)
        self._waiting: list[tuple[int, int, int, Program]] = []
        self._told: set[tuple[str, ...]] = set()
        self._partial: Program | None = None

    def found(self) -> Iterator[Program | None]:
        """Programs, as they become known; None now and then meanwhile."""
        bank = self.bank
        while not bank.exhausted and bank.cost < _MOST_COST:
            for term in bank.grow():
                if term is None:
                    yield None
                else:
                    self._learn(term)
            yield None
            self._suggest()
            yield None
            if self._branches.changed and (tree := self._branches.cheapest()) is not None:
                self._wait(tree, self.goal.number)
            yield from self._ready(bank.cost + _SLACK)
        yield from self._ready(None)
        if self._partial is not None:
            yield self._partial

    def _learn(self, term: Term) -> None:
        met = self._branches.learn(term)
        if met == self.goal.all:
            rough = self.goal.whole and term.kind in "fn"
            self._wait(Tree(term.cost + 2 * rough, term), self.goal.number)
        elif met and not term.constant:
            right = met.bit_count()
            if 2 * right > self.goal.number and right > 2:
                best = self._partial
                if best is None or right > best.right:
                    self._partial = Program(
                        Tree(term.cost, term), term.cost, right, self.bank.applied
                    )

    def _suggest(self) -> None:
        """Terms with constants that the examples determine."""
        bank, goal = self.bank, self.goal
        if bank.cost <= 3:
            for text, cost, values in list(atoms(bank, goal)):
                if (term := bank.add(text, cost, values)) is not None:
                    self._learn(term)
        if bank.cost == _LOOPS and goal.numeric:
            for loop in loops(bank, self._comprehensions):
                met = goal.met(Term("", loop.cost, loop.values, "o"))
                if met == goal.all:
                    self._wait(loop, goal.number)
        for examples in (goal.all, *self._halves()):
            for term in list(linear(bank, goal, examples)):
                if (new := bank.add(term.text, term.cost, term.values)) is not None:
                    self._learn(new)

    def _halves(self) -> list[int]:
        found: dict[int, None] = {}
        for true in self._branches.conditions()[:_SUBSETS]:
            found.setdefault(true)
            found.setdefault(self.goal.all & ~true)
        return list(found)

    def _wait(self, tree: Tree | Loop, right: int) -> None:
        values = tree.values if isinstance(tree, Loop) else tree.term.values
        errors = sum(value is ERROR for value in values)
        program = Program(tree, tree.cost, right, self.bank.applied)
        text = tuple(tree.lines())
        if text not in self._told:  # a tree that is the cheapest stays so for some levels
            self._told.add(text)
            heappush(self._waiting, (tree.cost, errors, len(self._told), program))

    def _ready(self, cost: int | None) -> Iterator[Program]:
        while self._waiting and (cost is None or self._mature(self._waiting[0][-1], cost)):
            yield heappop(self._waiting)[-1]

    def _mature(self, program: Program, cost: int) -> bool:
        """Whether what cheaper programs there may be is known well enough.

        A tree is dear, but none of its parts is: to wait for all that cost as much as the whole of
        it would be to wait for ever.
        """
        known = self.bank.cost
        branched = isinstance(program.tree, Loop) or program.tree.yes is not None
        return program.cost <= cost or (branched and known >= (5 if program.cost <= 10 else 6))
