"""Numbers in the expressions of functions that were written anew: they are guesses, to be tuned."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from tracepy.optimizers.base import Task
from tracepy.parameters import Constraint, Parameter
from tracepy.transforms.source import Source

MOST = 8
"""Numbers of one program that are tuned beside its named constants."""
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
# A guess is right in its order: it is looked for up to this factor away.
_FACTOR = 2.0


def inline_numbers(task: Task, sources: Mapping[str, str]) -> list[Parameter]:
    """The numbers in functions that are not as they were, by their place; the first `MOST`.

    Fractions count wherever they stand but in an exponent, which is the form of a formula rather
    than its fit; whole numbers where they are calculated with (an index is no guess). Constants that are parameters themselves are left out.

    Args:
        task: The run's task.
        sources: Texts of the program that differ from the originals.
    """
    before = {one.name: one.value for one in task.find({}) if one.kind == "function"}
    now = task.find(sources)
    named = [(one.path, one.start, one.end) for one in now if one.kind != "function"]
    found: dict[tuple[str, int], Parameter] = {}
    for function in now:
        if function.kind != "function" or before.get(function.name) == function.value:
            continue
        source = task.source(function.path, sources)
        for node in _numbers(source, function):
            start, end = source.span(node)
            if any(path == function.path and a <= start < b for path, a, b in named):
                continue
            # Functions within functions: the outermost names it.
            found.setdefault((function.path, start), _parameter(function, node, start, end))
    return [found[place] for place in sorted(found)][:MOST]


def _numbers(source: Source, function: Parameter) -> Iterator[ast.Constant]:
    exponents = {
        id(node.right)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
    }
    for node in ast.walk(source.tree):
        if id(node) in exponents:
            continue
        if not function.line <= getattr(node, "lineno", 0) <= function.end_line:
            continue
        if isinstance(node, ast.Constant) and type(node.value) is float:
            yield node
        elif isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC):
            for side in (node.left, node.right):
                if isinstance(side, ast.Constant) and type(side.value) is int:
                    yield side


def _around(value: float) -> Constraint:
    if not value:
        return Constraint(low=-1.0, high=1.0)
    return Constraint(low=min(value / _FACTOR, value * _FACTOR), high=value * _FACTOR)


def _parameter(function: Parameter, node: ast.Constant, start: int, end: int) -> Parameter:
    assert isinstance(node.value, (int, float))
    return Parameter(
        f"{function.name}.<number in line {node.lineno} at {node.col_offset}>",
        "number",
        function.module,
        function.path,
        node.lineno,
        node.end_lineno or node.lineno,
        start,
        end,
        node.value,
        _around(node.value),
        marked=False,
    )
