"""Cascades: a cheap stage is judged first, and who does not pass it is not judged by the objective.

Stages run in the candidate's own process, before the objective: what they leave in its modules is
there when the objective runs. All stages and the objective share one time limit, and count as one
evaluation together. Of a data set the answers are sent, and the next stage begins without waiting
for their score: where it is not enough, the process is ended (`evaluation/tally.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

from tracepy.evaluation.records import Evaluation
from tracepy.objective.context import Context
from tracepy.objective.errors import describe
from tracepy.objective.record import Stage


def stopped(stages: Sequence[Stage], context: Context) -> Evaluation | None:
    """The failure of a candidate at its first stage that it does not pass; None past all."""
    from tracepy.objective.run import RUNNERS

    own = replace(context, expected=(), job=replace(context.job, first=(), beat=None, gate=None))
    for number, stage in enumerate(stages):
        # A stage that is a command has a copy of the project of its own.
        scratch = context.scratch / f".stage{number}"
        scratch.mkdir()
        here = replace(own, scratch=scratch, part=number + 1)
        try:
            runner = import_module(RUNNERS[stage.objective.kind])
            found: Evaluation = runner.run(stage.objective, here)
        except Exception as error:
            return Evaluation("error", None, f"stage {stage.objective.label}: {describe(error)}")
        judged_here = stage.objective.kind != "dataset" or "expected" in stage.objective.spec
        if judged_here and (wrong := failure(stage, found)) is not None:
            return wrong
    return None


def failure(stage: Stage, found: Evaluation) -> Evaluation | None:
    """The verdict on a candidate that got this at a stage; None where it passes."""
    label = f"stage {stage.objective.label}"
    if found.score is None:
        return replace(found, feedback=f"{label}: {found.feedback}")
    passed = found.score <= stage.needs if stage.below else found.score >= stage.needs
    if passed:
        return None
    sign = "<=" if stage.below else ">="
    text = f"{label}: {found.score:.4g}, needs {sign} {stage.needs:.4g}"
    return Evaluation("error", None, f"{found.feedback}\n{text}".strip())
