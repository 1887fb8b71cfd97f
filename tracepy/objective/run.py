"""From an objective's kind to its runner."""

from __future__ import annotations

from importlib import import_module

from tracepy.evaluation.records import Evaluation
from tracepy.objective.context import Context
from tracepy.objective.record import Objective

RUNNERS = {
    "callable": "tracepy.objective.callables",
    "pytest": "tracepy.objective.pytests",
    "command": "tracepy.objective.commands",
    "dataset": "tracepy.objective.datasets",
    "script": "tracepy.objective.scripts",
    "doctest": "tracepy.objective.doctests",
    "probe": "tracepy.objective.probes",
}


def run(objective: Objective, context: Context) -> Evaluation:
    """Judge the candidate of this process. Raises whatever user code raises."""
    # The program as it stands and what is traced have passed before.
    if objective.stages and context.job.sources and not context.job.trace:
        from tracepy.objective.stages import stopped

        if (failure := stopped(objective.stages, context)) is not None:
            return failure
    return _run(objective, context)


def _run(objective: Objective, context: Context) -> Evaluation:
    evaluation = import_module(RUNNERS[objective.kind]).run(objective, context)
    assert isinstance(evaluation, Evaluation)
    return evaluation
