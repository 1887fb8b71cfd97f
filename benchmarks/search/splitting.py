"""The tests of a module in two halves: those that guide a repair, and those that only judge it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from hashlib import blake2b

from benchmarks.search.positions import Edit, Positions, replaced

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def held_out(name: str) -> bool:
    """Whether a test is one that only judges: half of them are, by the hash of their name."""
    return bool(blake2b(name.encode(), digest_size=1).digest()[0] & 1)


def without(text: str, left_out: Callable[[str], bool]) -> str:
    """A test file without some of its tests: their functions are replaced by `pass`.

    Line numbers stay. A test whose name is used elsewhere in the file stays whole.

    Args:
        text: The file.
        left_out: Says of a test, by the qualified name it is defined under, whether it goes.
    """
    tree = ast.parse(text)
    at = Positions(text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    edits: list[Edit] = []
    for name, function in tests_of(tree, ""):
        if function.name not in used and left_out(name):
            first = min([function, *function.decorator_list], key=lambda node: node.lineno)
            start = at.offset(first.lineno, function.col_offset)
            _, end = at.span(function)
            edits.append((start, end, "pass" + "\n" * text[start:end].count("\n")))
    return replaced(text, edits)


def tests_of(
    scope: ast.AST, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The test functions of a file, by qualified name."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, _Function):
            if node.name.startswith("test"):
                yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from tests_of(node, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from tests_of(node, prefix)
