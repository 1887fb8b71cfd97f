"""The arrays of a slice: which rows are in it, what leads to what, how far from the output."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tracepy.graph.columns import ASSUMED, BITS, CONTROL, Place
from tracepy.graph.propagate import unfolded

if TYPE_CHECKING:
    from tracepy.graph.model import Graph


class Cut:
    """A part of a graph as arrays of its rows; a place is a number, that of its statement.

    Args:
        graph: The whole.
        part: Its slice.

    Attributes:
        columns: The graph's columns.
        places: What each place is.
        place: Of each row, its place.
        weight: Of each row, how many nodes it stands for, where the graph is a condensed one.
        call: Of each row, the row of the call that it ran in.
        rows: The rows of the slice, in order.
        count: Of each place, how many of these rows it has.
        roots: The rows that were judged.
        source, to: Of each edge into the slice, where it begins and ends.
        inner: Of each edge, whether it hands on data within the slice.
        outer: Of each edge, whether it hands on data from outside.
        distances: Of each place, how many steps it is away from the judged output, at least.
        near: Of each place outside that is read, one more than the least of its readers.
    """

    def __init__(self, graph: Graph, part: Graph) -> None:
        import numpy as np

        self.columns = columns = part.nodes.columns
        self.places: list[Place] = []
        numbers, weights = self._unfolded()
        at = np.frombuffer(columns.place, np.intc)
        self.place, self.weight = numbers[at], weights[at]
        self.call = np.frombuffer(columns.call, np.intc)
        size = len(self.place)
        kept, whole = part.nodes.kept, graph.nodes.kept
        kept_rows = _mask(kept, size)
        starts = np.frombuffer(columns.starts, np.int64)
        edges = (
            np.frombuffer(columns.edges, np.intc) if len(columns.edges) else np.zeros(0, np.intc)
        )
        to = np.repeat(np.arange(size, dtype=np.int64), np.diff(starts))
        wanted = kept_rows[to]
        edges, self.to = edges[wanted], to[wanted]
        self.source = (edges >> BITS).astype(np.int64)
        data = (edges & CONTROL) == 0
        inside = kept_rows[self.source]
        self.inner = data & inside
        self.outer = data & ~inside & _mask(whole, size)[self.source]
        self.outer &= (edges & ASSUMED) == 0
        self.rows = np.flatnonzero(kept_rows)
        self.count = np.bincount(self.place[self.rows], minlength=len(self.places))
        self.roots = [part.nodes.row(key) for key in part.outputs]
        self.distances = self._steps(inside)
        self._at = np.cumsum(self.count)
        self._sorted = self.rows[np.argsort(self.place[self.rows], kind="stable")]
        self.near = self._nearest()

    def _unfolded(self) -> tuple[Any, Any]:
        """Of each of the columns' places, its number in `places`, and how many nodes it is."""
        import numpy as np

        known: dict[Place, int] = {}
        numbers, weights = [], []
        for folded in self.columns.places:
            place, weight = unfolded(folded)
            numbers.append(known.setdefault(place, len(known)))
            weights.append(weight)
        self.places = list(known)
        return np.array(numbers, np.intc), np.array(weights, np.int64)

    def rows_of(self, place: int) -> Any:
        """The rows of a place."""
        end = int(self._at[place])
        return self._sorted[end - int(self.count[place]) : end]

    def first(self, rows: Any) -> dict[int, int]:
        """Of each place the first of its rows, which are in order."""
        import numpy as np

        found, at = np.unique(self.place[rows], return_index=True)
        return {int(place): int(rows[index]) for place, index in zip(found, at, strict=True)}

    def pairs(self, left: Any, right: Any) -> list[tuple[int, int]]:
        """Distinct pairs of places."""
        import numpy as np

        size = len(self.places)
        keys = left.astype(np.int64) * size + right
        if size * size <= 1 << 24:
            keys = np.flatnonzero(np.bincount(keys, minlength=1))
        else:
            keys = np.unique(keys)
        return [divmod(int(key), size) for key in keys]

    def _steps(self, inside: Any) -> dict[int, int]:
        """How many steps each place is away from the judged output, at least."""
        source, to = self.source[inside], self.to[inside]
        before: dict[int, list[int]] = defaultdict(list)
        for left, right in self.pairs(self.place[source], self.place[to]):
            before[right].append(left)
        found = dict.fromkeys((int(self.place[row]) for row in self.roots), 0)
        layer, depth = list(found), 0
        while layer:
            depth += 1
            following = []
            for place in layer:
                for earlier in before[place]:
                    if earlier not in found:
                        found[earlier] = depth
                        following.append(earlier)
            layer = following
        return found

    def _nearest(self) -> dict[int, int]:
        """The least distance of what reads each place outside."""
        far = len(self.places)
        pairs = self.pairs(self.place[self.source[self.outer]], self.place[self.to[self.outer]])
        found: dict[int, int] = {}
        for source, reader in pairs:
            steps = self.distances.get(reader, far) + 1
            found[source] = min(found.get(source, steps), steps)
        return found


def _mask(kept: bytearray | None, size: int) -> Any:
    import numpy as np

    return np.ones(size, bool) if kept is None else np.frombuffer(kept, np.uint8).astype(bool)
