"""Graphs as JSON, written; `saved` reads them.

By itself, since each worker that traces writes a graph and reads none: what reads takes longer to
import than a small graph takes to write.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from tracepy.graph.columns import BITS, CONTROL, Place
from tracepy.graph.model import Graph, stands

VERSION = 1
_AT_ONCE = 20_000
_encoded = json.JSONEncoder().encode


def _quoted(value: str | None) -> str:
    """JSON of a text; half a pair of surrogates, which no reader takes, is written out."""
    text = _encoded(value)
    if "\\ud" in text and value is not None:
        text = _encoded(value.encode("utf-8", "backslashreplace").decode())
    return text


def to_json(graph: Graph) -> str:
    """The graph as text, a node a line.

    Most of a node is its place, which is written out once and used again.
    """
    return "".join(pieces(graph))


def pieces(graph: Graph) -> Iterator[str]:
    """The same text, a piece at a time."""
    yield f'{{"format": "tracepy-graph", "version": {VERSION}, "nodes": ['
    nodes, columns = graph.nodes, graph.nodes.columns
    kept, ids = nodes.kept, columns.ids
    heads: dict[int, tuple[str, str, str]] = {}
    place_of, call_of, starts, edges = columns.place, columns.call, columns.starts, columns.edges
    lines: list[str] = []
    first = True
    for row in nodes.rows():
        number = place_of[row]
        head = heads.get(number)
        if head is None:
            head = heads[number] = _head(columns.places[number])
        call = call_of[row]
        if call < 0 or (kept is not None and not kept[call]):
            inside = "null"
        else:
            inside = str(call if ids is None else ids[call])
        inputs: dict[str, None] = {}
        assumed: dict[str, None] = {}
        for edge in edges[starts[row] : starts[row + 1]]:
            source = edge >> BITS
            if kept is None or kept[source]:
                key = source if ids is None else ids[source]
                inputs[f'[{key}, "control"]' if edge & CONTROL else f'[{key}, "data"]'] = None
                if edge & 2:
                    assumed[str(key)] = None
        value = columns.shown(row)
        shown = "null" if value is None else _quoted(value)
        more = f', "assumed": [{", ".join(assumed)}]' if assumed else ""
        lines.append(
            f'{{"id": {row if ids is None else ids[row]}{head[0]}{inside}{head[1]}{shown}, '
            f'"inputs": [{", ".join(inputs)}]{head[2]}{more}}}'
        )
        if len(lines) == _AT_ONCE:
            yield ("\n" if first else ",\n") + ",\n".join(lines)
            first, lines = False, []
    if lines:
        yield ("\n" if first else ",\n") + ",\n".join(lines)
    tail = {
        "outputs": graph.outputs, "error": graph.error, "complete": graph.complete,
        "dropped": list(graph.dropped), "sources": dict(sorted(graph.sources.items())),
    }  # fmt: skip
    yield "\n], " + json.dumps(tail)[1:]


def save(graph: Graph, file: Path) -> None:
    """Write the graph to a file, which is only replaced once all of it is there. Raises OSError."""
    if file.exists() and not file.is_file():  # a device or a pipe
        with file.open("w", encoding="utf-8") as stream:
            stream.writelines((*pieces(graph), "\n"))
        return
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as stream:
            for piece in pieces(graph):
                stream.write(piece)
            stream.write("\n")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _head(place: Place) -> tuple[str, str, str]:
    """What stands before the call, between call and value, and after the inputs."""
    before = (
        f', "kind": {_quoted(place.kind)}, "file": {_quoted(place.file)}, "line": {place.line}, '
        f'"end_line": {place.end_line}, "function": {_quoted(place.function)}, "call": '
    )
    names = ", ".join(map(_quoted, place.names))
    between = f', "code": {_quoted(place.code)}, "names": [{names}], "value": '
    after = f', "parameter": {_quoted(place.parameter)}, "module": {_quoted(place.module)}'
    if place.note:
        after += f', "note": {_quoted(place.note)}'
    if not place.stands and stands(place.kind, place.code):
        after += ', "joined": true'
    return before, between, after
