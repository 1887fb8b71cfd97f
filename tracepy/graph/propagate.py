"""Propagators: how much of a graph an optimizer is shown.

The paper's propagator gives each parameter the minimal subgraph between it and the judged output
(arXiv 2406.16218, section 3.2, algorithm 2), and names condensed ones as future work.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from tracepy.errors import UserError
from tracepy.graph.columns import BITS, Columns, Place
from tracepy.graph.model import Graph
from tracepy.graph.values import render


class Propagator(Protocol):
    """Boils a graph down to what says how parameters and output hang together."""

    def propagate(
        self, graph: Graph, to: Any = None, parameters: Iterable[str] | None = None
    ) -> Graph:
        """The part that an optimizer is shown.

        Args:
            graph: Of one evaluation.
            to: What was judged, as in `Graph.slice`.
            parameters: Names of the parameters; None for whatever the output depends on.

        Raises:
            UserError: nothing in the graph is what is asked for.
        """
        ...


class MinimalSubgraph:
    """What is both reached from a parameter and reaches the output: the paper's."""

    def propagate(
        self, graph: Graph, to: Any = None, parameters: Iterable[str] | None = None
    ) -> Graph:
        """See `Propagator`."""
        return graph.slice(to=to, parameters=parameters)


class Condensed:
    """The minimal subgraph with its repetitions folded.

    Of many calls of one function from one place, and of many turns of a statement in one call, the
    first and last ones stay, and the odd ones: another type than most, the smallest and the
    largest number. One node stands for the others; it says how many there are, and of which values.

    Args:
        keep: How many stay at either end.
    """

    def __init__(self, keep: int = 2) -> None:
        if keep < 1:
            raise UserError(f"a condensed graph keeps at least 1 of a kind, not {keep}")
        self.keep = keep

    def propagate(
        self, graph: Graph, to: Any = None, parameters: Iterable[str] | None = None
    ) -> Graph:
        """See `Propagator`."""
        return _Folding(graph.slice(to=to, parameters=parameters), self.keep).graph()


PROPAGATORS: dict[str, type[MinimalSubgraph] | type[Condensed]] = {
    "minimal": MinimalSubgraph,
    "condensed": Condensed,
}


_STANDS, _OF_THEM = "stands for ", " of them"
# A graph may come from a file, or from a worker: what is no number of nodes is a note like any other.
_FOLDED = re.compile(rf"{_STANDS}(\d{{1,3}}(?:,\d{{3}}){{0,4}}){_OF_THEM}(?:; )?")


def unfolded(place: Place) -> tuple[Place, int]:
    """The place that a node of a condensed graph stands for, and how many nodes it stands for."""
    found = _FOLDED.match(place.note)
    if found is None:
        return place, 1
    return place._replace(note=place.note[found.end() :]), int(found[1].replace(",", ""))


def propagator(name: str) -> Propagator:
    """A propagator by its name. Raises UserError where there is none."""
    if name not in PROPAGATORS:
        raise UserError(f"there is no propagator {name!r}: choose from {', '.join(PROPAGATORS)}")
    return PROPAGATORS[name]()


