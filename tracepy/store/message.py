"""The message of a commit that holds what a run found: what was asked, and the evidence."""

from __future__ import annotations

import math
import shlex
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tracepy.settings import typed

if TYPE_CHECKING:
    from tracepy.evaluation.records import Evaluation
    from tracepy.store.records import Run

_VALUE = 40  # characters of a value


def message(
    run: Run, *, cases: tuple[int, int, int] | None = None, judged: Evaluation | None = None
) -> str:
    """The whole message, ending in a line end.

    Args:
        run: Whose changes they are.
        cases: How many cases passed before, how many after, and how many there are.
        judged: The verdict on the part that is committed, where that is not all.
    """
    best = run.best if judged is None else judged.score
    before, after = score(run.baseline), score(best)
    subject = f"Improve {run.target}: {before} -> {after}"
    facts = {
        "Objective": run.objective,
        "Score": f"{before} -> {after}",
        **_cases(cases),
        "Evaluations": f"{run.evaluations:,} in {run.seconds:.1f} s, by {run.optimizer}",
        "Run": run.id,
        "Reproduce": " ".join(["tracepy optimize", shlex.quote(run.target), *typed(run.settings)]),
    }
    lines = [subject, "", *_intro(run, judged), ""]
    lines += [f"{name}: {' '.join(value.split())}" for name, value in facts.items()]
    if judged is None and run.parameters:
        lines += ["", "Changed:", *(f"  {_changed(item)}" for item in run.parameters)]
    return "\n".join(lines) + "\n"


def score(value: float | None) -> str:
    """A score to six significant digits, whole numbers as such."""
    if value is not None and math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return "none" if value is None else f"{value:.6g}"


def _intro(run: Run, judged: Evaluation | None) -> list[str]:
    text = "Found and judged by tracepy."
    if judged is not None:
        text = (
            f"Part of what tracepy found (all of it: {score(run.best)}), chosen by hand and "
            f"judged again."
        )
        if judged.status != "ok":
            text += f" It has no score ({judged.status})."
    return textwrap.wrap(text, 72)


def _cases(cases: tuple[int, int, int] | None) -> dict[str, str]:
    if cases is None or cases[2] < 2:
        return {}
    before, after, total = cases
    return {"Cases": f"{before} -> {after} of {total} pass"}


def _changed(item: Mapping[str, Any]) -> str:
    if item["kind"] == "function":
        return f"{item['name']} (function)"
    old, new = (textwrap.shorten(repr(item[key]), _VALUE) for key in ("old", "new"))
    return f"{item['name']}: {old} -> {new}"
