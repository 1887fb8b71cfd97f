"""A graph's slice, counted by place: arrays in, as many entries as the source has statements out."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracepy.errors import UserError
from tracepy.graph.columns import ASSUMED, BITS, CONTROL, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracepy.graph.model import Graph

_SAMPLED = 24
_VALUES = 12_000
_OPAQUE = re.compile(r"<[\w.]+>")
_ENDS = 2
"""Of many values of a place, so many at either end are shown."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the slice.

    Attributes:
        place: What it is.
        count: How often it was there.
        first: The row of the first time: what came before has a lower one.
        distance: Steps between it and the judged output.
        texts: Values, in the order of time; None where some are left out.
    """

    place: Place
    count: int
    first: int
    distance: int
    texts: tuple[str | None, ...]


@dataclass
class Reading:
    """What a slice holds.

    Attributes:
        spots: Of all places in it, in the order in which they first ran.
        inputs: Values that it reads from outside, in the same order.
        others: Values in it, without those that only hand on another.
        outputs: What was judged.
        calls: Of each function (module, qualified name), how often it was called, and the row at
            which it first began.
    """

    spots: list[Spot] = field(default_factory=list)
    inputs: list[Spot] = field(default_factory=list)
    others: list[Spot] = field(default_factory=list)
    outputs: list[Spot] = field(default_factory=list)
    calls: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)


def read(graph: Graph, parameters: Sequence[str]) -> Reading:
    """What is between the parameters and the judged output; the whole slice if none ran."""
    if not len(graph.nodes):
        return Reading()
    try:
        part = graph.slice(parameters=parameters)
    except UserError:
        part = graph.slice()
    return _Reader(graph, part, frozenset(parameters)).reading()


class _Reader:
    def __init__(self, graph: Graph, part: Graph, parameters: frozenset[str]) -> None:
        import numpy as np

        self.parameters = parameters
        self.columns = columns = part.nodes.columns
        self.places = columns.places
        self.place = np.frombuffer(columns.place, np.intc)
        self.call = np.frombuffer(columns.call, np.intc)
        size = len(self.place)
        kept, whole = part.nodes.kept, graph.nodes.kept
        self.kept = _mask(kept, size)
        starts = np.frombuffer(columns.starts, np.int64)
        edges = (
            np.frombuffer(columns.edges, np.intc) if len(columns.edges) else np.zeros(0, np.intc)
        )
        to = np.repeat(np.arange(size, dtype=np.int64), np.diff(starts))
        wanted = self.kept[to]
        edges, self.to = edges[wanted], to[wanted]
        self.source = (edges >> BITS).astype(np.int64)
        data = (edges & CONTROL) == 0
        inside = self.kept[self.source]
        self.inner = data & inside
        self.outer = data & ~inside & _mask(whole, size)[self.source]
        self.outer &= (edges & ASSUMED) == 0
        self.rows = np.flatnonzero(self.kept)
        self.count = np.bincount(self.place[self.rows], minlength=len(self.places))
        self.roots = [part.nodes.row(key) for key in part.outputs]
        self.distances = self._distances(inside)
        self._at = np.cumsum(self.count)
        self._sorted = self.rows[np.argsort(self.place[self.rows], kind="stable")]
        self.near = self._near()
        self.share = max(6, min(_SAMPLED, _VALUES // max(1, len(self.places))))

    def reading(self) -> Reading:
        import numpy as np

        first = self._first(self.rows)
        spots = {place: self._spot(place, row) for place, row in first.items()}
        taken = self._taken(spots)
        inputs = {place: spots[place] for place in taken if self._said(place)}
        outer = self.source[self.outer & ~np.isin(self.place[self.to], list(taken))]
        read = np.unique(outer)
        for place, row in self._first(read).items():
            if self._said(place):
                rows = read[self.place[read] == place]
                spot = self._spot(place, row, rows, self.near.get(place, len(self.places)))
                if spot.texts:
                    inputs[place] = spot
        roots = {int(self.place[row]) for row in self.roots}
        others = {
            place: spot
            for place, spot in spots.items()
            if place not in roots and place not in taken and _plain(spot) and self._told(place)
        }
        for place in self._passing(others, roots):
            del others[place]
        return Reading(
            _ordered(spots), _ordered(inputs), _ordered(others),
            [spots[place] for place in sorted(roots)], self._calls(),
        )  # fmt: skip

    def _first(self, rows: Any) -> dict[int, int]:
        """Of each place the first of its rows, which are in order."""
        import numpy as np

        found, at = np.unique(self.place[rows], return_index=True)
        return {int(place): int(rows[index]) for place, index in zip(found, at, strict=True)}

    def _spot(self, place: int, first: int, rows: Any = None, distance: int | None = None) -> Spot:
        import numpy as np

        if rows is None:
            rows = self.rows_of(place)
        if distance is None:
            distance = self.distances.get(place, len(self.places))
        return Spot(self.places[place], len(rows), first, distance, self._texts(np.asarray(rows)))

    def rows_of(self, place: int) -> Any:
        """The rows of a place."""
        end = int(self._at[place])
        return self._sorted[end - int(self.count[place]) : end]

    def _texts(self, rows: Any) -> tuple[str | None, ...]:
        """Values of rows: the first, the last, and the odd ones of a sample."""
        import numpy as np

        size = len(rows)
        at = set(np.linspace(0, size - 1, min(size, self.share)).astype(int).tolist())
        at |= {index for index in (1, size - 2) if 0 <= index < size}
        sample = [(index, self.columns.shown(int(rows[index]))) for index in sorted(at)]
        known = [(index, text) for index, text in sample if text is not None]
        if not known:
            return ()
        if len({text for _, text in known}) == 1:
            return (known[0][1],)
        kept = {0, 1, len(known) - 1, *_odd([text for _, text in known])}
        if len(known) <= 2 * _ENDS:
            kept = set(range(len(known)))
        found: list[str | None] = []
        last = -1
        for position in sorted(kept):
            index, text = known[position]
            if index > last + 1:
                found.append(None)
            found.append(text)
            last = index
        return tuple(found)

    def _said(self, place: int) -> bool:
        """Whether a place outside has something to say."""
        where = self.places[place]
        return where.parameter not in self.parameters and bool(where.names) and _spoken(where)

    def _told(self, place: int) -> bool:
        """Whether a place inside has."""
        where = self.places[place]
        if where.parameter in self.parameters or not _spoken(where) or joins(where):
            return False
        return bool(where.names) or where.kind in ("return", "yield", "raise", "except")

    def _taken(self, spots: dict[int, Spot]) -> set[int]:
        """Places of arguments that never depend on a parameter."""
        import numpy as np

        fed = set(np.unique(self.place[self.to[self.inner]]).tolist())
        return {
            place for place in spots if place not in fed and self.places[place].kind == "argument"
        }

    def _near(self) -> dict[int, int]:
        """The least distance of what reads each place outside."""
        far = len(self.places)
        pairs = self._pairs(self.place[self.source[self.outer]], self.place[self.to[self.outer]])
        found: dict[int, int] = {}
        for source, reader in pairs:
            steps = self.distances.get(reader, far) + 1
            found[source] = min(found.get(source, steps), steps)
        return found

    def _pairs(self, left: Any, right: Any) -> list[tuple[int, int]]:
        """Distinct pairs of places."""
        import numpy as np

        size = len(self.places)
        keys = left.astype(np.int64) * size + right
        if size * size <= 1 << 24:
            keys = np.flatnonzero(np.bincount(keys, minlength=1))
        else:
            keys = np.unique(keys)
        return [divmod(int(key), size) for key in keys]

    def _distances(self, inside: Any) -> dict[int, int]:
        """How many steps each place is away from the judged output, at least."""
        source, to = self.source[inside], self.to[inside]
        before: dict[int, list[int]] = defaultdict(list)
        for left, right in self._pairs(self.place[source], self.place[to]):
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

    def _passing(self, others: dict[int, Spot], roots: set[int]) -> set[int]:
        """Places whose values are those of another that is shown."""
        import numpy as np

        to, source = self.to[self.inner], self.source[self.inner]
        alone = np.bincount(to, minlength=len(self.place)) == 1
        single = alone[to]
        to, source = to[single], source[single]
        links = self._pairs(self.place[to], self.place[source])
        same = [(left, right) for left, right in links if self._alike(left, right, others)]
        dropped: set[int] = set()
        heard: dict[int, int] = defaultdict(int)
        for left, right in same:  # what a call gives, and its caller binds to a name
            if self.places[right].kind == "return" and (
                left in roots or (left in others and self.places[left].kind != "return")
            ):
                heard[right] += int(self.count[left])
        dropped |= {place for place, count in heard.items() if count >= self.count[place]}
        feeders: dict[int, list[int]] = defaultdict(list)
        for left, right in links:
            feeders[left].append(right)
        for left, right in same:
            if (
                self.places[left].kind in ("argument", "return")
                and feeders[left] == [right]
                and left in others
                and right not in dropped
            ):
                dropped.add(left)
        return dropped & set(others)

    def _alike(self, left: int, right: int, others: dict[int, Spot]) -> bool:
        """Whether one place hands on what another has, as far as a few rows show."""
        rows = self.rows_of(left)
        for row in {int(rows[0]), int(rows[len(rows) // 2]), int(rows[-1])}:
            given = [edge >> BITS for edge in self.columns.of(row) if not edge & CONTROL]
            if len(given) != 1:
                return False
            if self.place[given[0]] != right:
                continue
            mine, theirs = self.columns.shown(row), self.columns.shown(given[0])
            known = self.places[right].parameter in self.parameters
            if mine != theirs and not (known and theirs is None):
                return False
        return True

    def _calls(self) -> dict[tuple[str, str], tuple[int, int]]:
        import numpy as np

        calls = np.unique(self.call[self.rows])
        calls = calls[calls >= 0]
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for number, first in self._first(calls).items():
            place = self.places[number]  # of a call: where it is made, and what is called
            key = place.module, place.function
            count = int(np.count_nonzero(self.place[calls] == number))
            before, earliest = found.get(key, (0, first))
            found[key] = before + count, min(first, earliest)
        return found


def _mask(kept: bytearray | None, size: int) -> Any:
    import numpy as np

    return np.ones(size, bool) if kept is None else np.frombuffer(kept, np.uint8).astype(bool)


def _ordered(spots: dict[int, Spot]) -> list[Spot]:
    return sorted(spots.values(), key=lambda spot: spot.first)


def _spoken(place: Place) -> bool:
    return place.names[:1] not in (("self",), ("cls",), ("_",))


def joins(place: Place) -> bool:
    """Whether it only says which of several values a name has behind a branch or a loop."""
    if place.kind != "loop":
        return place.kind == "branch"
    target = place.code.partition(" in ")[0] if " in " in place.code else ""
    return not set(place.names) <= set(re.findall(r"\w+", target))


def _plain(spot: Spot) -> bool:
    """Whether something is known of its values but their type."""
    return any(text is not None and not _OPAQUE.fullmatch(text) for text in spot.texts)


def _odd(texts: list[str]) -> set[int]:
    """Of few kind, and the least and the greatest number."""
    kinds: dict[str, list[int]] = defaultdict(list)
    numbers: list[tuple[float, int]] = []
    for index, text in enumerate(texts):
        try:
            numbers.append((float(text), index))
            kinds["number"].append(index)
        except ValueError:
            kinds[text[:1]].append(index)
    found = {index for each in kinds.values() if len(each) <= _ENDS for index in each}
    if numbers:
        found |= {min(numbers)[1], max(numbers, key=lambda pair: pair[0])[1]}
    return set(sorted(found)[:6])
