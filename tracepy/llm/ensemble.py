"""Which of several models is asked next."""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tracepy.errors import UserError
from tracepy.llm.catalog import About

_TYPICAL = (2_000, 500)  # tokens of prompt and answer by which prices are compared
_PRIOR = 0.5  # the reward of a model of which nothing is known
_CURIOSITY = 0.5


class Choice(Protocol):
    """Chooses a model for each question; the same questions and rewards give the same choices."""

    def next(self) -> int:
        """The index of the model that is asked next."""
        ...

    def reward(self, model: int, value: float) -> None:
        """What a question to a model was worth: any number, higher is better."""
        ...


def parsed(names: Sequence[str]) -> tuple[list[str], list[float] | None]:
    """Names and weights of `--model NAME` or `--model NAME=WEIGHT`, given once or more.

    Raises:
        UserError: a weight is no positive number, or only some have one, or a name comes twice.
    """
    found: list[tuple[str, float | None]] = []
    for text in names:
        name, equals, number = text.rpartition("=")
        if not equals:
            found.append((text, None))
            continue
        try:
            weight = float(number)
        except ValueError:
            weight = -1.0
        if not name or not 0 < weight < math.inf:
            raise UserError(f"--model {text}: the weight must be a positive number")
        found.append((name, weight))
    only = [name for name, _ in found]
    if "" in only:
        raise UserError("--model must be a name, such as openai/gpt-4o-mini")
    if len(set(only)) < len(only):
        raise UserError("--model names a model twice; give it a weight: NAME=WEIGHT")
    weights = [weight for _, weight in found if weight is not None]
    if weights and len(weights) < len(found):
        raise UserError("--model: give a weight to each of the models (NAME=WEIGHT), or to none")
    return only, weights or None


def chosen_by(abouts: Sequence[About], weights: Sequence[float] | None, seed: int) -> Choice:
    """Weighted by chance where weights are given, else a bandit."""
    if weights is not None:
        return Weighted(weights, seed)
    return Bandit([_price(about) for about in abouts])


class Weighted:
    """Each model as often as its weight says."""

    def __init__(self, weights: Sequence[float], seed: int) -> None:
        self._weights = list(weights)
        self._chance = random.Random(f"models {seed}")

    def next(self) -> int:
        """Drawn by chance."""
        return self._chance.choices(range(len(self._weights)), self._weights)[0]

    def reward(self, model: int, value: float) -> None:
        """Weights stay what they are."""


@dataclass(slots=True)
class _Arm:
    price: float
    asked: int = 0
    told: int = 0
    total: float = 0.0


class Bandit:
    """The cheapest first, a dearer one once it promises more for its price.

    UCB1 on the mean reward, over the square root of the price: a model that costs twenty times as
    much is asked once the cheap ones are expected to be worth a fifth of it, not a twentieth. Of a
    model that was never asked, half of the best reward is expected.

    Args:
        prices: What a typical question costs, in any unit; 0 where it is not known.
    """

    def __init__(self, prices: Sequence[float]) -> None:
        known = [price for price in prices if price > 0]
        least = min(known, default=1.0)
        self._arms = [_Arm(max(price, least) / least) for price in prices]
        self._values: list[float] = []  # all rewards, in order

    def next(self) -> int:
        """The model with the highest bound; of equal ones, the one that was named first."""
        total = 1 + sum(arm.asked for arm in self._arms)
        bounds = []
        for arm in self._arms:
            mean = (arm.total + _PRIOR) / (arm.told + 1)
            bound = mean + _CURIOSITY * math.sqrt(2 * math.log(total) / (arm.asked + 1))
            bounds.append(bound / math.sqrt(arm.price))
        chosen = bounds.index(max(bounds))
        self._arms[chosen].asked += 1
        return chosen

    def reward(self, model: int, value: float) -> None:
        """What came of a question. Only how it stands among the others counts: scores have no
        scale that all problems share, and what came to nothing is minus infinity."""
        arm = self._arms[model]
        arm.told += 1
        value = -math.inf if math.isnan(value) else value
        below, upto = bisect_left(self._values, value), bisect_right(self._values, value)
        if self._values and value > -math.inf:
            arm.total += (below + upto) / 2 / len(self._values)
        elif value > -math.inf:
            arm.total += _PRIOR
        self._values.insert(below, value)


def _price(about: About) -> float:
    return 0.0 if about.prices is None else about.prices.cost(*_TYPICAL)
