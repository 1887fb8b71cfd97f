"""The explicit way to mark parameters, for those who prefer it to comments.

Both do nothing at run time. They are recognised in the source, not by being called, so their
arguments must be literals.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def train(function: F) -> F:
    """Mark a function, or every method of a class, as a parameter. Returns it unchanged."""
    return function


def param(
    value: T,
    *,
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
    choices: Collection[T] | None = None,
    words: str | None = None,
    name: str | None = None,
) -> T:
    """Mark a literal as a parameter. Returns `value` unchanged.

    Args:
        value: The literal.
        low: Least number allowed.
        high: Greatest number allowed.
        log: Search the range on a logarithmic scale.
        choices: The only values allowed.
        words: The constraint in words, for a model or a reader.
        name: Its name within the function or module; without it that of the variable or
            argument that it is assigned to.
    """
    return value
