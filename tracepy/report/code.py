"""The slice of the graph as lines of source: what the judged output depended on, with values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from tracepy.errors import UserError
from tracepy.graph.model import Graph, Node
from tracepy.patches import label
from tracepy.report.visible import one_line, visible
from tracepy.transforms.diff import hunks

LINES = 300
"""Lines that are shown at most, those nearest to the output."""
NODES = 200_000
"""Nodes whose values are read at most."""
_VALUES = 3  # names of one line whose values are shown


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the slice.

    Attributes:
        number: From 1.
        text: As it stands in the file.
        near: 4 at the output, down to 1 at the far end.
        value: What its names were, in words.
        parameter: The parameter that it is, if it is one.
        changed: Whether the best candidate changes it.
        gap: Lines left out before it.
    """

    number: int
    text: str
    near: int
    value: str
    parameter: str
    changed: bool
    gap: int


@dataclass(frozen=True, slots=True)
class Slice:
    """What the judged output depended on.

    Attributes:
        files: Path as shown -> its lines, in order.
        summary: What was judged, how large the graph is, what it lacks.
        left_out: Lines of the slice that are not shown.
        touched: Whether the best candidate changes a line of it.
    """

    files: dict[str, list[Line]]
    summary: str
    left_out: int = 0
    touched: bool = False


@dataclass
class _Seen:
    """What is known of one line."""

    count: int = 0
    parameter: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)


def cut(
    text: str | None,
    originals: Mapping[str, str],
    new: Mapping[str, str],
    project: PurePath,
) -> Slice | None:
    """The slice of a run's graph; None where there is none to show.

    Args:
        text: The graph as JSON, as the store has it.
        originals: Absolute path -> whole text, as the graph was recorded.
        new: The same of the files that the best candidate changes.
        project: What paths are shown relative to.
    """
    if text is None:
        return None
    try:
        graph = Graph.from_json(text)
        part = graph.slice()
    except UserError:  # of a format that this version does not read
        return None
    nearness = part.nearness()
    ranked = sorted(
        (-near, path, line)
        for path, rows in nearness.items()
        if path in originals
        for line, near in rows.items()
    )
    if not ranked:
        return None
    shown = {(path, line): -near for near, path, line in ranked[:LINES]}
    seen = _seen(part)
    files: dict[str, list[Line]] = {}
    for path in sorted({path for path, _ in shown}):
        lines = {line: near for (where, line), near in shown.items() if where == path}
        changed = changed_lines(originals[path], new.get(path, originals[path]))
        source = _lines(originals[path])
        files[label(path, project)] = list(_rows(path, lines, source, changed, seen))
    return Slice(
        files,
        _summary(graph, part, project),
        max(0, len(ranked) - LINES),
        any(line.changed for lines in files.values() for line in lines),
    )


def changed_lines(old: str, new: str) -> set[int]:
    """The lines of the old text that are removed, or that new ones stand behind."""
    found: set[int] = set()
    for hunk in hunks(old, new):
        number = hunk.old_start if hunk.old else hunk.old_start + 1
        removed = False
        for tag, _ in hunk.lines:
            if tag == "+" and not removed:
                found.add(max(1, number - 1))
            removed = tag == "-" or (removed and tag == "+")
            if tag == "-":
                found.add(number)
            number += tag != "+"
    return found


def _rows(
    path: str,
    lines: Mapping[int, float],
    source: Sequence[str],
    changed: set[int],
    seen: Mapping[tuple[str, int], _Seen],
) -> Iterator[Line]:
    last = 0
    for number, near in sorted(lines.items()):
        if not 1 <= number <= len(source):
            continue
        known = seen.get((path, number), _Seen())
        yield Line(
            number,
            visible(source[number - 1]),
            1 + min(3, int(near * 4)),
            _value(known),
            visible(known.parameter),
            number in changed,
            number - last - 1,
        )
        last = number


def _seen(part: Graph) -> dict[tuple[str, int], _Seen]:
    """Of each line the first and the last value of each name, and the parameter that it is."""
    seen: dict[tuple[str, int], _Seen] = {}
    for count, node in enumerate(part.nodes.values()):
        if count == NODES:
            break
        line = seen.setdefault((node.file, node.line), _Seen())
        line.parameter = line.parameter or node.parameter or ""
        _keep(line, node)
    return seen


def _keep(line: _Seen, node: Node) -> None:
    if node.value is None or node.kind == "output" or node.names[:1] == ("self",):
        return
    name = node.names[0] if node.names else "→" if node.kind in ("return", "yield") else ""
    if not name:
        return
    line.count += 1
    values = line.values.setdefault(name, [node.value])
    if node.value != values[-1]:
        values[1:] = [node.value]


def _value(line: _Seen) -> str:
    parts = []
    for name, values in list(line.values.items())[:_VALUES]:
        shown = " … ".join(one_line(value, 40) for value in values)
        parts.append(f"→ {shown}" if name == "→" else f"{one_line(name, 40)} = {shown}")
    if len(line.values) > _VALUES:
        parts.append("…")
    return ", ".join(parts)


def _summary(graph: Graph, part: Graph, project: PurePath) -> str:
    text = f"{len(part.nodes):,} of {len(graph.nodes):,} nodes of the graph"
    root = part.nodes[part.outputs[-1]] if part.outputs else None
    if root is not None and root.file:
        place = f"{label(root.file, project)}:{root.line}"
        what = "the exception that escaped" if root.kind == "raise" else "the judged output"
        text += f" led to {what} at {visible(place)}"
    text += "."
    if graph.error:
        text += f" Ended by {one_line(graph.error)}."
    if not graph.complete:
        text += " Incomplete: more happened than the budget of events has room for."
    if graph.dropped:
        text += f" Recorded only in part: {one_line(', '.join(graph.dropped), 300)}."
    return text


def _lines(text: str) -> list[str]:
    """Lines as Python counts them: form feeds and Unicode's separators end none."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
