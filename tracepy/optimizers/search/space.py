"""Numbers and choices as points of a unit cube."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracepy.parameters import Parameter

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

# How far an unmarked number may move: by this factor up and down, or by this much around zero.
_FACTOR = 5.0
_AROUND_ZERO = 1.0
# A rate of 0.001, a tolerance of 1e-5, a limit of 10_000: what is as small or as large as this was
# chosen by its order of magnitude, so that is what is searched: by so many decades each way.
_SMALL, _LARGE = 0.01, 1000.0
_DECADES, _DECADES_WHOLE = 2.0, 1.0


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

    @property
    def ordered(self) -> bool:
        """Whether nearness on the axis means anything."""
        return all(_number(choice) for choice in self.choices)

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


class Space:
    """The unit cube of some axes, as samplers and models see it.

    A model sees a column for each axis, and one for each choice where they have no order: so
    any two of those are equally far apart.
    """

    def __init__(self, axes: Sequence[Axis]) -> None:
        import numpy as np

        self.axes = list(axes)
        widths = [1 if axis.ordered else len(axis.choices) for axis in self.axes]
        self.owner = np.repeat(np.arange(len(self.axes)), widths)
        self.climbed = np.array([self.axes[index].ordered for index in self.owner])

    def values(self, where: Sequence[float]) -> tuple[Any, ...]:
        """The values at a point."""
        return tuple(axis.value(unit) for axis, unit in zip(self.axes, where, strict=True))

    def units(self, values: Sequence[Any]) -> tuple[float, ...]:
        """The point of some values."""
        return tuple(axis.unit(value) for axis, value in zip(self.axes, values, strict=True))

    def snapped(self, points: Array) -> Array:
        """The points that stand for the same values, each in its middle."""
        import numpy as np

        return np.array([self.units(self.values(point)) for point in points])

    def encode(self, points: Array) -> Array:
        """Points of the cube as the model's columns."""
        import numpy as np

        columns = []
        for axis, units in zip(self.axes, points.T, strict=True):
            if axis.ordered:
                columns.append(units)
                continue
            count = len(axis.choices)
            index = np.minimum((units * count).astype(int), count - 1)
            columns += [(index == choice) * math.sqrt(0.5) for choice in range(count)]
        return np.stack(columns, axis=1)

    def decode(self, columns: Array) -> Array:
        """The points of the cube that the model's columns stand for."""
        import numpy as np

        found = []
        for index, axis in enumerate(self.axes):
            own = columns[:, self.owner == index]
            choice = (own.argmax(1) + 0.5) / own.shape[1]
            found.append(own[:, 0] if axis.ordered else choice)
        return np.stack(found, axis=1)


def axes(parameters: Sequence[Parameter]) -> list[Axis]:
    """The axes of all parameters that are numbers or choices."""
    found = [_axis(parameter) for parameter in parameters]
    return [axis for axis in found if axis is not None]


def _axis(parameter: Parameter) -> Axis | None:
    limits = parameter.constraint
    if limits.choices:
        choices = tuple(limits.choices)
        if all(_number(choice) for choice in choices):
            choices = tuple(sorted(choices))
        return Axis(parameter.name, parameter.value, choices=choices)
    if parameter.kind == "bool":
        return Axis(parameter.name, parameter.value, choices=(False, True))
    if parameter.kind != "number" or isinstance(parameter.value, complex):
        return None
    value = float(parameter.value)
    if not math.isfinite(value):
        return None
    integer = isinstance(parameter.value, int) and limits.integer
    unbounded = limits.low is None and limits.high is None
    if unbounded and value > 0 and (value <= _SMALL or value >= _LARGE):
        decades = _DECADES_WHOLE if integer else _DECADES
        middle = math.log10(value)
        return Axis(
            parameter.name, parameter.value, middle - decades, middle + decades, True, integer
        )
    low, high = _range(value, limits.low, limits.high)
    log = bool(limits.log) and low > 0
    if log:
        low, high = math.log10(low), math.log10(high)
    return Axis(parameter.name, parameter.value, low, high, log, integer)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


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
