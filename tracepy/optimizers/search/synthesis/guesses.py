"""Functions whose results nobody states: expressions that differ on recorded inputs, for the judge."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.search.synthesis.bank import Bank
from tracepy.optimizers.search.synthesis.bounded import small
from tracepy.optimizers.search.synthesis.branches import Tree
from tracepy.optimizers.search.synthesis.comprehensions import Comprehensions
from tracepy.optimizers.search.synthesis.programs import Program
from tracepy.optimizers.search.synthesis.targets import Target
from tracepy.optimizers.search.synthesis.terms import LIST, Term

_ROWS = 6
_MOST_COST = 6
_KINDS = {
    "int": "ifn", "float": "ifn", "bool": "b", "str": "s", "list": LIST, "tuple": "t", "dict": "d",
    "set": "e",
}  # fmt: skip


def recorded(target: Target, baseline: Evaluation) -> dict[str, list[Any]]:
    """Values of a function's parameters that a traced run showed.

    The trace keeps them name by name, not call by call: a row here may be no call that was made.
    Any rows tell expressions apart.
    """
    seen: dict[str, list[Any]] = {}
    if baseline.trace is None:
        return seen
    lines = baseline.trace.values.get(target.path, {})
    node = target.node
    for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
        for name, shown in lines.get(line, {}).items():
            if name in target.parameters:
                seen.setdefault(name, []).extend(_read(shown))
    if any(not seen.get(name) for name in target.parameters):
        return {}
    return {
        name: [seen[name][(row * (place + 1)) % len(seen[name])] for row in range(_ROWS)]
        for place, name in enumerate(target.parameters)
    }


def _read(shown: Sequence[str]) -> list[Any]:
    found = []
    for text in shown:
        try:
            value = ast.literal_eval(text)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
        if small(value):
            found.append(value)
    return found


def _given(node: ast.FunctionDef) -> str:
    """The type that a function is annotated to return, or that what it returns by now has."""
    if node.returns is not None:
        return ast.unparse(node.returns).partition("[")[0]
    last = node.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return ""
    try:
        return type(ast.literal_eval(last.value)).__name__
    except (ValueError, TypeError, SyntaxError):
        return ""


def guesses(leaves: Sequence[Term], target: Target, limit: int) -> Iterator[Program | None]:
    """Expressions for a function, cheapest first, of the kind that it seems to be meant to give."""
    kinds = _KINDS.get(_given(target.node), "")
    bank = Bank(leaves, Comprehensions(leaves), limit)
    while not bank.exhausted and bank.cost < _MOST_COST:
        for term in bank.grow():
            if term is None:
                yield None
            elif term.kind not in "rP" and (not kinds or term.kind in kinds):
                yield Program(Tree(term.cost, term), term.cost, 0, bank.applied)
