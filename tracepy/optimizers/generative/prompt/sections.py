"""The sections that the graph fills: each a text below its heading, empty where nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from tracepy.optimizers.generative.prompt.fence import block, folded, inline, label
from tracepy.optimizers.generative.prompt.plan import Plan
from tracepy.optimizers.generative.prompt.records import Line, Routine, Value, Variable, View

KEPT = "(code): keep each `def` line as it is."

T = TypeVar("T", Value, Variable, Routine, Line)


def code(view: View, plan: Plan) -> str:
    """What ran, function by function, in the order in which they began."""
    named = nearest(view.code, plan.calls, lambda each: each.distance)
    opened = set(map(id, nearest(named, plan.statements, lambda each: each.distance)))
    rows: list[str] = []
    module = None
    for each in named:
        if each.shown and not each.calls:
            continue
        if each.module != module and (module is not None or _modules(view) > 1):
            rows.append(f"# {inline(each.module, plan.width)}")
        module = each.module
        rows += _routine(each, id(each) in opened, plan)
    left = len(view.code) - len(named)
    if left:
        rows.append(f"# ... {left} more functions, further from the output")
    return block("\n".join(rows)) if rows else ""


def _routine(each: Routine, opened: bool, plan: Plan) -> list[str]:
    times = f"  # {each.calls}x" if each.calls > 1 else ""
    rows = []
    if each.head:
        head = inline(each.head, max(plan.width, 160))
        where = each.name.rpartition(".")[0]
        note = f"  # in {inline(where, plan.width)}" if where else ""
        if each.shown:
            note += "  # see #Variables"
        elif not opened or not each.lines:
            note += "  # not shown"
        rows.append(f"{each.line} {head}:{times}{note}")
    if each.shown or not opened:
        return rows
    drop = min((_indent(line.text) for line in each.lines if line.text.strip()), default=0)
    inside = "  " if each.head else ""
    kept = set(map(id, nearest(each.lines, plan.body, lambda line: line.distance)))
    left = 0
    for line, following in pairwise((*each.lines, None)):
        if line is None:
            continue
        if id(line) not in kept:
            left += 1
            if following is None or id(following) in kept:
                rows.append(f"# ... {left} more lines")
                left = 0
            continue
        text = folded(line.text.expandtabs(4)[drop:].rstrip(), max(plan.width, 160))
        empty = following is None or _indent(following.text) <= _indent(line.text)
        text += " ..." if empty and text.endswith(":") else ""
        runs = f"  # {line.runs}x" if line.runs not in (0, max(each.calls, 1)) else ""
        rows.append(f"{line.number} {inside}{text}{runs}")
    return rows


def documentation(view: View, plan: Plan) -> str:
    """What names mean."""
    rows = view.documentation[: plan.documentation]
    return "\n".join(f"[{inline(name, 80)}] {inline(text, plan.width)}" for name, text in rows)


def variables(view: View, plan: Plan) -> str:
    """The parameters with their values, as they are to be answered."""
    named = nearest(view.variables, plan.names, _far)
    shown = set(map(id, sourced(view, plan)))
    rows = [_variable(each, id(each) in shown, plan.width) for each in named]
    left = len(view.variables) - len(named)
    if left:
        rows.append(f"... {left} more, further from the output")
    return "\n".join(rows)


def sourced(view: View, plan: Plan) -> list[Variable]:
    """The parameters whose source or value is shown."""
    return nearest(nearest(view.variables, plan.names, _far), plan.sources, _far)


def _far(each: Variable) -> int:
    return 1 << 30 if each.distance is None else each.distance


def _variable(each: Variable, shown: bool, width: int) -> str:
    name = inline(each.name)
    if each.type != "code":
        text = inline(each.text, 1 << 30 if shown else width)
        return f"({each.type}) {name}={text}"
    if not shown:
        return f"(code) {name}: {inline(each.head, max(width, 80))} ... not shown"
    return f"(code) {name}:\n{block(each.text, f'@{each.line}')}"


def constraints(view: View, plan: Plan) -> str:
    """What the parameters may become."""
    named = nearest(view.variables, min(plan.names, plan.sources), _far)
    rows = [f"{label(each.name)}: {inline(each.constraint)}" for each in named if each.constraint]
    if any(each.type == "code" for each in named):
        rows.append(KEPT)
    return "\n".join(rows)


def values(found: Sequence[Value], limit: int, width: int) -> str:
    """Values, a line each, those nearest to the output."""
    chosen = nearest(found, limit, lambda each: each.distance)
    rows = [_value(each, width) for each in chosen]
    left = len(found) - len(chosen)
    if left and chosen:
        rows.append(f"... {left} more, further from the output")
    return "\n".join(rows)


def _value(each: Value, width: int) -> str:
    texts: list[str] = []
    for text in each.texts:
        if text is None:
            texts[-1:] = [f"{texts[-1]} ..." if texts else "..."]
        else:
            texts.append(inline(text, width))
    joined = ", ".join(texts).replace("..., ", "... ")
    return f"({inline(each.type or 'object', 40)}) {inline(each.name, 120)}={joined}"


def nearest(found: Sequence[T], limit: int, distance: Callable[[T], int]) -> list[T]:
    """Those nearest to the output, in their old order."""
    if len(found) <= limit:
        return list(found)
    chosen = set(sorted(range(len(found)), key=lambda at: (distance(found[at]), at))[:limit])
    return [each for at, each in enumerate(found) if at in chosen]


def _modules(view: View) -> int:
    return len({each.module for each in view.code})


def _indent(text: str) -> int:
    text = text.expandtabs(4)
    return len(text) - len(text.lstrip())


def joined(rows: Iterable[str]) -> str:
    """Those that are not empty, a line each."""
    return "\n".join(row for row in rows if row)
