"""Numbers and choices of one program, tuned by samplers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tracepy.optimizers.base import Outcome, Proposal, Task
from tracepy.optimizers.search.space import Axis, axes, point
from tracepy.parameters import Parameter, replace
from tracepy.transforms.edit import apply_edits

# Beyond these the Gaussian process costs more than it knows, and optuna's TPE takes over.
_GP_AXES = 12
_GP_POINTS = 200
# Every so many points, one close to the best: its steps, and the share of axes that move.
_PROBE = 5
_PROBE_STEPS = (0.015, 0.03, 0.08)
_PROBE_SHARE = 0.6
_PROBE_TRIES = 32
# Points that fill the space before anything is modelled, per axis.
_FIRST = 3


class Tuner:
    """Proposes values for the numbers and choices of one program.

    Args:
        task: The run's task.
        sources: The program whose constants are tuned.
        value: Its score, higher is better.
        parameters: Its trainable numbers and choices.
        seed: Seed of the samplers.
        number: The number of the program's outcome.
    """

    def __init__(
        self,
        task: Task,
        sources: Mapping[str, str],
        value: float,
        parameters: Sequence[Parameter],
        seed: int,
        number: int = 0,
    ) -> None:
        import numpy as np

        self.task = task
        self.sources = sources
        self.parameters = {parameter.name: parameter for parameter in parameters}
        self.axes: list[Axis] = axes(parameters)
        self.generator = np.random.default_rng(seed)
        self.points: list[tuple[float, ...]] = []
        self.values: list[float] = []
        self.tried: set[tuple[Any, ...]] = set()
        self._first = self._filling()
        self._study: Any = None
        self._turn = 0
        self._seed = seed
        self._number = number
        self.note(point(self.axes, {}), value)

    @property
    def useful(self) -> bool:
        """Whether there is anything to tune."""
        return bool(self.axes)

    def note(self, where: tuple[float, ...], value: float) -> None:
        """Learn the score of a point; one without a verdict counts as the worst seen."""
        if math.isinf(value):
            value = min(self.values, default=0.0)
        self.points.append(where)
        self.values.append(value)
        self.tried.add(self._rounded(where))
        if self._study is not None:
            self._tell(where, value)

    def propose(self, number: int) -> list[Proposal]:
        """Up to so many new points as candidates; fewer where the space is used up."""
        proposals: list[Proposal] = []
        pending: list[tuple[float, ...]] = []
        for _ in range(number):
            where = self._fresh(pending)
            if where is None:
                break
            pending.append(where)
            self.tried.add(self._rounded(where))
            proposals.append(self._proposal(where))
        return proposals

    def observe(self, outcome: Outcome) -> None:
        """Learn from one of the proposals."""
        self.note(outcome.proposal.origin[1], outcome.value)

    def _rounded(self, where: tuple[float, ...]) -> tuple[Any, ...]:
        return tuple(axis.value(unit) for axis, unit in zip(self.axes, where, strict=True))

    def _fresh(self, pending: list[tuple[float, ...]]) -> tuple[float, ...] | None:
        """A point whose values have not been tried; random ones when the sampler repeats itself."""
        for attempt in range(64):
            where = self._sample(pending) if attempt < 4 else self._random(attempt)
            # Snapped to the values it stands for, so that the model sees what was judged.
            values = self._rounded(where)
            if values not in self.tried:
                return tuple(
                    axis.unit(value) for axis, value in zip(self.axes, values, strict=True)
                )
        return None

    def _random(self, attempt: int) -> tuple[float, ...]:
        if attempt % 2:
            return tuple(float(x) for x in self.generator.random(len(self.axes)))
        best = self.points[self.values.index(max(self.values))]
        moves = self.generator.normal(size=len(self.axes)) * 0.1
        return tuple(float(min(max(x + move, 0), 1)) for x, move in zip(best, moves, strict=True))

    def _sample(self, pending: list[tuple[float, ...]]) -> tuple[float, ...]:
        if self._first:
            return self._first.pop(0)
        self._turn += 1
        if self._turn % _PROBE == 0:
            return self._probe()
        if len(self.axes) > _GP_AXES or len(self.points) > _GP_POINTS:
            return self._ask_optuna()
        from tracepy.optimizers.search.gaussian import GaussianProcess

        # Points on their way count as what the model expects of them ("kriging believer").
        believed = GaussianProcess(self.points, self.values)
        guesses: list[float] = []
        if pending:
            means, _ = believed.predict(believed.np.asarray(pending))
            guesses = [float(mean) * believed.scale + believed.mean for mean in means]
        # Two views of the scores in turn: their size, and how close they come to the best.
        sharp = self._turn % 2 == 0
        if sharp or pending:
            believed = GaussianProcess([*self.points, *pending], [*self.values, *guesses], sharp)
        return believed.suggest(self.generator)

    def _probe(self) -> tuple[float, ...]:
        """A small step from the best point, along some of the axes.

        A model smooths over what is narrower than the gaps between its points.
        """
        best = self.points[self.values.index(max(self.values))]
        where = best
        for _ in range(_PROBE_TRIES):
            moves = self.generator.normal(size=len(best)) * self.generator.choice(_PROBE_STEPS)
            moves *= self.generator.random(len(best)) < _PROBE_SHARE
            moved = zip(best, moves, strict=True)
            where = tuple(float(min(max(x + move, 0.0), 1.0)) for x, move in moved)
            if self._rounded(where) not in self.tried:
                break
        return where

    def _filling(self) -> list[tuple[float, ...]]:
        """A Latin hypercube: few points, every axis covered evenly."""
        size = len(self.axes)
        number = min(_FIRST * size + 1, 24)
        columns = [
            (self.generator.permutation(number) + self.generator.random(number)) / number
            for _ in range(size)
        ]
        return [tuple(float(column[row]) for column in columns) for row in range(number)]

    def _ask_optuna(self) -> tuple[float, ...]:
        if self._study is None:
            import optuna

            optuna.logging.set_verbosity(optuna.logging.ERROR)
            sampler = optuna.samplers.TPESampler(seed=self._seed, multivariate=True)
            self._study = optuna.create_study(direction="maximize", sampler=sampler)
            for where, value in zip(self.points, self.values, strict=True):
                self._tell(where, value)
        trial = self._study.ask(self._distributions())
        return tuple(trial.params[f"x{index}"] for index in range(len(self.axes)))

    def _distributions(self) -> dict[str, Any]:
        from optuna.distributions import FloatDistribution

        return {f"x{index}": FloatDistribution(0.0, 1.0) for index in range(len(self.axes))}

    def _tell(self, where: tuple[float, ...], value: float) -> None:
        from optuna.trial import create_trial

        params = {f"x{index}": unit for index, unit in enumerate(where)}
        self._study.add_trial(
            create_trial(params=params, distributions=self._distributions(), value=value)
        )

    def _proposal(self, where: tuple[float, ...]) -> Proposal:
        values = self._rounded(where)
        by_path: dict[str, list[Any]] = {}
        words = []
        for axis, value in zip(self.axes, values, strict=True):
            parameter = self.parameters[axis.name]
            text = self.task.source(parameter.path, self.sources).text
            by_path.setdefault(parameter.path, []).append(replace(text, parameter, value))
            words.append(f"{axis.name.partition(':')[2]} = {value}")
        changed = {
            path: apply_edits(self.task.source(path, self.sources).text, edits)
            for path, edits in by_path.items()
        }
        note = ", ".join(words) if len(words) <= 4 else f"{len(words)} values"
        return Proposal(
            {**self.sources, **changed},
            note,
            origin=(self, where),
            parent=self._number,
            reason=f"the sampler's point {len(self.points)}",
        )
