"""A recording, and what can be had from it once it is over."""

from __future__ import annotations

import gc
from ast import literal_eval
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from tracepy.recorder import budget
from tracepy.recorder.events import Event, events_of
from tracepy.recorder.registry import registry

if TYPE_CHECKING:
    from tracepy.graph import Graph
    from tracepy.transforms.instrument import Instrumented, Site

Lines = dict[str, set[int]]
Facts = dict[str, dict[int, dict[str, list[str]]]]
_RAN = frozenset({"statement", "define", "then", "else", "turn", "done", "return", "except"})
_SHOWN = 3
_TYPES = 8


class Trace:
    """What was recorded. Everything is computed when it is asked for.

    Attributes:
        complete: False where the budget was spent before the end, or a function or a loop had
            had its share of it.
    """

    def __init__(self, events: int) -> None:
        self._logs = budget.Logs(events)
        self._graph: Graph | None = None
        self._begun: tuple[int, Graph] | None = None

    @property
    def complete(self) -> bool:
        """Whether everything was recorded. Known for certain once `graph` was called."""
        return self._everything() and (self._graph is None or self._graph.complete)

    def _everything(self) -> bool:
        return not self._logs.full and not self._logs.shut

    @property
    def events(self) -> int:
        """How many events were logged: what a replay costs is proportional to it."""
        return self._logs.recording.written

    @property
    def size(self) -> int:
        """Bytes of memory that the log takes."""
        return self._logs.recording.size

    @property
    def dropped(self) -> tuple[str, ...]:
        """Functions and loops recorded only in part, `file:line function`: they took their share."""
        return tuple(
            f"{path}:{line} {function}" for path, function, line in sorted(self._logs.shut)
        )

    def logs(self) -> list[Iterable[Event]]:
        """The events of each thread so far, in the order in which threads came up."""
        recording = self._logs.recording
        return [events_of(recording, log) for log in range(len(recording.pieces()))]

    def graph(self) -> Graph:
        """Build the execution graph (once; a recording that still runs is built as it stands)."""
        if self._graph is None:
            graph = self._built(self.events)
            graph.complete = graph.complete and self._everything()
            graph.dropped = self.dropped
            if budget.active is self._logs:
                return graph
            self._graph = graph
        return self._graph

    def _built(self, events: int) -> Graph:
        from tracepy.graph.build import Builder

        collecting = gc.isenabled()
        # Nothing that is built here is garbage; looking for some takes a third of the time.
        gc.disable()
        try:
            return Builder(self._logs.recording, registry, budget.gates, events).graph()
        finally:
            if collecting:
                gc.enable()

    def lines(self) -> Lines:
        """First lines of the statements that ran, by file. Cheap: no graph is built."""
        seen: set[int] = set()
        raised: set[tuple[int, int]] = set()
        for log in self.logs():
            for number, site, _, values in log:
                seen.add(number)
                if site.event in ("fail", "except") and values:
                    raised.add((number, values[0]))
        sites = registry.sites
        result: Lines = {}
        for number in seen:
            if sites[number].event in _RAN:
                path = registry.modules[number].path
                result.setdefault(path, set()).add(sites[number].line)
        for number, line in raised:
            module = registry.modules[number]
            raising = _statement(module, sites[number].function, line)
            if raising is not None:
                result.setdefault(module.path, set()).add(raising.line)
        return result

    def facts(self, events: int | None = None) -> tuple[Facts, Facts]:
        """Type names, and up to three renderings of values, per file, line and name.

        Args:
            events: Look at so many events, or as many nodes, from the beginning only.
        """
        from tracepy.graph.values import render

        graph = self._beginning(events)
        types: Facts = {}
        values: Facts = {}
        columns = graph.nodes.columns
        # What is known of a name at a place; a loop comes by there many thousand times.
        known: dict[tuple[int, int], tuple[list[str], list[str]] | None] = {}
        for row in islice(graph.nodes.rows(), events):
            at = columns.place[row]
            for source in (row, *columns.data_of(row)):
                if columns.value[source] < 0:
                    continue
                key = at, columns.place[source]
                if key not in known:
                    names = columns.places[key[1]].names
                    known[key] = None
                    if names:
                        place, short = columns.places[at], names[0].rpartition(".")[2]
                        one, other = (
                            table.setdefault(place.file, {})
                            .setdefault(place.line, {})
                            .setdefault(short, [])
                            for table in (types, values)
                        )
                        known[key] = one, other
                seen = known[key]
                if seen is None:
                    continue
                entry = columns.entry_of(source)
                kind = entry[1] if type(entry) is tuple else type(entry).__name__
                if kind not in seen[0] and len(seen[0]) < _TYPES:
                    seen[0].append(kind)
                if len(seen[1]) < _SHOWN and (text := render(entry)) not in seen[1]:
                    seen[1].append(text)
        return types, values

    def calls(self, events: int | None = None) -> Iterator[tuple[str, str, dict[str, str]]]:
        """File, function and arguments of calls, in order, where all arguments are literals.

        Args:
            events: Look at so many events, or as many nodes, from the beginning only.
        """
        columns = self._beginning(events).nodes.columns
        found: dict[int, tuple[str, str, dict[str, str]]] = {}
        for row in range(min(len(columns), events or len(columns))):
            place = columns.places[columns.place[row]]
            if place.kind == "argument" and place.names:
                call = found.setdefault(columns.call[row], (place.file, place.function, {}))
                call[2][place.names[0]] = columns.shown(row) or ""
        for path, function, arguments in found.values():
            if "<" not in function and all(map(_is_literal, arguments.values())):
                yield path, function, arguments

    def _beginning(self, events: int | None) -> Graph:
        """The graph of so many events; that of the last call is kept, since facts and calls ask alike."""
        if not events or events >= self.events or self._graph is not None:
            return self.graph()
        if self._begun is None or self._begun[0] != events or budget.active is self._logs:
            self._begun = events, self._built(events)
        return self._begun[1]


def _is_literal(text: str) -> bool:
    """Whether a rendering is the value's source. What is cut off, or an object's, is not."""
    try:
        literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _statement(module: Instrumented, function: str, line: int) -> Site | None:
    from tracepy.graph.events import OF_STATEMENTS

    around = [
        site
        for site in module.sites
        if site.function == function
        and site.event in OF_STATEMENTS
        and site.line <= line <= site.end_line
    ]
    return min(around, key=lambda site: site.end_line - site.line, default=None)


@contextmanager
def record(events: int = 1_000_000) -> Iterator[Trace]:
    """Record what instrumented code does in this thread and in threads started meanwhile.

    Args:
        events: The budget; once it is spent, recording stops and the trace says so.
    """
    trace = Trace(events)
    outer = budget.start(trace._logs)
    try:
        yield trace
    finally:
        budget.stop(trace._logs, outer)
