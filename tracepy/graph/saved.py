"""Graphs as JSON: the format `tracepy-graph`, version 1."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import Any

from tracepy.errors import UserError
from tracepy.graph.columns import BITS, CONTROL, Columns, Place
from tracepy.graph.model import Graph, stands

VERSION = 1
_AT_ONCE = 20_000
_quoted = json.JSONEncoder().encode
_KINDS = frozenset({
    "argument", "assign", "augassign", "loop", "branch", "call", "return", "yield", "raise",
    "except", "import", "global", "attribute", "item", "constant", "output",
})  # fmt: skip


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
        "dropped": list(graph.dropped),
    }  # fmt: skip
    yield "\n], " + json.dumps(tail)[1:]


def _head(place: Place) -> tuple[str, str, str]:
    """What stands before the call, between call and value, and after the inputs."""
    before = (
        f', "kind": {_quoted(place.kind)}, "file": {_quoted(place.file)}, "line": {place.line}, '
        f'"end_line": {place.end_line}, "function": {_quoted(place.function)}, "call": '
    )
    between = f', "code": {_quoted(place.code)}, "names": {_quoted(list(place.names))}, "value": '
    after = f', "parameter": {_quoted(place.parameter)}, "module": {_quoted(place.module)}'
    if place.note:
        after += f', "note": {_quoted(place.note)}'
    return before, between, after


def from_json(text: str) -> Graph:
    """Read a graph. Raises UserError where the text is none, or of another version."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"this is no graph saved by tracepy: {_where(text, error)}") from error
    if not isinstance(data, dict) or data.get("format") != "tracepy-graph":
        raise UserError('this is no graph saved by tracepy: it has no "format": "tracepy-graph"')
    if data.get("version") != VERSION:
        raise UserError(
            f"this graph is of version {data.get('version')!r} of its format, and this tracepy "
            f"reads version {VERSION}: record it anew, or use the tracepy that saved it"
        )
    try:
        columns = _columns(data["nodes"])
        outputs = [int(key) for key in data["outputs"]]
        ids = set(columns.ids) if columns.ids is not None else range(len(columns))
        if any(key not in ids for key in outputs):
            raise KeyError(next(key for key in outputs if key not in ids))
        ended = data.get("error")
        return Graph(columns, outputs, None if ended is None else str(ended),
                     bool(data.get("complete", True)), tuple(map(str, data.get("dropped", ()))))  # fmt: skip
    except KeyError as error:
        name = error.args[0]
        problem = (
            f"it refers to node {name}, which it does not have"
            if type(name) is int
            else (f"it lacks {name!r}")
        )
        raise UserError(f"this graph is damaged: {problem}") from error
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UserError(f"this graph is damaged: {error}") from error


def _where(text: str, error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError) and error.pos >= len(text.rstrip()) and text.strip():
        return f"it ends in the middle, after {len(text)} characters (cut short?)"
    return str(error)


def _columns(rows: list[dict[str, Any]]) -> Columns:
    columns = Columns()
    known: dict[tuple[Any, ...], int] = {}
    texts: list[str] = []
    values: dict[str, int] = {}
    ids = [row["id"] for row in rows]
    plain = ids == list(range(len(ids)))
    if not plain and (len(set(ids)) < len(ids) or any(type(key) is not int for key in ids)):
        raise ValueError("two nodes have the same id, or one that is no number")
    where = range(len(ids)) if plain else {key: row for row, key in enumerate(ids)}
    add_edge = columns.edges.append
    for row in rows:
        key = (
            row["kind"], row["file"], row.get("module", ""), row["line"], row["end_line"],
            row["function"], row["code"], tuple(row["names"]), row["parameter"], row.get("note", ""),
        )  # fmt: skip
        place = known.get(key)
        if place is None:
            place = known[key] = len(known)
            columns.places.append(_place(key))
        columns.place.append(place)
        call = row["call"]
        columns.call.append(-1 if call is None else where[call])
        value = row["value"]
        if value is None:
            columns.value.append(-1)
        else:
            found = values.get(value)
            if found is None:
                found = values[value] = len(texts)
                texts.append(str(value))
            columns.value.append(found)
        assumed = row.get("assumed", ())
        for source, role in row["inputs"]:
            try:
                number = where[source]
            except IndexError:
                raise KeyError(source) from None
            bits = CONTROL if role == "control" else 0
            add_edge(number << BITS | bits | (2 if source in assumed else 0))
        columns.starts.append(len(columns.edges))
    columns.texts = texts
    columns.identity = array("q", bytes(8 * len(rows)))
    if not plain:
        columns.ids = array("q", ids)
    return columns


def _place(key: tuple[Any, ...]) -> Place:
    kind, file, module, line, end, function, code, names, parameter, note = key
    if kind not in _KINDS:
        raise ValueError(f"there is no kind {kind!r} of node")
    if type(line) is not int or type(end) is not int:
        raise ValueError(f"{line!r} is no line")
    return Place(
        str(kind), str(file), str(module), line, end, str(function), str(code),
        tuple(map(str, names)), None if parameter is None else str(parameter),
        stands(str(kind), str(code)), None, str(note),
    )  # fmt: skip
