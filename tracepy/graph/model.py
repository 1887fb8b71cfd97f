"""The execution graph: the paper's g."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass, field
from typing import Any

from tracepy.graph import criteria
from tracepy.graph.columns import BITS, CONTROL, Columns, Place
from tracepy.transforms.source import Source

_SHOWING = {"__repr__", "__str__", "__format__"}


@dataclass(slots=True)
class Node:
    """Something that happened once: a statement that ran, an argument that arrived, a test.

    Attributes:
        kind, file, line, end_line, function, code, names, parameter: As in the JSON of a graph.
        call: The id of the node of the call that it ran in.
        value: A bounded rendering of the value, as it was at that moment.
        inputs: What it depends on: (node id, `data` or `control`).
        module: The dotted name of the module.
        note: Where knowledge ends, in words.
        assumed: Those inputs that stand for what code that is not recorded may have done.
    """

    id: int
    kind: str
    file: str
    line: int
    end_line: int
    function: str
    call: int | None = None
    code: str = ""
    names: tuple[str, ...] = ()
    value: str | None = None
    inputs: list[tuple[int, str]] = field(default_factory=list)
    parameter: str | None = None
    module: str = ""
    note: str = ""
    assumed: list[int] = field(default_factory=list)


class Nodes(Mapping[int, Node]):
    """The nodes of a graph by id, in the order in which they happened; made when asked for."""

    def __init__(self, columns: Columns, kept: bytearray | None = None) -> None:
        self.columns, self.kept = columns, kept
        self._rows: dict[int, int] | None = None
        self._length = len(columns) if kept is None else kept.count(1)

    def rows(self) -> Iterable[int]:
        """The rows of the columns that are in it."""
        everything = range(len(self.columns))
        if self.kept is None:
            return everything
        return [row for row, kept in enumerate(self.kept) if kept]

    def row(self, key: int) -> int:
        """The row of a node's id. Raises KeyError."""
        ids = self.columns.ids
        if ids is None:
            row = key if type(key) is int and 0 <= key < len(self.columns) else -1
        else:
            if self._rows is None:
                self._rows = {each: row for row, each in enumerate(ids)}
            row = self._rows.get(key, -1)
        if row < 0 or (self.kept is not None and not self.kept[row]):
            raise KeyError(key)
        return row

    def id_of(self, row: int) -> int:
        """The id of a row."""
        return row if self.columns.ids is None else self.columns.ids[row]

    def __getitem__(self, key: int) -> Node:
        return self.at(self.row(key))

    def at(self, row: int) -> Node:
        """The node of a row."""
        columns, kept, id_of = self.columns, self.kept, self.id_of
        place = columns.places[columns.place[row]]
        inputs: dict[tuple[int, str], None] = {}
        assumed: dict[int, None] = {}
        for edge in columns.of(row):
            source = edge >> BITS
            if kept is None or kept[source]:
                inputs[id_of(source), "control" if edge & CONTROL else "data"] = None
                if edge & 2:
                    assumed[id_of(source)] = None
        call = columns.call[row]
        inside = call >= 0 and (kept is None or kept[call])
        return Node(
            id_of(row), place.kind, place.file, place.line, place.end_line, place.function,
            id_of(call) if inside else None, place.code, place.names, columns.shown(row),
            list(inputs), place.parameter, place.module, place.note, list(assumed),
        )  # fmt: skip

    def __iter__(self) -> Iterator[int]:
        return iter(self.rows()) if self.columns.ids is None else map(self.id_of, self.rows())

    def __reversed__(self) -> Iterator[int]:
        return iter([self.id_of(row) for row in reversed(list(self.rows()))])

    def values(self) -> NodesView:
        """The nodes, one at a time."""
        return NodesView(self)

    def __len__(self) -> int:
        return self._length

    def __contains__(self, key: object) -> bool:
        try:
            self.row(key)  # type: ignore[arg-type]
        except KeyError:
            return False
        return True


class NodesView(ValuesView[Node]):
    """The nodes of a graph in order, forwards and backwards."""

    def __init__(self, nodes: Nodes) -> None:
        super().__init__(nodes)
        self._nodes = nodes

    def __iter__(self) -> Iterator[Node]:
        return map(self._nodes.at, self._nodes.rows())

    def __reversed__(self) -> Iterator[Node]:
        return map(self._nodes.at, reversed(list(self._nodes.rows())))


