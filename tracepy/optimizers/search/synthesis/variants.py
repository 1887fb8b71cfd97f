"""Variants of recorded inputs: they keep programs apart that only agree on the examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_NUMBER = 3


def variants(inputs: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """The inputs, and a few more behind them that were not recorded."""
    number = len(next(iter(inputs.values()), ()))
    found = {name: list(values) for name, values in inputs.items()}
    if not number:
        return found
    for turn in range(_NUMBER):
        for place, (name, values) in enumerate(inputs.items()):
            # Each parameter's value from another example, and changed a little.
            found[name].append(_varied(values[(turn * (place + 1) + place) % number]))
    return found


def _varied(value: Any) -> Any:
    kind = type(value)
    if kind is bool:
        return not value
    if kind is int:
        return value + 1
    if kind is float:
        return value + 0.5
    if kind in (str, list, tuple):
        return value[1:] + value[:1]
    return value
