"""Several samplers over one history: one leads while it gains, then each by what its points gained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tracepy.optimizers.search.history import History
from tracepy.optimizers.search.modelled import Modelled
from tracepy.optimizers.search.sampled import Cma, Stepped, Tpe
from tracepy.optimizers.search.space import Space

# Beyond so many axes a Gaussian process costs more than it knows.
_MODEL_AXES = 30
# Points that fill the space before anything is modelled: beside one an axis, and at most.
_FILL, _MOST_FILL = 3, 6
# Corners are most of a space of many axes, and seldom what is looked for.
_INWARD = 0.7
# What a sampler is credited with before it has had a turn, and how fast that and gains fade.
_FADE = 0.9
_FLOOR = 0.08
# The leader has nearly all turns until so many of its own gained nothing, and again after a gain of
# this share of what lies between the middle and the best: so more is found in 50 points of the
# functions of benchmarks.numbers than in equal turns, and of the crossing.
_PATIENCE, _LEADING = 24, 4.0
_TELLING = 0.01
# Random points tried where a sampler repeats itself.
_RANDOM = 64


class Sampler(Protocol):
    """What proposes points."""

    def ask(self, pending: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
        """Points of the unit cube, the most promising first; some are on their way."""
        ...

    def learn(self, where: tuple[float, ...], value: float, won: bool, own: bool) -> None:
        """The score of a point: whether it is the best so far, and whether it was its own."""
        ...


@dataclass
class _Arm:
    """A sampler and how it has done; it is made when it gets its first turn."""

    name: str
    make: Callable[[], Sampler]
    share: float
    leads: bool = False
    idle: int = 0
    gained: float = 0.0
    tried: float = 0.0
    turns: float = 0.0
    sampler: Sampler | None = field(default=None)

    def rate(self) -> float:
        """What a turn of it gains, lately."""
        if self.leads and self.idle < _PATIENCE:
            return _LEADING
        return max((self.gained + self.share) / (self.tried + 1.0), _FLOOR * self.share)


class Portfolio:
    """Proposes points of a space.

    Args:
        space: The axes.
        seed: Seed of every sampler.
    """

    def __init__(self, space: Space, seed: int) -> None:
        import numpy as np

        self.space = space
        self.history = History(space)
        self.generator = np.random.default_rng(seed)
        self._first: list[tuple[float, ...]] | None = None
        self._asked: dict[tuple[float, ...], _Arm] = {}
        self.arms = self._arms(seed)

    def _arms(self, seed: int) -> list[_Arm]:
        history, draw = self.history, self.generator
        ordered = sum(axis.ordered for axis in self.space.axes)
        arms = []
        if len(self.space.axes) <= _MODEL_AXES:
            arms.append(
                _Arm(
                    "a model of the region round the best",
                    lambda: Modelled(history, draw, True),
                    0.4,
                    leads=True,
                )
            )
            arms.append(
                _Arm("a model of the whole space", lambda: Modelled(history, draw, False), 0.4)
            )
        arms.append(_Arm("TPE", lambda: Tpe(history, seed), 0.1))
        if ordered > 1:
            arms.append(_Arm("CMA-ES", lambda: Cma(history, seed + 1), 0.1))
        arms.append(_Arm("small steps from the best", lambda: Stepped(history, draw), 0.1))
        return arms

    def ask(self, pending: Sequence[tuple[float, ...]]) -> tuple[tuple[float, ...], str] | None:
        """A point whose values were never asked for, and who proposed it; None where none is left."""
        if self._first is None:
            self._first = self._filling()
        while self._first:
            where = self.space.units(self.space.values(self._first.pop(0)))
            if self.history.new(where):
                self.history.tried.add(self.space.values(where))
                return where, "an even filling of the space"
        for arm in sorted(self.arms, key=lambda arm: (arm.turns + 1) / arm.rate())[:2]:
            if arm.sampler is None:
                arm.sampler = arm.make()
            arm.turns += 1
            for asked in arm.sampler.ask(pending):
                where = self.space.units(self.space.values(asked))
                if self.history.new(where):
                    self._asked[where] = arm
                    self.history.tried.add(self.space.values(where))
                    return where, arm.name
        return self._random()

    def learn(self, where: tuple[float, ...], value: float) -> None:
        """The score of a point."""
        values = self.history.values
        best = max(values, default=value)
        gain = share = 0.0
        if value > best:
            middle = sorted(values)[len(values) // 2]
            share = min(1.0, (value - best) / (value - middle))
            # A gain counts by its size, but a small one counts too.
            gain = 0.3 + 0.7 * share
        self.history.note(where, value)
        owner = self._asked.pop(where, None)
        for arm in self.arms:
            if arm.sampler is not None:
                arm.sampler.learn(where, self.history.values[-1], gain > 0, arm is owner)
        if owner is not None:
            owner.gained = owner.gained * _FADE + gain
            owner.tried = owner.tried * _FADE + 1.0
            owner.idle += 1
            if share > _TELLING:
                for arm in self.arms:
                    arm.idle = 0
            # Old turns are forgotten together, so that who falls behind can come back.
            for arm in self.arms:
                arm.turns *= 0.97

    def _random(self) -> tuple[tuple[float, ...], str] | None:
        for _ in range(_RANDOM):
            drawn = tuple(float(x) for x in self.generator.random(len(self.space.axes)))
            where = self.space.units(self.space.values(drawn))
            if self.history.new(where):
                self.history.tried.add(self.space.values(where))
                return where, "chance"
        return None

    def _filling(self) -> list[tuple[float, ...]]:
        """The middle, and a Latin hypercube: few points, every axis covered evenly."""
        size = len(self.space.axes)
        number = min(_FILL + size, _MOST_FILL)
        columns: list[Any] = [
            (self.generator.permutation(number) + self.generator.random(number)) / number
            for _ in range(size)
        ]
        rows = [
            tuple(0.5 + _INWARD * (float(column[row]) - 0.5) for column in columns)
            for row in range(number)
        ]
        return [(0.5,) * size, *rows]
