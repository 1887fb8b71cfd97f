"""What a tuner has seen: points of the unit cube and their scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tracepy.optimizers.search.space import Space

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]


class History:
    """Points that were judged, in order, and what was asked so far.

    Attributes:
        space: The axes.
        points: One tuple of [0, 1] each.
        values: Their scores, higher is better.
        tried: The values that were asked for, judged or not.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.points: list[tuple[float, ...]] = []
        self.values: list[float] = []
        self.tried: set[tuple[Any, ...]] = set()

    def note(self, where: tuple[float, ...], value: float) -> None:
        """Add a point; one without a verdict counts as the worst seen."""
        if not math.isfinite(value):
            value = min(self.values, default=0.0)
        self.points.append(where)
        self.values.append(value)
        self.tried.add(self.space.values(where))

    def best(self) -> int:
        """The index of the best point, the first of equal ones."""
        return self.values.index(max(self.values))

    def new(self, where: Sequence[float]) -> bool:
        """Whether the values of a point were never asked for."""
        return self.space.values(where) not in self.tried
