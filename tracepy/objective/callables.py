"""The objective as a function: `module:function`, run once per candidate."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from tracepy.evaluation.records import Evaluation
from tracepy.objective.context import Context
from tracepy.objective.errors import describe
from tracepy.objective.record import Objective
from tracepy.objective.scores import ScoreError, read

_PLAIN = {float, int, bool, tuple}  # most results; isawaitable takes ten calls to tell


def load(module: str, qualname: str) -> Any:
    """The function. Raises whatever its module raises, AttributeError where it is not there."""
    value: Any = importlib.import_module(module)
    for part in qualname.split("."):
        value = getattr(value, part)
    return value


def call(function: Any, *args: Any, **kwargs: Any) -> Any:
    """The result of a function, awaited where it is a coroutine."""
    result = function(*args, **kwargs)
    if type(result) in _PLAIN or not inspect.isawaitable(result):
        return result
    import asyncio  # an eighth of a worker's memory, which each pays for

    return asyncio.run(_awaited(result))


async def _awaited(result: Any) -> Any:
    return await result


def run(objective: Objective, context: Context) -> Evaluation:
    """One evaluation of a callable objective."""
    name = f"{objective.spec['module']}:{objective.spec['function']}"
    try:
        function = load(objective.spec["module"], objective.spec["function"])
    except Exception as error:
        return Evaluation("error", None, f"{name} cannot be loaded:\n{describe(error)}")
    with context.record(name) as recording:
        result = call(function)
        try:
            reading = read(result, name)
        except ScoreError as error:
            return Evaluation("error", None, str(error))
        recording.judged(reading.on, failed=False)
    return Evaluation("ok", reading.score, reading.text, reading.cases, images=reading.images)
