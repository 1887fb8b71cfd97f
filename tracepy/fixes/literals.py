"""Literals of what judges: a fix that needs them knows the answers."""

from __future__ import annotations

import ast
import doctest
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tracepy.fixes.inputs import Calls
from tracepy.objective.record import Objective

_FILES = 50
_BYTES = 1024**2  # of one file
_SMALL = 2  # numbers up to this are in every program


def telling(value: Any) -> bool:
    """Whether a value is unlikely to stand in a program by chance."""
    if isinstance(value, bool):
        return False
    if isinstance(value, (int, float)):
        return abs(value) > _SMALL
    return isinstance(value, (str, bytes)) and len(value) > 1


def of_tests(objective: Objective, modules: Mapping[str, Path], calls: Calls) -> frozenset[str]:
    """Telling literals, as source, of an objective's tests and of recorded calls.

    What cannot be read has none: the signs are for a warning, not for a verdict.

    Args:
        objective: What judges.
        modules: The target's modules by dotted name.
        calls: `TraceFacts.calls`.
    """
    found: set[str] = set()
    for tree in _trees(objective, modules):
        found |= _of(tree)
    for functions in calls.values():
        for recorded in functions.values():
            for arguments in recorded:
                for text in arguments.values():
                    found |= _of(ast.parse(text))
    return frozenset(found)


def _of(tree: ast.AST) -> set[str]:
    return {
        repr(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and telling(node.value)
    }


def _trees(objective: Objective, modules: Mapping[str, Path]) -> Iterator[ast.AST]:
    spec = objective.spec
    if objective.kind == "pytest":
        yield from map(_parsed, _test_files(spec["args"]))
    elif objective.kind == "callable":
        inside = Path(*spec["module"].split(".")).with_suffix(".py")
        places = [Path(root, inside) for root in objective.roots]
        places = [file for file in places if file not in modules.values()]
        yield from map(_parsed, places[:_FILES])
    elif objective.kind == "dataset":
        for line in _read(Path(spec["file"])).splitlines():
            yield _json(line)
    elif objective.kind == "doctest":
        for name in spec["modules"]:
            text = _read(modules[name]) if name in modules else ""
            for example in _examples(text):
                yield _parsed_text(example.source)
                yield _parsed_text(example.want)


def _test_files(arguments: Sequence[str]) -> list[Path]:
    found: list[Path] = []
    for argument in arguments:
        path = Path(argument.partition("::")[0])
        if path.is_file():
            found.append(path)
        elif path.is_dir():
            found += sorted(path.rglob("test_*.py"))
    return found[:_FILES]


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(_BYTES)
    except OSError:
        return ""


def _parsed(path: Path) -> ast.AST:
    return _parsed_text(_read(path))


def _parsed_text(text: str) -> ast.AST:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _json(line: str) -> ast.AST:
    try:
        return _parsed_text(repr(json.loads(line)))
    except (ValueError, RecursionError):
        return ast.Module([], [])


def _examples(text: str) -> list[doctest.Example]:
    try:
        return doctest.DocTestParser().get_examples(text)
    except ValueError:
        return []
