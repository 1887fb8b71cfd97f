"""Examples in a JSON Lines file as the objective: one call, one case a line (see `examples`).

A worker gets the questions alone. Its answers leave it as data, and are compared where nothing of a
candidate's runs (`evaluation/scorer.py`). Only where a metric of the user's wants objects that are no
data does the worker get what is expected, and judges itself.
"""

from __future__ import annotations

import json
from typing import Any

from tracepy.evaluation.records import Case, Evaluation
from tracepy.objective import metrics
from tracepy.objective.callables import call, load
from tracepy.objective.context import Context
from tracepy.objective.errors import describe
from tracepy.objective.record import Objective
from tracepy.objective.values import encode


def run(objective: Objective, context: Context) -> Evaluation:
    """Call the function with each example. The score is left open where others compare."""
    spec = objective.spec
    function = load(spec["call"]["module"], spec["call"]["function"])
    indices = metrics.order(spec["names"], context.job.first)
    if "expected" in spec:
        return _judged_here(spec, function, indices, context)
    for index in indices:
        context.answers.give(context.part, index, *_answer(spec, function, index, context))
    context.answers.flush()
    return Evaluation("ok", 0.0)


def _answer(spec: Any, function: Any, index: int, context: Context) -> tuple[str, Any, str]:
    """What became of a call: `data`, its result and what of it is not carried, or `error`."""
    name = spec["names"][index]
    with context.record(name) as recording:
        try:
            args, kwargs = json.loads(spec["inputs"][index])
            result = call(function, *args, **kwargs)
            answer = encode(metrics.sent(spec["metric"], result))
        except (Exception, SystemExit) as error:
            recording.judged(None, failed=True)
            return "error", describe(error), ""
        recording.judged(result, failed=name in context.job.failing)
    return "data", *answer


def _judged_here(spec: Any, function: Any, indices: list[int], context: Context) -> Evaluation:
    metric = load(spec["metric"]["module"], spec["metric"]["function"])
    cases = []
    for index in indices:
        name = spec["names"][index]
        with context.record(name) as recording:
            try:
                args, kwargs = json.loads(spec["inputs"][index])
                result = call(function, *args, **kwargs)
                score, text = metrics.score(metric, result, json.loads(spec["expected"][index]))
            except (Exception, SystemExit) as error:
                recording.judged(None, failed=True)
                cases.append(Case(name, 0.0, describe(error)))
                continue
            recording.judged(result, failed=score < 1.0)
        cases.append(Case(name, score, text))
    return metrics.summed(cases, len(cases))