class Graph:
    """Nodes by id, and which of them are what the program handed out.

    Attributes:
        nodes: In the order they happened.
        outputs: Ids of values that went to code outside, and of an exception that did; the last
            is the one that is judged unless something else is said.
        error: The exception that escaped last, in words; None where there was none.
        complete: False where more happened than the budget of events had room for.
        dropped: Functions and loops (`file:line function`) of which only the first share of the
            budget was recorded; nodes whose values are not known for that reason say so.
        sources: Of each file, a digest of its text as it was recorded.

    Args:
        nodes: The same, or their columns.
    """

    def __init__(
        self,
        nodes: Mapping[int, Node] | Columns,
        outputs: Sequence[int],
        error: str | None = None,
        complete: bool = True,
        dropped: Iterable[str] = (),
        sources: Mapping[str, str] | None = None,
    ) -> None:
        if isinstance(nodes, Columns):
            nodes = Nodes(nodes)
        elif not isinstance(nodes, Nodes):
            nodes = Nodes(columns_of(nodes.values()))
        self.nodes: Nodes = nodes
        self.outputs, self.error = list(outputs), error
        self.complete, self.dropped = complete, tuple(dropped)
        self.sources = dict(sources or {})

    def like(self, nodes: Nodes | Columns, outputs: Sequence[int]) -> Graph:
        """A graph of the same run with other nodes."""
        return Graph(nodes, outputs, self.error, self.complete, self.dropped, self.sources)

    def _part(self, kept: bytearray, outputs: Sequence[int]) -> Graph:
        return self.like(Nodes(self.nodes.columns, kept), outputs)

    def changed(self) -> list[str]:
        """Files whose text is no longer what was recorded: lines may stand elsewhere now."""
        return [path for path, digest in self.sources.items() if digest_of_file(path) != digest]

    def slice(
        self,
        to: Any = None,
        parameters: Iterable[str] | None = None,
        *,
        everything: bool = False,
    ) -> Graph:
        """The backward slice: what the criterion depends on by data or control.

        Args:
            to: A value that was recorded, `file.py:LINE`, `module:qualname`, `module:NAME`;
                None is the judged output or the exception that escaped; where nothing was
                handed out (a script), what happened last.
            parameters: Keep only what lies between these parameters and the criterion: the
                paper's minimal subgraph (arXiv 2406.16218, section 3.2).
            everything: Slice from all outputs instead of the last.

        Raises:
            UserError: nothing in the graph is what `to` or one of the parameters says.
        """
        nodes = self.nodes
        if to is None:
            outputs = self._judged() or self._last()
            roots = outputs if everything else outputs[-1:]
        else:
            roots = [criteria.last(self, to)]
        kept = nodes.columns.back(nodes.row(root) for root in roots)
        if parameters is not None:
            start = criteria.of_parameters(self, parameters)
            kept = nodes.columns.onward([row for row in start if kept[row]], kept)
            for root in roots:
                kept[nodes.row(root)] = 1
        return self._part(self._within(kept), roots)

    def forward(self, start: Any) -> Graph:
        """The forward slice: what depends on a value, a statement or a name by data or control.

        Args:
            start: As `to` of `slice`; of a function or a name, all that the graph has of it.

        Raises:
            UserError: nothing in the graph is what `start` says.
        """
        nodes = self.nodes
        roots = [nodes.row(key) for key in criteria.everything(self, start)]
        kept = self._within(nodes.columns.onward(roots, nodes.kept))
        return self._part(kept, [key for key in self.outputs if kept[nodes.row(key)]])

    def _within(self, kept: bytearray) -> bytearray:
        """Without what this graph itself leaves out."""
        mine = self.nodes.kept
        if mine is None:
            return kept
        both = int.from_bytes(kept, "little") & int.from_bytes(mine, "little")
        return bytearray(both.to_bytes(len(kept), "little"))

    def _last(self) -> list[int]:
        rows = self.nodes.rows()
        return [self.nodes.id_of(row) for row in list(rows)[-1:]]

    def _judged(self) -> list[int]:
        """The outputs, without what was only shown: a failing test prints what it compared."""
        columns = self.nodes.columns
        telling = [
            key
            for key in self.outputs
            if columns.places[columns.place[self.nodes.row(key)]].function.rpartition(".")[2]
            not in _SHOWING
        ]
        return telling or self.outputs

    def places(self) -> set[int]:
        """The numbers of the places that its nodes stand for."""
        place, kept = self.nodes.columns.place, self.nodes.kept
        if kept is None:
            return set(place)
        return {where for where, keep in zip(place, kept, strict=True) if keep}

    def lines(self) -> dict[str, set[int]]:
        """First lines of the statements that the graph's nodes stand for, by file."""
        found: dict[str, set[int]] = {}
        for number in self.places():
            place = self.nodes.columns.places[number]
            if place.stands:
                found.setdefault(place.file, set()).add(place.line)
        return found

    def nearness(self) -> dict[str, dict[int, float]]:
        """How near each line is to the outputs: 1.0 at them, towards 0.0 at the far end.

        The distance is counted in edges; a line counts as near as its nearest node.
        """
        nodes, columns = self.nodes, self.nodes.columns
        distance = dict.fromkeys([nodes.row(key) for key in self.outputs], 0)
        layer = list(distance)
        depth = 0
        while layer:
            depth += 1
            following: list[int] = []
            for row in layer:
                for edge in columns.of(row):
                    source = edge >> BITS
                    if source not in distance and (nodes.kept is None or nodes.kept[source]):
                        distance[source] = depth
                        following.append(source)
            layer = following
        far = max(distance.values(), default=0) + 1
        result: dict[str, dict[int, float]] = {}
        for row, steps in distance.items():
            place = columns.places[columns.place[row]]
            if place.stands or steps == 0:
                rows = result.setdefault(place.file, {})
                rows[place.line] = max(rows.get(place.line, 0.0), 1.0 - steps / far)
        return result

    def to_json(self) -> str:
        """JSON as the format `tracepy-graph`, version 1, has it (docs/graph.schema.json)."""
        from tracepy.graph.written import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> Graph:
        """Read `to_json`'s text. Raises UserError where it is not that."""
        from tracepy.graph.saved import from_json

        return from_json(text)

    def to_text(self, level: str = "statement", limit: int | None = None) -> str:
        """A pseudo-program: what ran, in order, with the values (the paper's form)."""
        from tracepy.graph.export import text

        return text(self, level, limit)

    def to_dot(self, level: str = "statement") -> str:
        """Graphviz."""
        from tracepy.graph.export import dot

        return dot(self, level)

    def to_mermaid(self, level: str = "statement") -> str:
        """Mermaid."""
        from tracepy.graph.export import mermaid

        return mermaid(self, level)

    def to_html(self, level: str = "statement") -> str:
        """One self-contained page."""
        from tracepy.graph.export import html

        return html(self, level)


