"""The score at which a run may stop."""

from __future__ import annotations

from tracepy.objective import Objective
from tracepy.optimizers import Task
from tracepy.settings import Settings

# Objectives whose full score is known to be 1.
_TESTS = ("pytest", "doctest", "dataset")


def goal_of(settings: Settings, objective: Objective, task: Task) -> float | None:
    """What was asked for; else the full score, where it is known; None where nobody knows."""
    if settings.goal is not None:
        return settings.goal
    tests = objective.kind in _TESTS or not task.graded
    return 1.0 if tests and task.sign > 0 else None
