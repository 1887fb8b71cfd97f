"""Functions that a found program can stand in for: stubs, and functions that are one expression."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

from tracepy.evaluation.records import Evaluation
from tracepy.objective.wanted import Example
from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.source import Source

Shape = Literal["stub", "formula"]
_UNIT = "    "


@dataclass(frozen=True)
class Target:
    """One function.

    Attributes:
        path: Its file.
        module: The dotted name of that.
        name: Its own.
        node: Its definition in the program as it stands.
        shape: Whether there is something to lose.
    """

    path: str
    module: str
    name: str
    node: ast.FunctionDef
    shape: Shape

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters."""
        args = self.node.args
        return [x.arg for x in (*args.posonlyargs, *args.args, *args.kwonlyargs)]

    def bound(self, examples: Sequence[Example]) -> tuple[dict[str, list[Any]], list[Any]]:
        """The parameters' values in examples of it, and what is expected of each."""
        rows, expected = [], []
        for example in examples:
            if example.function == f"{self.module}:{self.name}":
                row = self._row(example)
                if row is not None:
                    rows.append(row)
                    expected.append(example.expected)
        return {name: [row[name] for row in rows] for name in self.parameters}, expected

    def _row(self, example: Example) -> dict[str, Any] | None:
        args = self.node.args
        positional = [x.arg for x in (*args.posonlyargs, *args.args)]
        if len(example.args) > len(positional):
            return None
        row = {**_defaults(args), **dict(zip(positional, example.args, strict=False))}
        row |= example.kwargs
        return row if set(row) == set(self.parameters) else None


def _defaults(args: ast.arguments) -> dict[str, Any]:
    positional = [x.arg for x in (*args.posonlyargs, *args.args)]
    pairs = list(zip(positional[::-1], args.defaults[::-1], strict=False))
    pairs += [(x.arg, y) for x, y in zip(args.kwonlyargs, args.kw_defaults, strict=True) if y]
    found = {}
    for name, node in pairs:
        try:
            found[name] = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
    return found


def targets(
    source: Source, module: str, trainable: Set[str], suspect: set[int] | None
) -> Iterator[Target]:
    """The functions of a module that a program can stand in for.

    Args:
        source: The module.
        module: Its dotted name.
        trainable: The names of functions that may change.
        suspect: Lines that ran in failing cases; None where that is not known.
    """
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name not in trainable:
            continue
        shape = _shape(node)
        if shape is None or node.args.vararg or node.args.kwarg:
            continue
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        # The body of a stub leaves no trace: whether it ran is not known.
        if shape == "stub" or suspect is None or not suspect.isdisjoint(lines):
            yield Target(source.path, module, node.name, node, shape)


def suspects(evaluation: Evaluation, path: str) -> set[int] | None:
    """Lines of a file that ran in failing cases."""
    if evaluation.trace is None:
        return None
    scores = {case.name: case.score for case in evaluation.cases}
    return {
        line
        for name, files in evaluation.trace.cases.items()
        if scores.get(name, 0.0) < 1
        for line in files.get(path, ())
    }


def _shape(node: ast.FunctionDef) -> Shape | None:
    body = _behind_docstring(node)
    if len(body) > 1:
        return None
    if not body or isinstance(body[0], (ast.Pass, ast.Raise)):
        return "stub" if not body or isinstance(body[0], ast.Pass) or _unwritten(body[0]) else None
    if isinstance(body[0], ast.Expr):
        value = body[0].value
        return "stub" if isinstance(value, ast.Constant) and value.value is ... else None
    if isinstance(body[0], ast.Return):
        return "stub" if _is_plain(body[0].value) else "formula"
    return None


def _behind_docstring(node: ast.FunctionDef) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def _unwritten(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) and "NotImplemented" in ast.unparse(node)


def _is_plain(value: ast.expr | None) -> bool:
    """Whether it is a constant or an empty container."""
    if isinstance(value, (ast.List, ast.Tuple)):
        return not value.elts
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    return value is None or isinstance(value, ast.Constant)


def filled(source: Source, name: str, lines: Sequence[str], expression: str) -> str | None:
    """A module's text with another body for a function; None where that is not there any more.

    Args:
        source: The module, which may have changed since the target was found.
        name: The function.
        lines: The body as statements.
        expression: The same as one expression, for a body that stands on the line of its `def`.
    """
    nodes = [x for x in source.tree.body if isinstance(x, ast.FunctionDef) and x.name == name]
    if len(nodes) != 1:
        return None
    node = nodes[0]
    body = _behind_docstring(node)
    last = body[-1] if body else node.body[-1]
    _, end = source.span(last)
    first = body[0] if body else last
    start, _ = source.span(first)
    line = source.starts[first.lineno - 1]
    indent = source.text[line:start]
    if indent.strip() and not expression:
        return None
    if indent.strip():  # behind the colon, or behind another statement
        text = f"return {expression}"
        return apply_edits(source.text, [Edit(start if body else end, end, text)]) if body else None
    unit = "\t" if indent.startswith("\t") else _UNIT
    text = f"{source.newline}{indent}".join(
        unit * ((len(line) - len(line.lstrip())) // len(_UNIT)) + line.lstrip() for line in lines
    )
    if not body:
        return apply_edits(source.text, [Edit(end, end, f"{source.newline}{indent}{text}")])
    return apply_edits(source.text, [Edit(start, end, text)])
