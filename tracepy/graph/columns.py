"""Nodes and edges as columns: some 50 bytes a node, of which objects are made when asked for."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tracepy.graph._edges import back, merged, onward, packed
from tracepy.graph.values import render, said

CONTROL = 1
"""Bit of an edge: it decides whether the node came about. Without it, a value went in."""
ASSUMED = 2
"""Bit of an edge: it stands for what code that is not recorded may have done."""
BITS = 2
"""An edge is the row of its source, above these bits."""


class Place(NamedTuple):
    """What nodes have in common that stand for the same piece of source.

    Attributes:
        kind: As in the JSON of a graph.
        stands: Whether it is a statement that ran; arguments and joined contents are none.
        value: The value, where it is in the source.
        note: Where knowledge ends, in words.
    """

    kind: str
    file: str
    module: str
    line: int
    end_line: int
    function: str
    code: str
    names: tuple[str, ...] = ()
    parameter: str | None = None
    stands: bool = True
    value: str | None = None
    note: str = ""


_GATHERED = 1 << 15


def _nothing(_: int) -> Any:
    return None


@dataclass
class Columns:
    """A row a node, in the order in which things happened; never changed once it is built.

    Attributes:
        places: Distinct places; `place` refers to them.
        call: The row of the call that the node runs in, -1 for none.
        value: What `entry` is asked with for the value, -1 for none.
        identity: Of an object its address, with two bits that say what kind of object; of a whole
            number not below 0, ~number; else 0.
        starts, edges: The edges of row r are `edges[starts[r]:starts[r + 1]]`.
        entry: Gives the value as the log holds it: an atom, or `(id, type, length, rendering)`.
        texts: Renderings of the values, where these are no longer there; `value` refers to them.
        ids: The ids of the rows, where they are not the rows' numbers.
    """

    places: list[Place] = field(default_factory=list)
    place: array[int] = field(default_factory=lambda: array("i"))
    call: array[int] = field(default_factory=lambda: array("i"))
    value: array[int] = field(default_factory=lambda: array("q"))
    identity: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("q", [0]))
    edges: array[int] = field(default_factory=lambda: array("i"))
    entry: Callable[[int], Any] = _nothing
    texts: list[str] | None = None
    ids: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.place)

    def of(self, row: int) -> array[int]:
        """The edges of a row."""
        return self.edges[self.starts[row] : self.starts[row + 1]]

    def data_of(self, row: int) -> list[int]:
        """The rows whose values went in."""
        return [edge >> BITS for edge in self.of(row) if not edge & CONTROL]

    def entry_of(self, row: int) -> Any:
        """The value of a row as the log holds it, None where there is none."""
        handle = self.value[row]
        return self.entry(handle) if handle >= 0 and self.texts is None else None

    def shown(self, row: int) -> str | None:
        """The value of a row as a reader sees it."""
        handle = self.value[row]
        if self.texts is not None:
            return self.texts[handle] if handle >= 0 else None
        place = self.places[self.place[row]]
        if handle < 0:
            return place.value
        entry = self.entry(handle)
        if place.kind == "raise" and type(entry) is tuple:
            return said(entry)  # what an exception says stands where a type's name does
        return render(entry)

    def back(self, roots: Iterable[int]) -> bytearray:
        """Marks all rows that these depend on, and these. Raises IndexError, ValueError."""
        return back(self.starts, self.edges, list(roots))

    def onward(self, roots: Iterable[int], within: bytearray | None = None) -> bytearray:
        """Marks all rows that depend on these, and these; of those that are `within`.

        Raises:
            IndexError, ValueError: there are no such rows.
        """
        return onward(self.starts, self.edges, list(roots), within)


class Writer:
    """Fills columns, row by row; edges may still come in for rows that are there.

    Rows are gathered in lists first, which are much faster to add to than arrays.

    Attributes:
        identity: Of each row, as in `Columns`.
        late: Edges of rows that are there already, each `row << 32 | edge`.
    """

    def __init__(self, entry: Callable[[int], Any]) -> None:
        self.columns = Columns(entry=entry)
        self.identity: list[int] = []
        self._known: dict[Place, int] = {}
        self.late: list[int] = []
        self._done = 0
        self._edges_done = 0
        self._places: list[int] = []
        self._calls: list[int] = []
        self._values: list[int] = []
        self._edges: list[int] = []
        self._starts: list[int] = []

    def add(self, place: int, call: int, value: int, identity: int, edges: list[int]) -> int:
        """A new row."""
        row = len(self.identity)
        self.identity.append(identity)
        self._places.append(place)
        self._calls.append(call)
        self._values.append(value)
        self._edges.extend(edges)
        self._starts.append(self._edges_done + len(self._edges))
        if row - self._done >= _GATHERED:
            self._flush()
        return row

    def _flush(self) -> None:
        columns = self.columns
        columns.place.frombytes(packed(self._places, 4))
        columns.call.frombytes(packed(self._calls, 4))
        columns.value.frombytes(packed(self._values, 8))
        columns.edges.frombytes(packed(self._edges, 4))
        columns.starts.frombytes(packed(self._starts, 8))
        self._done, self._edges_done = len(self.identity), len(columns.edges)
        self._places, self._calls, self._values, self._edges, self._starts = [], [], [], [], []

    def place(self, place: Place) -> int:
        """The number of a place."""
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = len(self.columns.places)
            self.columns.places.append(place)
        return found

    def place_of(self, row: int) -> int:
        """The number of a row's place."""
        done = self._done
        return self._places[row - done] if row >= done else self.columns.place[row]

    def put_place(self, row: int, place: int) -> None:
        """A row stands for another place."""
        done = self._done
        if row >= done:
            self._places[row - done] = place
        else:
            self.columns.place[row] = place

    def call_of(self, row: int) -> int:
        """The row of the call that a row is in, -1 for none."""
        done = self._done
        return self._calls[row - done] if row >= done else self.columns.call[row]

    def value_of(self, row: int) -> int:
        """The handle of a row's value, -1 if it has none."""
        done = self._done
        return self._values[row - done] if row >= done else self.columns.value[row]

    def finish(self) -> Columns:
        """Everything in its place."""
        self._flush()
        columns = self.columns
        columns.identity.frombytes(packed(self.identity, 8))
        if self.late:
            starts, edges = merged(columns.starts, columns.edges, self.late)
            columns.starts, columns.edges = array("q", starts), array("i", edges)
            self.late.clear()
        return columns
