"""Candidates are judged here: each in a process of its own, whatever it does."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracepy.evaluation.isolation import Isolation as Isolation
    from tracepy.evaluation.isolation import probe as probe
    from tracepy.evaluation.judge import Judge as Judge
    from tracepy.evaluation.records import Case as Case
    from tracepy.evaluation.records import Evaluation as Evaluation
    from tracepy.evaluation.records import Job as Job
    from tracepy.evaluation.records import TraceFacts as TraceFacts

_HOMES = {
    "Case": "records",
    "Evaluation": "records",
    "Isolation": "isolation",
    "Job": "records",
    "Judge": "judge",
    "TraceFacts": "records",
    "probe": "isolation",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tracepy.evaluation' has no attribute {name!r}")
    return getattr(import_module(f"tracepy.evaluation.{_HOMES[name]}"), name)
