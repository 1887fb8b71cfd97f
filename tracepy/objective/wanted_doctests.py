"""Examples in docstrings."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator, Set
from typing import Any

from tracepy.objective.wanted_values import Call, equal
from tracepy.transforms.source import Source

_Documented = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)


def in_docstrings(source: Source, module: str, functions: Set[str]) -> Iterator[tuple[Call, Any]]:
    """Calls of a module's functions in its docstrings, and what is printed of each."""

    def named(node: ast.expr) -> str | None:
        known = isinstance(node, ast.Name) and node.id in functions
        return f"{module}:{node.id}" if known and isinstance(node, ast.Name) else None

    for node in ast.walk(source.tree):
        text = ast.get_docstring(node) if isinstance(node, _Documented) else None
        for example in _examples(text or ""):
            try:
                call = ast.parse(example.source.strip(), mode="eval").body
                want = ast.parse(example.want.strip(), mode="eval").body
            except (SyntaxError, ValueError, RecursionError):
                continue
            yield from equal(call, want, {}, named)


def _examples(text: str) -> list[doctest.Example]:
    try:
        return doctest.DocTestParser().get_examples(text)
    except ValueError:
        return []
