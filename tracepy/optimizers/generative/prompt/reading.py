"""A graph's slice by place: its arrays in, as many entries as the source has statements out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracepy.errors import UserError
from tracepy.graph.columns import Place
from tracepy.optimizers.generative.prompt.cut import Cut
from tracepy.optimizers.generative.prompt.passing import passing
from tracepy.optimizers.generative.prompt.samples import sampled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracepy.graph.model import Graph

_SAMPLED = 24
_VALUES = 12_000
_OPAQUE = re.compile(r"<[\w.]+>")


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
    return _Reader(Cut(graph, part), frozenset(parameters)).reading()


class _Reader:
    def __init__(self, cut: Cut, parameters: frozenset[str]) -> None:
        self.cut, self.parameters = cut, parameters
        self.places = cut.places
        self.share = max(6, min(_SAMPLED, _VALUES // max(1, len(cut.places))))

    def reading(self) -> Reading:
        import numpy as np

        cut = self.cut
        first = cut.first(cut.rows)
        spots = {place: self._spot(place, row) for place, row in first.items()}
        taken = self._taken(spots)
        inputs = {place: spots[place] for place in taken if self._said(place)}
        outer = cut.source[cut.outer & ~np.isin(cut.place[cut.to], list(taken))]
        read = np.unique(outer)
        for place, row in cut.first(read).items():
            if self._said(place):
                rows = read[cut.place[read] == place]
                spot = self._spot(place, row, rows, cut.near.get(place, len(self.places)))
                if spot.texts:
                    inputs[place] = spot
        roots = {int(cut.place[row]) for row in cut.roots}
        others = {
            place: spot
            for place, spot in spots.items()
            if place not in roots and place not in taken and _plain(spot) and self._told(place)
        }
        for place in passing(cut, others, roots, self.parameters):
            del others[place]
        return Reading(
            _ordered(spots), _ordered(inputs), _ordered(others),
            [spots[place] for place in sorted(roots)], self._calls(),
        )  # fmt: skip

    def _spot(self, place: int, first: int, rows: Any = None, distance: int | None = None) -> Spot:
        import numpy as np

        cut = self.cut
        if rows is None:
            rows = cut.rows_of(place)
        if distance is None:
            distance = cut.distances.get(place, len(self.places))
        return Spot(
            self.places[place],
            int(cut.weight[rows].sum()),
            first,
            distance,
            sampled(cut.columns, np.asarray(rows), self.share),
        )

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

        cut = self.cut
        fed = set(np.unique(cut.place[cut.to[cut.inner]]).tolist())
        return {
            place for place in spots if place not in fed and self.places[place].kind == "argument"
        }

    def _calls(self) -> dict[tuple[str, str], tuple[int, int]]:
        import numpy as np

        cut = self.cut
        calls = np.unique(cut.call[cut.rows])
        calls = calls[calls >= 0]
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for number, first in cut.first(calls).items():
            place = self.places[number]  # of a call: where it is made, and what is called
            key = place.module, place.function
            count = int(cut.weight[calls[cut.place[calls] == number]].sum())
            before, earliest = found.get(key, (0, first))
            found[key] = before + count, min(first, earliest)
        return found


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
