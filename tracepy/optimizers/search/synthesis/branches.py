"""Conditionals by divide and conquer: terms that are right on some examples, and conditions that
tell where.

After Alur, Radhakrishna and Udupa, "Scaling enumerative program synthesis via divide and conquer",
TACAS 2017; in place of a heuristic decision tree the cheapest tree of a small depth is looked for.
A table of the examples is no program: nearly every leaf has to be right on two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tracepy.optimizers.search.synthesis.goal import Goal
from tracepy.optimizers.search.synthesis.terms import BOOL, Term

_DEPTH = 3
# Conditions that are tried at a node, by how deep the tree below it may be.
_CONDITIONS = {1: 300, 2: 100, 3: 40}
_LEAVES = 400
# A leaf that is right on one example only may cost so much, and there is one such at most.
_LONE = 2


@dataclass(frozen=True, slots=True)
class Tree:
    """A term, or a condition and two trees.

    Attributes:
        cost: Of all terms in it.
        term: The term, or the condition.
        yes: What is given where the condition holds; None in a leaf.
        no: What is given elsewhere.
        lone: How many leaves one example alone speaks for.
        leaves: How many leaves it has.
        constants: What constant leaves add to the cost: they are results that the examples name.
    """

    cost: int
    term: Term
    yes: Tree | None = None
    no: Tree | None = None
    lone: int = 0
    leaves: int = 1
    constants: int = 0

    def expression(self) -> str:
        """As a conditional expression."""
        if self.yes is None or self.no is None:
            return self.term.text
        return f"({self.yes.expression()} if {self.term.text} else {self.no.expression()})"

    def lines(self) -> Iterator[str]:
        """As statements that return."""
        if self.yes is None or self.no is None:
            yield f"return {self.term.text}"
            return
        yield f"if {self.term.text}:"
        yield from (f"    {line}" for line in self.yes.lines())
        yield from self.no.lines()


def _promise(item: tuple[int, Term]) -> tuple[int, bool]:
    """Cheap terms first, of these constants: what is the same on all examples of a leaf is meant."""
    return item[1].cost, not item[1].constant


@dataclass
class Branches:
    """Terms and conditions by the examples that they are right on.

    Attributes:
        goal: What is wanted.
    """

    goal: Goal
    _right: dict[int, Term] = field(default_factory=dict)
    _true: dict[int, Term] = field(default_factory=dict)
    _memo: dict[tuple[int, int], Tree | None] = field(default_factory=dict)
    changed: bool = False

    def learn(self, term: Term) -> int:
        """Take a term into account; the examples that it is right on."""
        met = self.goal.met(term)
        if met and self._cheaper(self._right.get(met), term):
            self._right[met] = term
            self.changed = True
        if term.kind == BOOL and not term.constant:
            true = self.goal.true(term) or 0
            if 0 < true < self.goal.all and self._cheaper(self._true.get(true), term):
                self._true[true] = term
                self.changed = True
        return met

    def conditions(self) -> list[int]:
        """The sets of examples that conditions tell apart, those of cheap conditions first."""
        return sorted(self._true, key=lambda true: self._true[true].cost)

    def cheapest(self) -> Tree | None:
        """The cheapest tree with a condition that is right on all examples."""
        self.changed = False
        self._memo.clear()
        self._terms = sorted(self._right.items(), key=_promise)[:_LEAVES]
        self._tests = [(true, self._true[true]) for true in self.conditions()]
        found: Tree | None = None
        for depth in range(1, _DEPTH + 1):
            tree = self._split(self.goal.all, depth)
            if tree is not None and tree.leaves <= max(2, self.goal.number // 2):
                # What is longer than the examples says no more than they do.
                if tree.cost - tree.constants > 2 * self.goal.number + 2:
                    continue
                if found is None or tree.cost < found.cost:
                    found = tree
        return found

    def _best(self, examples: int, depth: int) -> Tree | None:
        key = examples, depth
        if key not in self._memo:
            leaf = self._leaf(examples)
            tree = self._split(examples, depth) if depth else None
            if leaf is not None and (tree is None or leaf.cost <= tree.cost):
                tree = leaf
            self._memo[key] = tree
        return self._memo[key]

    def _leaf(self, examples: int) -> Tree | None:
        lone = examples.bit_count() == 1
        for met, term in self._terms:
            if met & examples == examples:
                if lone and term.cost > _LONE:
                    return None
                constants = term.cost if term.constant else 0
                return Tree(term.cost, term, lone=int(lone), constants=constants)
        return None

    def _split(self, examples: int, depth: int) -> Tree | None:
        found: Tree | None = None
        for true, test in self._tests[: _CONDITIONS[depth]]:
            inside, outside = examples & true, examples & ~true
            if not inside or not outside:
                continue
            if found is not None and test.cost + 3 > found.cost:
                break
            yes = self._best(inside, depth - 1)
            if yes is None or (found is not None and test.cost + yes.cost + 2 > found.cost):
                continue
            no = self._best(outside, depth - 1)
            if no is None or yes.lone + no.lone > 1:
                continue
            cost = test.cost + yes.cost + no.cost + 1
            if found is None or cost < found.cost:
                lone, leaves = yes.lone + no.lone, yes.leaves + no.leaves
                constants = yes.constants + no.constants
                found = Tree(cost, test, yes, no, lone, leaves, constants)
        return found

    @staticmethod
    def _cheaper(known: Term | None, term: Term) -> bool:
        return known is None or (term.cost, not term.constant) < (known.cost, not known.constant)
