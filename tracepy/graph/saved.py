"""Graphs as JSON, read: the format `tracepy-graph`, version 1."""

from __future__ import annotations

import gc
import json
from array import array
from typing import Any, Literal

import msgspec

from tracepy.errors import UserError
from tracepy.graph.columns import BITS, CONTROL, Columns, Place
from tracepy.graph.model import Graph, stands
from tracepy.graph.written import VERSION

_NODES = b'"nodes": ['
_END = b"\n], "
_PIECE = 4 << 20

Kind = Literal[
    "argument", "assign", "augassign", "loop", "branch", "call", "return", "yield", "raise",
    "except", "import", "global", "attribute", "item", "constant", "output",
]  # fmt: skip
Role = Literal["data", "control"]


class Row(msgspec.Struct, gc=False):
    """A node, as a file has it; see `Node` for what it says."""

    id: int
    kind: Kind
    file: str
    line: int
    end_line: int
    function: str
    call: int | None
    code: str
    names: list[str]
    value: str | None
    inputs: list[tuple[int, Role]]
    parameter: str | None
    module: str = ""
    note: str = ""
    assumed: list[int] = []
    joined: bool = False


class Saved(msgspec.Struct):
    """A file; see `Graph` for what it says."""

    format: str
    version: int
    nodes: list[Row]
    outputs: list[int]
    error: str | None
    complete: bool = True
    dropped: list[str] = []
    sources: dict[str, str] = {}


class _Head(msgspec.Struct):
    """What every file has, of whatever version."""

    format: Any = None
    version: Any = None


_ROWS = msgspec.json.Decoder(list[Row])
_SAVED = msgspec.json.Decoder(Saved)


def schema() -> dict[str, Any]:
    """The JSON schema of the format; docs/graph.schema.json is this."""
    return msgspec.json.schema(Saved)


def from_json(text: str | bytes) -> Graph:
    """Read a graph. Raises UserError where the text is none, or of another version."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    collecting = gc.isenabled()
    gc.disable()  # nothing that is made here is garbage; looking for some takes most of the time
    try:
        saved, columns = _read(data)
        known = set(columns.ids) if columns.ids is not None else range(len(columns))
        for key in saved.outputs:
            if key not in known:
                raise KeyError(key)
        return Graph(
            columns, saved.outputs, saved.error, saved.complete, saved.dropped, saved.sources
        )
    except KeyError as error:
        raise UserError(
            f"this graph is damaged: it refers to node {error.args[0]}, which it does not have"
        ) from error
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError) as error:
        raise UserError(_wrong(data, error)) from error
    finally:
        if collecting:
            gc.enable()


def _read(data: bytes) -> tuple[Saved, Columns]:
    """What a file says, and its nodes."""
    reader = _Reader()
    begin, stop = data.find(_NODES), data.rfind(_END)
    if 0 <= begin < stop:  # as we write it: a node a line, read a piece at a time
        begin += len(_NODES)
        frame = _SAVED.decode(data[:begin] + data[stop + 1 :])
        at = begin
        while at < stop:
            end = data.find(b"\n", min(at + _PIECE, stop), stop)
            end = stop if end < 0 else end
            reader.add(_ROWS.decode(b"[" + data[at:end].rstrip(b", \n") + b"]"))
            at = end
        return _checked(frame), reader.columns()
    saved = _checked(_SAVED.decode(data))
    reader.add(saved.nodes)
    return saved, reader.columns()


def _checked(saved: Saved) -> Saved:
    if saved.format != "tracepy-graph":
        raise ValueError('it has no "format": "tracepy-graph"')
    if saved.version != VERSION:
        raise ValueError("version")
    return saved


def _wrong(data: bytes, error: Exception) -> str:
    """What is wrong with a text that is no graph, in words."""
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        if data.startswith(b'{"format": "tracepy-graph"'):
            return f"this graph is damaged, cut short after {len(data):,} bytes perhaps: {problem}"
        return f"this is no graph saved by tracepy: {problem}"
    if head.format != "tracepy-graph":
        return 'this is no graph saved by tracepy: it has no "format": "tracepy-graph"'
    if head.version != VERSION:
        return (
            f"this graph is of version {head.version!r} of its format, and this tracepy reads "
            f"version {VERSION}: record it anew, or use the tracepy that saved it"
        )
    return f"this graph is damaged: {error}"


def _alike(one: Row, other: Row) -> bool:
    """Whether two rows stand for the same place; most do with the row before on their line."""
    return (
        one.kind == other.kind
        and one.code == other.code
        and one.end_line == other.end_line
        and one.names == other.names
        and one.function == other.function
        and one.file == other.file
        and one.module == other.module
        and one.parameter == other.parameter
        and one.note == other.note
        and one.joined == other.joined
    )


class _Reader:
    """Makes columns of rows that were read."""

    def __init__(self) -> None:
        self.made = Columns(texts=[])
        self.known: dict[Place, int] = {}
        self.values: dict[str | None, int] = {None: -1}
        self.last: dict[int, tuple[Row, int]] = {}
        self.ids: list[int] = []
        self.calls: list[int | None] = []
        self.sources: list[int] = []

    def add(self, rows: list[Row]) -> None:
        """Some more rows."""
        made, known, values, sources = self.made, self.known, self.values, self.sources
        last, add_place, add_value, add_start = (
            self.last, made.place.append, made.value.append, made.starts.append
        )  # fmt: skip
        self.ids += [row.id for row in rows]
        self.calls += [row.call for row in rows]
        for row in rows:
            seen, number = last.get(row.line, (row, -1))
            if number < 0 or not _alike(seen, row):
                ran = not row.joined and stands(row.kind, row.code)
                place = Place(
                    row.kind, row.file, row.module, row.line, row.end_line, row.function, row.code,
                    tuple(row.names), row.parameter, ran, None, row.note,
                )  # fmt: skip
                number = known.setdefault(place, len(known))
                last[row.line] = row, number
            add_place(number)
            add_value(values.setdefault(row.value, len(values) - 1))
            assumed = row.assumed
            for source, role in row.inputs:
                bits = CONTROL if role == "control" else 0
                if assumed and source in assumed:
                    bits |= 2
                sources.append(source << BITS | bits)
            add_start(len(sources))

    def columns(self) -> Columns:
        """The columns. Raises KeyError where a row refers to one that is not there."""
        made, ids, low = self.made, self.ids, (1 << BITS) - 1
        made.places = list(self.known)
        made.texts = [value for value in self.values if value is not None]
        made.identity = array("q", bytes(8 * len(ids)))
        if ids == list(range(len(ids))):
            for key in (*self._extremes([edge >> BITS for edge in self.sources]),
                        *self._extremes([call for call in self.calls if call is not None])):  # fmt: skip
                if not 0 <= key < len(ids):
                    raise KeyError(key)
            made.edges = array("i", self.sources)
            made.call = array("i", [-1 if call is None else call for call in self.calls])
            return made
        where = {key: row for row, key in enumerate(ids)}
        if len(where) < len(ids):
            raise ValueError("two nodes have the same id")
        made.ids = array("q", ids)
        made.edges = array("i", [where[e >> BITS] << BITS | e & low for e in self.sources])
        made.call = array("i", [-1 if call is None else where[call] for call in self.calls])
        return made

    @staticmethod
    def _extremes(numbers: list[int]) -> tuple[int, ...]:
        return (min(numbers), max(numbers)) if numbers else ()


if __name__ == "__main__":
    print(json.dumps(schema(), indent=1))
