"""Short texts that prompts have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tracepy.optimizers.base import Task
from tracepy.optimizers.generative.prompt.constraints import constraint
from tracepy.optimizers.generative.prompt.fence import inline, label, prose
from tracepy.parameters import Parameter


def as_text(value: object) -> str:
    """A value as it is shown again: source as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def constraints(parameters: Sequence[Parameter]) -> str:
    """A line for each parameter that is not free; empty where all are."""
    found = [(one.name, constraint(one.constraint)) for one in parameters]
    return "\n".join(f"{label(name)}: {inline(text)}" for name, text in found if text)


def instruction(task: Task, wanted: str) -> str:
    """The context ω of the objective, what is wanted, and which scores are better."""
    better = "Higher" if task.sign > 0 else "Lower"
    context = prose(task.context.strip())
    asked = f"{wanted} {better} scores are better."
    if not context:
        return asked
    # A fence that ends the context ends a line.
    return f"{context}\n{asked}" if "\n" in context else f"{context} {asked}"
