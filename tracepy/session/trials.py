"""Trying things out beside the loop: what an optimizer, or a model's tool, wants to know."""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor

from tracepy.budget import Budget
from tracepy.errors import UserError
from tracepy.evaluation.executors import judge_for
from tracepy.evaluation.records import Evaluation, Job
from tracepy.objective.record import Objective
from tracepy.settings import Settings
from tracepy.target import Target

_SECONDS = 2.0  # that one expression may take
_WHOLE = 5.0
_SHOWN = 2000  # characters of its value
_NAME = "tracepy_expression"


class Trials:
    """Judges candidates and evaluates expressions, in workers as those of the run.

    Args:
        target, settings, executor, roots: Those of the run.
        judge: The run's judge.
        budget: Of the run; a candidate that is judged counts.
    """

    def __init__(
        self,
        target: Target,
        settings: Settings,
        executor: Executor | None,
        roots: Sequence[str],
        judge: Callable[[Sequence[Job]], list[Evaluation]],
        budget: Budget,
    ) -> None:
        self._target = target
        self._settings = settings
        self._executor = executor
        self._roots = tuple(roots)
        self._judge = judge
        self._budget = budget

    def judge(self, sources: Mapping[str, str]) -> Evaluation | None:
        """The verdict on a candidate, judged to its end; None where the budget is used up."""
        left = self._budget.left  # the answer that it is tried for is to be judged, too
        if self._budget.exhausted or (left is not None and left <= 1):
            return None
        self._budget.spent += 1
        # As a draw: it is no candidate of the run, and is kept as an answer of the judge.
        return self._judge([Job(dict(sources), draw=1)])[0]

    def expression(self, sources: Mapping[str, str], path: str, text: str) -> str:
        """The value of an expression at the end of a module, as a reader sees it.

        Args:
            sources: Whole texts of the target's modules as the program to ask has them.
            path: In which of them.
            text: The expression.

        Returns:
            The value, or in words why there is none.
        """
        try:
            ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return f"this is not one expression: {error}"
        module = {str(file): name for name, file in self._target.modules.items()}[path]
        objective = Objective(
            "probe",
            "expression",
            {"calls": [[module, _NAME, {}]], "seconds": _SECONDS, "shown": _SHOWN},
            self._roots,
        )
        settings = dataclasses.replace(
            self._settings, timeout=min(_WHOLE, self._settings.timeout), workers=1
        )
        asked = {**sources, path: sources[path] + _probe(text.strip())}
        try:
            with judge_for(self._target, objective, settings, self._executor) as judge:
                found = judge.evaluate([Job(asked)])[0]
        except UserError as error:
            return f"it could not be run: {error}"
        for case in found.cases:
            try:
                return str(json.loads(case.text)[0])
            except (ValueError, IndexError, TypeError):
                break
        return f"there is no value ({found.status}): {found.feedback[-_SHOWN:]}"


def _probe(text: str) -> str:
    return (
        f"\n\n\ndef {_NAME}():\n"
        "    try:\n"
        f"        return (\n{text}\n        )\n"
        "    except Exception as error:\n"
        "        return f'raises {type(error).__name__}: {error}'\n"
    )
