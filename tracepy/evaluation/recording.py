"""Records the cases of a traced evaluation, and boils them down to what an optimizer reads."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tracepy.errors import UserError
from tracepy.evaluation.records import TraceFacts
from tracepy.recorder import infection

GRAPH_LIMIT = 32 * 1024**2
# Slices are taken of the first failing cases only: they cost seconds on long runs.
_SLICED = 3
# Calls that show something to the world outside, and how near to what is judged they count.
_SHOWS = re.compile(r"\b(?:print|write|writelines|echo|log|debug|info|warning|warn|error)\(")
_SHOWN_NEARNESS = 0.9
# Values and types of so many cases: the first show most of what there is to see.
_SHOWN = 8
# Events replayed in one evaluation, for slices and values each. Counted, not timed, so that the
# same run always yields the same facts.
_REPLAYED = 100_000
# As many as are recorded, for the graph. One of more nodes than `_WHOLE` is handed over with its
# repetitions folded: as text it has 300 bytes a node, and whoever reads it shows a few of a kind.
_DRAWN = 300_000
_WHOLE = 20_000
_KEPT = 12
# Events of one case that are looked at for values, types and calls.
_BEGINNING = 50_000
# Distinct calls of one function that are kept.
_CALLS = 12


class Case:
    """One recorded case."""

    def __init__(self, name: str, trace: Any) -> None:
        self.name = name
        self.trace = trace
        self.value: Any = None
        self.failed = False
        self.given = False

    def judged(self, value: Any, *, failed: bool) -> None:
        """Say what the case yielded, before it ends."""
        self.value, self.failed, self.given = value, failed, value is not None


class Recorder:
    """Records cases one after the other; `close` sums them up."""

    def __init__(self, events: int = _DRAWN) -> None:
        self.cases: list[Case] = []
        self._events = events

    @contextmanager
    def record(self, name: str) -> Iterator[Case]:
        """Record one case; an exception that leaves it makes it a failed one."""
        from tracepy.recorder import record

        with record(events=self._events) as trace:
            case = Case(name, trace)
            self.cases.append(case)
            infection.begin(name)
            try:
                yield case
            except BaseException:
                case.failed = True
                raise

    def close(self) -> tuple[TraceFacts | None, str | None, str]:
        """The facts, the graph as JSON, and what went wrong, in words."""
        gc.collect()
        try:
            return self._facts(), self._graph(), ""
        except Exception as error:  # a verdict without a trace is better than none
            return None, None, f"the run could not be traced: {type(error).__name__}: {error}"

    def _replayed(self, most: int, left: int = _REPLAYED) -> list[Case]:
        """The cases worth a replay: failing ones first, short ones first, while they fit."""
        sized = [(not case.failed, case.trace.events, case) for case in self.cases]
        chosen: list[Case] = []
        for _, events, case in sorted(sized, key=lambda item: item[:2])[:most]:
            if events <= left:
                chosen.append(case)
                left -= events
        return chosen

    def _facts(self) -> TraceFacts:
        ran = {
            case.name: {path: sorted(lines) for path, lines in case.trace.lines().items()}
            for case in self.cases
        }
        sliced: dict[str, dict[int, float]] = {}
        types: dict[str, dict[int, dict[str, list[str]]]] = {}
        values: dict[str, dict[int, dict[str, list[str]]]] = {}
        for case in self._replayed(_SLICED):
            _nearness(case, sliced)
        # Of a run too long to replay, its beginning shows the types; its slice cannot be had.
        shown = self._replayed(_SHOWN) or self.cases[:1]
        calls: dict[str, dict[str, list[dict[str, str]]]] = {}
        for case in shown:
            for total, part in zip((types, values), case.trace.facts(_BEGINNING), strict=True):
                _merge(total, part)
            for path, function, arguments in case.trace.calls(_BEGINNING):
                known = calls.setdefault(path, {}).setdefault(function, [])
                if len(known) < _CALLS and arguments not in known:
                    known.append(arguments)
        return TraceFacts(ran, sliced, types, values, calls, self._infected())

    def _infected(self) -> dict[str, dict[str, list[str]]]:
        """What edits change in failing cases, where the program has questions about that in it."""
        failed = {case.name for case in self.cases if case.failed}
        found = infection.answers()
        return {name: found[name] for name in found if name in failed}

    def _graph(self) -> str | None:
        for case in self._replayed(1, _DRAWN):
            graph = case.trace.graph()
            if not graph.complete and not graph.outputs:
                return None  # recording ended before what is judged: what ran last says nothing
            if len(graph.nodes) > _WHOLE:
                from tracepy.graph.propagate import Condensed

                graph = Condensed(_KEPT).propagate(graph)
            text: str = graph.to_json()
            return text if len(text) <= GRAPH_LIMIT else None
        return None


def _nearness(case: Case, into: dict[str, dict[int, float]]) -> None:
    """Add the lines of a case's slice, and how near the judged output they are."""
    graph = case.trace.graph()
    try:
        cut = graph.slice(to=case.value) if case.given else graph.slice()
    except UserError:  # what the objective judged is a value that no instrumented code made
        cut = graph.slice()
    shown = [graph.nodes.columns.places[number] for number in graph.places()]
    for place in shown:  # what a program shows is judged as well, though no value depends on it
        if place.kind == "call" and place.stands and _SHOWS.search(place.code):
            known = into.setdefault(place.file, {})
            known[place.line] = max(known.get(place.line, 0.0), _SHOWN_NEARNESS)
    for path, lines in cut.nearness().items():
        known = into.setdefault(path, {})
        for line, near in lines.items():
            known[line] = max(known.get(line, 0.0), near)


def _merge(
    total: dict[str, dict[int, dict[str, list[str]]]],
    part: Mapping[str, Mapping[int, Mapping[str, list[str]]]],
) -> None:
    for path, rows in part.items():
        for line, names in rows.items():
            for name, found in names.items():
                known = total.setdefault(path, {}).setdefault(line, {}).setdefault(name, [])
                known += [item for item in found if item not in known][: max(8 - len(known), 0)]