class _Folding:
    """Rows of a graph, and the rows that they are folded into."""

    def __init__(self, graph: Graph, keep: int) -> None:
        self.whole, self.keep = graph, keep
        self.nodes, self.old = graph.nodes, graph.nodes.columns
        self.rows = list(self.nodes.rows())
        self.fixed = {self.nodes.row(key) for key in graph.outputs}
        # Of each folded row, the first of those that it is folded with.
        self.into: dict[int, int] = {}

    def graph(self) -> Graph:
        """The folded graph."""
        folded = self._calls()
        buckets: dict[tuple[int, int], list[int]] = {}
        for row in self.rows:
            if row not in self.fixed and not (row in folded and folded[row] == row):
                inside = self.old.call[row]
                owner = folded.get(inside, inside)
                buckets.setdefault((owner, self.old.place[row]), []).append(row)
        again = {owner for call, owner in folded.items() if call != owner}
        for (owner, _), rows in buckets.items():
            self._fold(rows, all_of_them=owner in again)
        return self._built()

    def _calls(self) -> dict[int, int]:
        """Of each call that is not kept, and of those in it, the call that stands for it."""
        old = self.old
        begun = set(old.call)
        alike: dict[int, list[int]] = {}
        failed: set[int] = set()
        for row in self.rows:
            place = old.place[row]
            if row in begun:  # wherever the caller is: recursion folds as well
                alike.setdefault(place, []).append(row)
            if old.places[place].kind == "raise":
                failed.add(old.call[row])
        folded: dict[int, int] = {}
        for calls in alike.values():
            middle = calls[self.keep : -self.keep]
            odd = failed.intersection(middle)
            if len(odd) <= self.keep:
                middle = [call for call in middle if call not in odd]
            if len(middle) > 1:
                folded.update(dict.fromkeys(middle, middle[0]))
        return folded

    def _fold(self, rows: list[int], all_of_them: bool) -> None:
        if all_of_them:
            middle: Sequence[int] = rows
        else:
            odd = self._odd(rows)
            middle = [row for row in rows[self.keep : -self.keep] if row not in odd]
        if len(middle) > 1:
            for row in middle:
                self.into[row] = middle[0]

    def _odd(self, rows: list[int]) -> set[int]:
        """Rows whose values are of a type that few have, and the smallest and largest numbers."""
        if len(rows) <= 2 * self.keep + 1:
            return set()
        entries = [self._entry(row) for row in rows]
        kinds = Counter(map(_kind, entries))
        odd = {
            row
            for row, entry in zip(rows, entries, strict=True)
            if kinds[_kind(entry)] <= self.keep
        }
        numbers = [
            (entry, row)
            for row, entry in zip(rows, entries, strict=True)
            if type(entry) in (int, float)
        ]
        if numbers:
            odd |= {min(numbers)[1], max(numbers)[1]}
        return odd

    def _entry(self, row: int) -> Any:
        if self.old.texts is None:
            return self.old.entry_of(row)
        text = self.old.shown(row)
        return None if text is None else _number(text)

    def _built(self) -> Graph:
        old, into = self.old, self.into
        members: dict[int, list[int]] = {}
        for row in self.rows:
            members.setdefault(into.get(row, row), []).append(row)
        order = sorted(members)
        where = {row: index for index, row in enumerate(order)}
        new = Columns(texts=[], ids=array("q", map(self.nodes.id_of, order)))
        assert new.texts is not None
        known: dict[Place, int] = {}
        for row in order:
            rows = members[row]
            place = old.places[old.place[row]]
            text = old.shown(row)
            if len(rows) > 1:
                note = f"{_STANDS}{len(rows):,}{_OF_THEM}"
                place = place._replace(note=f"{note}; {place.note}" if place.note else note)
                text = self._span(rows)
            new.place.append(known.setdefault(place, len(known)))
            call = old.call[row]
            new.call.append(where.get(into.get(call, call), -1))
            new.value.append(-1 if text is None else len(new.texts))
            if text is not None:
                new.texts.append(text)
            new.identity.append(0)
            edges: dict[int, None] = {}
            for each in rows:
                for edge in old.of(each):
                    source = into.get(edge >> BITS, edge >> BITS)
                    if source in where and source != row:
                        edges[where[source] << BITS | edge & ((1 << BITS) - 1)] = None
            new.edges.extend(edges)
            new.starts.append(len(new.edges))
        new.places = list(known)
        whole = self.whole
        return whole.like(new, [key for key in whole.outputs if self.nodes.row(key) in where])

    def _span(self, rows: list[int]) -> str | None:
        """The values of rows that are folded: from the smallest to the largest, or some of them."""
        entries = [self._entry(row) for row in rows if self.old.value[row] >= 0]
        if not entries:
            return None
        numbers = [entry for entry in entries if type(entry) in (int, float)]
        if len(numbers) == len(entries):
            least, most = min(numbers), max(numbers)
            return render(least) if least == most else f"{render(least)} ... {render(most)}"
        shown = list(dict.fromkeys(self.old.shown(row) or "" for row in rows[:8]))
        return shown[0] if len(shown) == 1 else f"{shown[0]} ... {shown[-1]}"


def _kind(entry: Any) -> str:
    return str(entry[1]) if type(entry) is tuple else type(entry).__name__


def _number(text: str) -> Any:
    """A rendering as the number that it is, if it is one."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