def digest_of(text: str) -> str:
    """What tells a source from others."""
    from hashlib import blake2b  # late: workers are forked with what is imported, and need it not

    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def digest_of_file(path: str) -> str | None:
    """The same of a file as it is now; None if it cannot be read."""
    try:
        return digest_of(Source.read(path).text)
    except (OSError, SyntaxError, ValueError):
        return None


def stands(kind: str, code: str) -> bool:
    """Whether a node stands for a statement: arguments do not, nor calls from code outside."""
    return kind not in ("argument", "output") and not (kind == "call" and code.startswith("call "))


def columns_of(nodes: Iterable[Node]) -> Columns:
    """Nodes as columns. Raises KeyError where one refers to what is not there."""
    nodes = list(nodes)
    columns = Columns()
    known: dict[Place, int] = {}
    ids = [node.id for node in nodes]
    rows = {key: row for row, key in enumerate(ids)}
    texts: list[str] = []
    for node in nodes:
        place = Place(node.kind, node.file, node.module, node.line, node.end_line, node.function,
                      node.code, node.names, node.parameter, stands(node.kind, node.code), None,
                      node.note)  # fmt: skip
        columns.place.append(known.setdefault(place, len(known)))
        columns.call.append(rows.get(node.call, -1) if node.call is not None else -1)
        columns.value.append(-1 if node.value is None else len(texts))
        if node.value is not None:
            texts.append(node.value)
        assumed = set(node.assumed)
        for key, role in node.inputs:
            bits = (role == "control") | (2 if key in assumed else 0)
            columns.edges.append(rows[key] << BITS | bits)
        columns.starts.append(len(columns.edges))
    columns.places = list(known)
    columns.identity = array("q", bytes(8 * len(nodes)))
    columns.texts = texts
    if ids != list(range(len(ids))):
        columns.ids = array("q", ids)
    return columns
