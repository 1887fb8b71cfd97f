"""Points that known samplers propose: optuna's TPE, CMA-ES, and steps from the best."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from tracepy.optimizers.search.history import History

_STEPS = (0.015, 0.03, 0.08)
_STEP_SHARE = 0.6
_STEP_TRIES = 8
# CMA-ES begins with this standard deviation, and after each stop with twice the population.
_SIGMA = 0.2


class Stepped:
    """Small steps from the best point, along some of the axes.

    A model smooths over what is narrower than the gaps between its points.
    """

    def __init__(self, history: History, generator: Any) -> None:
        self.history = history
        self.generator = generator
        self._turn = 0

    def ask(self, pending: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
        """Points of the unit cube."""
        best = self.history.points[self.history.best()]
        axes = self.history.space.axes
        found = []
        for _ in range(_STEP_TRIES):
            step = float(self.generator.choice(_STEPS))
            moves = self.generator.normal(size=len(best)) * step
            moved = self.generator.random(len(best)) < _STEP_SHARE
            jumps = self.generator.random(len(best))
            where = [
                (jump if not axis.ordered and jump < 0.5 else x)
                if not go or not axis.ordered
                else min(max(x + move, 0.0), 1.0)
                for axis, x, move, go, jump in zip(axes, best, moves, moved, jumps, strict=True)
            ]
            found.append(tuple(float(x) for x in where))
        self._turn += 1
        if self._turn % 2:
            axis = int(self.generator.integers(len(best)))
            where = list(best)
            where[axis] = float(self.generator.random())
            found.insert(0, tuple(where))
        return found

    def learn(self, where: tuple[float, ...], value: float, won: bool, own: bool) -> None:
        """Nothing: each step begins at the best."""


class Tpe:
    """optuna's multivariate TPE, told of every point whoever proposed it."""

    def __init__(self, history: History, seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.history = history
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self._told = 0

    def ask(self, pending: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
        """A point of the unit cube."""
        from optuna.trial import create_trial

        distributions = self._distributions()
        for index in range(self._told, len(self.history.points)):
            params = {
                f"x{axis}": unit
                if self.history.space.axes[axis].ordered
                else self._index(axis, unit)
                for axis, unit in enumerate(self.history.points[index])
            }
            self._study.add_trial(
                create_trial(
                    params=params, distributions=distributions, value=self.history.values[index]
                )
            )
        self._told = len(self.history.points)
        params = self._study.ask(distributions).params
        found = []
        for index, axis in enumerate(self.history.space.axes):
            value = params[f"x{index}"]
            found.append(float(value) if axis.ordered else (value + 0.5) / len(axis.choices))
        return [tuple(found)]

    def learn(self, where: tuple[float, ...], value: float, won: bool, own: bool) -> None:
        """Nothing: it reads the history."""

    def _index(self, axis: int, unit: float) -> int:
        count = len(self.history.space.axes[axis].choices)
        return min(int(unit * count), count - 1)

    def _distributions(self) -> dict[str, Any]:
        from optuna.distributions import CategoricalDistribution, FloatDistribution

        return {
            f"x{index}": FloatDistribution(0.0, 1.0)
            if axis.ordered
            else CategoricalDistribution(tuple(range(len(axis.choices))))
            for index, axis in enumerate(self.history.space.axes)
        }


class Cma:
    """CMA-ES over the axes that have an order, from the best point; choices stay as they are there.

    Source: Hansen, "The CMA evolution strategy: a tutorial" (2016); restarts with a doubled
    population as in Auger and Hansen (2005). The implementation is the package cmaes, which is
    optuna's too; optuna's own sampler forgets what other samplers asked.
    """

    def __init__(self, history: History, seed: int) -> None:
        self.history = history
        self.seed = seed
        self.axes = [i for i, axis in enumerate(history.space.axes) if axis.ordered]
        self._population: int | None = None
        self._asked: dict[tuple[float, ...], Any] = {}
        self._answers: list[tuple[Any, float]] = []
        self._start()

    def _start(self) -> None:
        import cmaes
        import numpy as np

        # It says so at its import that a part of it is not there without scipy.
        logging.getLogger("cmaes").setLevel(logging.ERROR)
        self._home = self.history.points[self.history.best()]
        self._strategy = cmaes.CMA(
            mean=np.array([self._home[i] for i in self.axes]),
            sigma=_SIGMA,
            bounds=np.array([[0.0, 1.0]] * len(self.axes)),
            seed=self.seed,
            population_size=self._population,
        )
        self._asked.clear()
        self._answers.clear()

    def ask(self, pending: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
        """A point of the unit cube."""
        drawn = self._strategy.ask()
        where = list(self._home)
        for index, x in zip(self.axes, drawn, strict=True):
            where[index] = float(x)
        snapped = self.history.space.units(self.history.space.values(where))
        self._asked[snapped] = drawn
        return [snapped]

    def learn(self, where: tuple[float, ...], value: float, won: bool, own: bool) -> None:
        """The score of a point; a generation that is complete moves the distribution."""
        drawn = self._asked.pop(where, None)
        if drawn is None:
            return
        self._answers.append((drawn, -value))
        if len(self._answers) < self._strategy.population_size:
            return
        self._strategy.tell(self._answers)
        self._answers = []
        if self._strategy.should_stop():
            self._population = 2 * self._strategy.population_size
            self.seed += 1
            self._start()
