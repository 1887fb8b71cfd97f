"""Numbers and choices as points of a unit cube."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracepy.parameters import Parameter

# How far an unmarked number may move: by this factor up and down, or by this much around zero.
_FACTOR = 5.0
_AROUND_ZERO = 1.0


@dataclass(frozen=True)
class Axis:
    """One number or choice.

    Attributes:
        name: The parameter's name.
        start: The value it has now.
        low: The least value (of log10 on a log axis).
        high: The greatest.
        log: Whether the axis is logarithmic.
        integer: Whether only whole numbers count.
        choices: The only values there are, in place of a range.
    """

    name: str
    start: Any
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    integer: bool = False
    choices: tuple[Any, ...] = ()

    def value(self, unit: float) -> Any:
        """The value at a point of [0, 1]."""
        if self.choices:
            return self.choices[min(int(unit * len(self.choices)), len(self.choices) - 1)]
        raw = self.low + min(max(unit, 0.0), 1.0) * (self.high - self.low)
        if self.log:
            raw = 10.0**raw
        if self.integer:
            return round(raw)
        # Six digits are more than an objective can tell apart, and a diff is read by people.
        return float(f"{raw:.6g}")

    def unit(self, value: Any) -> float:
        """Where a value lies in [0, 1]."""
        if self.choices:
            index = self.choices.index(value) if value in self.choices else 0
            return (index + 0.5) / len(self.choices)
        number = float(value)
        if self.log:
            number = math.log10(number) if number > 0 else self.low
        span = self.high - self.low
        return min(max((number - self.low) / span, 0.0), 1.0) if span else 0.0


def axes(parameters: Sequence[Parameter]) -> list[Axis]:
    """The axes of all parameters that are numbers or choices."""
    found = [_axis(parameter) for parameter in parameters]
    return [axis for axis in found if axis is not None]


def _axis(parameter: Parameter) -> Axis | None:
    limits = parameter.constraint
    if limits.choices:
        return Axis(parameter.name, parameter.value, choices=tuple(limits.choices))
    if parameter.kind == "bool":
        return Axis(parameter.name, parameter.value, choices=(False, True))
    if parameter.kind != "number" or isinstance(parameter.value, complex):
        return None
    value = float(parameter.value)
    if not math.isfinite(value):
        return None
    low, high = _range(value, limits.low, limits.high)
    log = bool(limits.log) and low > 0
    if log:
        low, high = math.log10(low), math.log10(high)
    integer = isinstance(parameter.value, int) and limits.integer
    return Axis(parameter.name, parameter.value, low, high, log, integer)


def _range(value: float, low: float | None, high: float | None) -> tuple[float, float]:
    """The bounds given; where one is missing, one inferred from the value."""
    reach = abs(value) * _FACTOR if value else _AROUND_ZERO
    if low is None:
        low = 0.0 if value > 0 else value - reach
        low = low if high is None else min(low, float(high) - reach)
    if high is None:
        high = max(value + reach, float(low) + reach)
    return float(low), float(high)


def point(axes: Sequence[Axis], values: Mapping[str, Any]) -> tuple[float, ...]:
    """The point of the unit cube with these values."""
    return tuple(axis.unit(values.get(axis.name, axis.start)) for axis in axes)
