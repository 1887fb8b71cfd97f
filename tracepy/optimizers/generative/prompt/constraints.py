"""#Constraints: what a parameter may become, in as few words as say it."""

from __future__ import annotations

from tracepy.parameters import Constraint


def constraint(found: Constraint) -> str:
    """A parameter's constraint in words; empty where it may become anything."""
    if found.choices:
        return f"one of {', '.join(map(repr, found.choices))}"
    parts: list[str] = []
    if found.low is not None and found.high is not None:
        parts.append(f"in [{found.low}, {found.high}]")
    elif found.low is not None:
        parts.append(f">= {found.low}")
    elif found.high is not None:
        parts.append(f"<= {found.high}")
    if found.integer and (found.low is not None or found.high is not None):
        parts.append("whole")
    if found.log:
        parts.append("log scale")
    if found.words:
        parts.append(repr(found.words))
    return ", ".join(parts)
