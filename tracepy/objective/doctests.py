"""Doctests of the target as the objective: one case per docstring."""

from __future__ import annotations

import doctest
import importlib
import io

from tracepy.evaluation.records import Case, Evaluation
from tracepy.objective.context import Context
from tracepy.objective.record import Objective
from tracepy.objective.scores import bounded


def run(objective: Objective, context: Context) -> Evaluation:
    """Run the doctests. Score: the mean over docstrings of the examples in them that hold."""
    place = {name: index for index, name in enumerate(context.job.first)}
    tests = []
    for module in objective.spec["modules"]:
        found = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module))
        tests += [test for test in found if test.examples]
    tests.sort(key=lambda test: (place.get(test.name, len(place)), test.name))
    expected = context.expected or tuple(test.name for test in tests)
    cases: dict[str, Case] = {}
    for test in tests:
        if test.name not in expected:
            continue
        runner = doctest.DocTestRunner(verbose=False)
        said = io.StringIO()
        with context.record(test.name) as recording:
            outcome = runner.run(test, out=said.write, clear_globs=False)
            recording.judged(None, failed=outcome.failed > 0)
        score = 1.0 - outcome.failed / max(outcome.attempted, 1)
        cases[test.name] = Case(test.name, score, bounded(said.getvalue(), 4000))
    for name in expected:
        cases.setdefault(name, Case(name, 0.0, "the doctest is gone"))
    if not cases:
        return Evaluation("error", None, "no doctests were found")
    score = sum(case.score for case in cases.values()) / len(cases)
    failing = [case for case in cases.values() if case.score < 1.0]
    text = "\n".join(case.text for case in failing[:3])
    return Evaluation("ok", score, bounded(text), tuple(cases.values()))
