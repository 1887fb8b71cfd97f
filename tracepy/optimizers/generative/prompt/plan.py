"""How much of a view is shown, and in what order it folds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tracepy.optimizers.generative.prompt.records import View

_RETURNING = (
    "names", "lines", "failures", "calls", "statements", "body", "others", "inputs", "width",
    "documentation", "memory", "sources",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is shown. What is nearest to the judged output stays longest.

    Attributes:
        memory: Attempts, the newest ones.
        others: Intermediate values.
        inputs: Values from outside.
        width: Characters of a value or of a line of feedback.
        statements: Functions that are opened.
        body: Lines of each of these.
        calls: Functions that are named.
        documentation: Names that are explained.
        lines: Lines of the objective's words, and of each failing case.
        failures: Failing cases.
        sources: Parameters whose source or value is shown.
        names: Parameters that are named.
    """

    memory: int
    others: int = 120
    inputs: int = 60
    width: int = 300
    statements: int = 60
    body: int = 200
    calls: int = 120
    documentation: int = 60
    lines: int = 40
    failures: int = 8
    sources: int = 1 << 30
    names: int = 1 << 30


def plans(view: View, memory: int) -> list[Plan]:
    """From the whole view to the least of it; each shows less than the one before.

    Args:
        view: What there is to show.
        memory: How many attempts there are.
    """
    found = [Plan(memory)]
    outside = sum(each.distance is None for each in view.variables)
    count = len(view.variables)
    size = _sizes(view, memory)
    orders = (
        # What the judged output does not depend on is named, and is not worth more than that.
        ("sources", max(1, count - outside)),
        ("memory", 1), ("others", 24), ("inputs", 12), ("width", 100), ("others", 8),
        ("inputs", 4), ("statements", 6), ("body", 24), ("statements", 3), ("documentation", 6), ("lines", 12), ("failures", 3),
        ("calls", 12), ("width", 60), ("memory", 0),
        ("body", 6), ("others", 0), ("inputs", 0), ("statements", 1), ("documentation", 0), ("lines", 4),
        ("failures", 1), ("statements", 0), ("calls", 0), ("sources", 1), ("names", 12),
        ("width", 40), ("lines", 1), ("sources", 0), ("failures", 0), ("names", 0),
    )  # fmt: skip
    for name, least in orders:
        now = min(getattr(found[-1], name), size.get(name, 1 << 30))
        for value in _down(now, least, by_one=name == "memory"):
            found.append(replace(found[-1], **{name: value}))
    return found


def _down(now: int, least: int, by_one: bool) -> Iterator[int]:
    """Ever smaller numbers, the last of them the least."""
    while now > least:
        now = max(least, now - 1 if by_one or now <= 4 else now - max(1, now // 4))
        yield now


def refilled(plan: Plan, view: View, memory: int, fits: Callable[[Plan], bool]) -> Plan:
    """A plan that fits, with as much more of everything as fits too, what matters most first."""
    size = _sizes(view, memory)
    whole = Plan(memory)
    for name in _RETURNING:
        low: int = getattr(plan, name)
        high = min(getattr(whole, name), size.get(name, 1 << 30))
        while low < high:
            middle = (low + high + 1) // 2
            if fits(replace(plan, **{name: middle})):
                low = middle
            else:
                high = middle - 1
        plan = replace(plan, **{name: max(low, getattr(plan, name))})
    return plan


def _sizes(view: View, memory: int) -> dict[str, int]:
    count = len(view.variables)
    return {
        "memory": memory,
        "others": len(view.others),
        "inputs": len(view.inputs),
        "body": max((len(each.lines) for each in view.code), default=0),
        "statements": len(view.code),
        "calls": len(view.code),
        "documentation": len(view.documentation),
        "failures": len(view.failures),
        "sources": count,
        "names": count,
    }
