"""The numerical problems of "Trace is the Next AutoDiff" (arXiv 2406.16218, section 5.1).

A random computation of seven steps over + - * / turns x into y; x is to be found that gives a y
that some hidden x gave. The draws, and what makes a problem hard enough to be kept, are those of
the authors' code; the sampling is written anew, so the problems are not theirs one by one.
"""

from __future__ import annotations

import math
import operator
import random
from collections.abc import Sequence
from functools import cache

from benchmarks.numbers.problem import Dim, Instance, Problem

_STEPS, _CONSTANTS, _NUMBER = 7, 5, 30
_VALUES = (-3, -2, -1, 1, 2, 3)
_MOST = 1e5
Step = tuple[str, int, "int | None", int]
"""An operation, the index of an earlier value (0 is x), and a constant or another such index."""


def _divide(a: float, b: float) -> float:
    return a / b if b != 0 else a


_OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divide}


def _drawn(generator: random.Random) -> list[Step]:
    """The steps of one computation."""
    derived, constants, steps = [0], list[int](), list[Step]()
    for step in range(1, _STEPS + 1):
        both = len(derived) >= 2 and generator.random() < 0.5
        # Recent values are the likelier ones: by a softmax of their place.
        weights = [math.exp(place) for place in range(len(derived))]
        first = generator.choices(derived, weights)[0]
        constant, second = None, -1
        if both:
            rest = [(v, w) for v, w in zip(derived, weights, strict=True) if v != first]
            second = generator.choices([v for v, _ in rest], [w for _, w in rest])[0]
        else:
            if generator.random() < 1 - min(len(constants), _CONSTANTS) / _CONSTANTS:
                constants.append(generator.choice(_VALUES))
            constant = generator.choice(constants)
        allowed = "+-*" if constant is not None and constant <= 0 else "+-*/"
        steps.append((generator.choice(allowed), first, constant, second))
        derived.append(step)
    return steps


def _computed(steps: Sequence[Step], x: float) -> float:
    values = [x]
    for name, first, constant, second in steps:
        other = values[second] if constant is None else constant
        values.append(_OPERATIONS[name](values[first], other))
    return values[-1]


@cache
def _kept() -> tuple[tuple[tuple[Step, ...], float], ...]:
    """The first problems that are hard enough: somewhere a step up makes y less."""
    generator, found = random.Random(1111), list[tuple[tuple[Step, ...], float]]()
    while len(found) < _NUMBER:
        draw = random.Random(generator.randint(0, 99999))
        hidden = draw.choice(_VALUES)
        steps = _drawn(draw)
        goal = _computed(steps, hidden)
        low, middle, high = (_computed(steps, x) for x in (0.4, 0.5, 0.6))
        if goal <= _MOST and (high < middle or middle < low):
            found.append((tuple(steps), goal))
    return tuple(found)


def numerical(number: int) -> tuple[tuple[Step, ...], float]:
    """The steps of a problem, and the goal."""
    return _kept()[number % _NUMBER]


def program(number: int) -> str:
    """A problem as a module: ordinary code, in which one number is marked."""
    steps, goal = numerical(number)
    rows = []
    for at, (operation, first, constant, second) in enumerate(steps, 1):
        other = f"y{second}" if constant is None else str(constant)
        left, right = "x" if first == 0 else f"y{first}", "x" if other == "y0" else other
        means = f"divide({left}, {right})" if operation == "/" else f"{left} {operation} {right}"
        rows.append(f"    y{at} = {means}")
    body = "\n".join(rows)
    return f'''X = -1.0  # tracepy: train
GOAL = {goal!r}


def divide(a, b):
    """The quotient; a where b is zero."""
    return a / b if b != 0 else a


def compute(x):
{body}
    return y{len(steps)}


# tracepy: objective
def judged():
    """How near the output is to the goal."""
    y = compute(X)
    if abs(y - GOAL) < 1e-6:
        return 0.0, "Success."
    word = "larger" if y < GOAL else "smaller"
    return -abs(y - GOAL), f"The output should be {{word}}."
'''


def _instance(seed: int) -> Instance:
    steps, goal = numerical(seed)

    def loss(x: Sequence[float]) -> float:
        return abs(_computed(steps, x[0]) - goal)

    return Instance((Dim(-10.0, 10.0),), loss, (-1.0,), 0.0)


NUMERICAL = Problem("paper's numbers, 1", _instance, seeds=_NUMBER, budgets=(10, 50))
