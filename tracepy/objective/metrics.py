"""How an answer is compared with what a data set expects."""

from __future__ import annotations

import math
from typing import Any

from tracepy.evaluation.records import Case, Evaluation
from tracepy.objective.callables import call
from tracepy.objective.scores import ScoreError, bounded, read

_CLOSE = 1e-6


def sent(metric: Any, result: Any) -> Any:
    """What a metric looks at of a result. Raises what turning it into that raises."""
    if metric == "contains":
        return str(result)
    if metric == "close":
        return float(result)
    return result


def equal(result: Any, expected: Any) -> bool:
    """Whether an answer, as it was read back (`values.decode`), is what an example expects."""
    if isinstance(result, list) and isinstance(expected, list):
        return len(result) == len(expected) and all(map(equal, result, expected))
    if isinstance(result, dict) and isinstance(expected, dict):
        return result.keys() == expected.keys() and all(
            equal(result[key], value) for key, value in expected.items()
        )
    return bool(result == expected)


def score(metric: Any, result: Any, expected: Any) -> tuple[float, str]:
    """The score of an answer, and what is to be said of it. Raises what the metric raises.

    Args:
        metric: `exact`, `contains`, `close`, or a function.
        result: What the metric looks at.
        expected: What the example says.
    """
    if not isinstance(metric, str):
        try:
            reading = read(call(metric, result, expected), "the metric")
        except ScoreError as error:
            return 0.0, str(error)
        return reading.score, reading.text
    if metric == "exact":
        good = equal(result, expected)
    elif metric == "contains":
        good = str(expected) in result
    else:
        good = math.isclose(result, float(expected), rel_tol=_CLOSE, abs_tol=1e-9)
    text = "" if good else bounded(f"got {result!r}, expected {expected!r}", 500)
    return float(good), text


def summed(cases: list[Case], number: int) -> Evaluation:
    """The verdict on the first cases of `number`: the score is the mean, those not run count 0."""
    total = sum(case.score for case in cases) / number
    text = "\n".join(f"{case.name}: {case.text}" for case in cases if case.score < 1.0)
    return Evaluation("ok", total, bounded(text, 4000), tuple(cases), len(cases) == number)


def order(names: tuple[str, ...], first: tuple[str, ...]) -> list[int]:
    """The numbers of the cases in the order in which they are run."""
    place = {name: index for index, name in enumerate(first)}
    return sorted(range(len(names)), key=lambda index: place.get(names[index], len(place)))
