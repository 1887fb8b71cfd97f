"""Examples in a JSON Lines file as the objective: one call, one case per line.

A line is an object: `args` (list) and `kwargs` (object), or `input`/`question` (the one
argument), and `expected`, `answer` or `target`.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.evaluation.records import Case, Evaluation
from tracepy.objective.callables import call, load
from tracepy.objective.context import Context
from tracepy.objective.errors import describe
from tracepy.objective.record import Objective
from tracepy.objective.scores import ScoreError, bounded, read

_INPUTS = ("input", "question")
_EXPECTED = ("expected", "answer", "target")
_CLOSE = 1e-6


def examples(file: Path) -> list[dict[str, Any]]:
    """The lines of a file. Raises UserError with the line that is wrong."""
    found = []
    for number, line in enumerate(file.read_text("utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{file.name}:{number}: not JSON: {error}") from error
        known = isinstance(row, dict) and any(key in row for key in _EXPECTED)
        if not known or not any(key in row for key in (*_INPUTS, "args", "kwargs")):
            raise UserError(
                f"{file.name}:{number}: an example needs input (or question, args, kwargs) "
                "and expected (or answer, target)"
            )
        found.append({**row, "name": str(row.get("name", f"line {number}"))})
    if not found:
        raise UserError(f"{file.name} holds no examples")
    return found


def run(objective: Objective, context: Context) -> Evaluation:
    """Call the function with each example. Score: the mean of the examples' scores."""
    spec = objective.spec
    try:
        rows = examples(Path(spec["file"]))
    except UserError as error:
        return Evaluation("error", None, str(error))
    if "rows" in spec:
        rows = [rows[index] for index in spec["rows"] if index < len(rows)]
    function = load(spec["call"]["module"], spec["call"]["function"])
    metric = spec["metric"]
    if isinstance(metric, dict):
        metric = load(metric["module"], metric["function"])
    place = {name: index for index, name in enumerate(context.job.first)}
    rows.sort(key=lambda row: place.get(row["name"], len(place)))
    cases: list[Case] = []
    lost = 0.0
    for row in rows:
        case = _case(row, function, metric, context)
        cases.append(case)
        lost += 1.0 - case.score
        beat = context.job.beat
        # A metric of the user's may give more than 1, so nothing can be said of the rest.
        if isinstance(metric, str) and beat is not None and 1.0 - lost / len(rows) <= beat:
            break
    score = sum(case.score for case in cases) / len(rows)
    text = "\n".join(f"{case.name}: {case.text}" for case in cases if case.score < 1.0)
    return Evaluation("ok", score, bounded(text, 4000), tuple(cases), len(cases) == len(rows))


def _case(row: dict[str, Any], function: Any, metric: Any, context: Context) -> Case:
    args = row.get("args", [row[key] for key in _INPUTS if key in row][:1])
    expected = next(row[key] for key in _EXPECTED if key in row)
    with context.record(row["name"]) as recording:
        try:
            result = call(function, *args, **row.get("kwargs", {}))
            score, text = _score(metric, result, expected)
        except (Exception, SystemExit) as error:
            recording.judged(None, failed=True)
            return Case(row["name"], 0.0, describe(error))
        recording.judged(result, failed=score < 1.0)
    return Case(row["name"], score, text)


def equal(result: Any, expected: Any) -> bool:
    """Whether a result is the data that an example expects.

    What the program's classes say of equality does not count, or one that equals everything
    would be right: of a subclass of a plain type its plain value is compared, and an object of
    another class than Python's and the libraries' equals no data.
    """
    if isinstance(result, int):
        return bool(int.__add__(result, 0) == expected)
    if isinstance(result, float):
        return bool(float.__add__(result, 0.0) == expected)
    if isinstance(result, str):
        return bool(str.__str__(result) == expected)
    if isinstance(expected, list) and isinstance(result, list):
        same = list.__len__(result) == len(expected)
        return same and all(map(equal, list.__iter__(result), expected))
    if isinstance(expected, dict) and isinstance(result, dict):
        items = dict(dict.items(result))
        return items.keys() == expected.keys() and all(
            equal(items[key], value) for key, value in expected.items()
        )
    if _programs_own(type(result)):
        return result is expected
    return bool(result == expected)


def _programs_own(kind: type) -> bool:
    module = sys.modules.get(kind.__module__)
    if getattr(module, kind.__name__, None) is not kind and kind is not type(None):
        return True  # it says that it is from elsewhere
    file = getattr(module, "__file__", None)
    return kind.__module__ != "builtins" and (file is None or "-packages" not in file)


def _score(metric: Any, result: Any, expected: Any) -> tuple[float, str]:
    if not isinstance(metric, str):
        try:
            reading = read(call(metric, result, expected), "the metric")
        except ScoreError as error:
            return 0.0, str(error)
        return reading.score, reading.text
    if metric == "exact":
        good = equal(result, expected)
    elif metric == "contains":
        good = str.__contains__(str(result), str(expected))
    else:
        good = math.isclose(float(result), float(expected), rel_tol=_CLOSE, abs_tol=1e-9)
    text = "" if good else bounded(f"got {result!r}, expected {expected!r}", 500)
    return float(good), text
