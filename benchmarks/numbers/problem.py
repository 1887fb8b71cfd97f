"""What is minimised: a function of numbers and choices, its ranges, a start and the least value."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Dim:
    """One number or choice; a whole number where both bounds are ints."""

    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[Any, ...] = ()

    @property
    def whole(self) -> bool:
        return not self.choices and isinstance(self.low, int) and isinstance(self.high, int)

    def draw(self, generator: random.Random) -> Any:
        """A random value."""
        if self.choices:
            return generator.choice(self.choices)
        if self.whole:
            return generator.randint(int(self.low), int(self.high))
        if self.log:
            return float(self.low * (self.high / self.low) ** generator.random())
        return generator.uniform(self.low, self.high)

    def fitted(self, unit: float) -> Any:
        """The value at a point of [0, 1], for methods that know only boxes."""
        unit = min(max(unit, 0.0), 1.0)
        if self.choices:
            return self.choices[min(int(unit * len(self.choices)), len(self.choices) - 1)]
        if self.log:
            return float(self.low * (self.high / self.low) ** unit)
        value = self.low + unit * (self.high - self.low)
        return round(value) if self.whole else value

    def unit(self, value: Any) -> float:
        """Where a value lies in [0, 1]."""
        if self.choices:
            return (self.choices.index(value) + 0.5) / len(self.choices)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return float((value - self.low) / (self.high - self.low))


Loss = Callable[[Sequence[Any]], float]


@dataclass(frozen=True)
class Instance:
    """One problem to be solved.

    Attributes:
        dims: Its numbers and choices.
        loss: What to minimise.
        start: The values that every method begins with.
        least: The least value, or a bound below it.
        noise: Standard deviation of what is added to each answer; the regret is without it.
    """

    dims: tuple[Dim, ...]
    loss: Loss
    start: tuple[Any, ...]
    least: float
    noise: float = 0.0


@dataclass(frozen=True)
class Problem:
    """A family of instances, one a seed.

    Attributes:
        name: As it stands in the table.
        instance: Makes the instance of a seed.
        seeds: How many there are, where not as many as one likes.
        budgets: The numbers of evaluations, where they are not those asked for.
        looked_at: Whether the tuner was developed on it (on other seeds than the table's).
    """

    name: str
    instance: Callable[[int], Instance]
    seeds: int | None = None
    budgets: tuple[int, ...] = ()
    looked_at: bool = False


class Spent(Exception):
    """The budget is used up."""


class Judge:
    """Answers, and notes the regret of the best so far after each answer.

    Args:
        instance: What is solved.
        budget: How many answers there are.
        seed: Seed of the noise.
    """

    def __init__(self, instance: Instance, budget: int, seed: int) -> None:
        self.instance = instance
        self.budget = budget
        self.regrets: list[float] = []
        self._generator = random.Random(seed)
        self._best = float("inf")

    def __call__(self, values: Sequence[Any]) -> float:
        """The loss of a point. Raises `Spent` beyond the budget."""
        if len(self.regrets) >= self.budget:
            raise Spent
        loss = self.instance.loss(values)
        answer = loss + self._generator.gauss(0.0, self.instance.noise)
        better = answer < self._best
        if better:
            self._best = answer
        self.regrets.append(
            loss - self.instance.least if better or not self.regrets else self.regrets[-1]
        )
        return answer
