"""Python text of strangers, parsed and never run."""

from __future__ import annotations

import ast
import warnings
from typing import Any, Final

NOTHING: Final = object()
"""What a text that is no literal evaluates to."""

_LONG = 300_000  # characters
_FAILURES = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)


def parsed(text: str) -> ast.Module | None:
    """The tree of a text, or None where it is not Python, or too much of it."""
    try:
        return strictly_parsed(text) if len(text) <= _LONG else None
    except _FAILURES:
        return None


def strictly_parsed(text: str) -> ast.Module:
    """The tree of a text; raises what `ast.parse` raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def evaluated(text: str) -> Any:
    """The value of a literal, or NOTHING."""
    if len(text) > _LONG:
        return NOTHING
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(text)
    except _FAILURES:
        return NOTHING
