"""Calls: arguments to parameters, results to the statement that asked for them.

The log has which functions ran while a statement did, in order; the source has the statement's
call expressions, in the order in which they begin to run. The two are laid side by side by name.
A call that no expression names was made by code that is not recorded (a decorator, an operator,
`sorted`): what that code was given may have reached it, and the edges say that this is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tracepy.graph.columns import ASSUMED, BITS
from tracepy.graph.frames import Source
from tracepy.graph.plan import NOTHING, OWN

if TYPE_CHECKING:
    from tracepy.graph.build import Builder
    from tracepy.graph.frames import Call, Frame
    from tracepy.graph.plan import Plan
    from tracepy.transforms.instrument_facts import Chain


class Matched:
    """Which call expression asked for which calls.

    Attributes:
        calls: By the expression's index in the statement's facts.
        doubtful: Calls that nothing names for certain, with the expressions that may have
            made them; with none, anything may.
    """

    __slots__ = ("calls", "doubtful", "properties")

    def __init__(self) -> None:
        self.calls: dict[int, list[Call]] = {}
        self.doubtful: list[tuple[Call, tuple[int, ...]]] = []
        self.properties: list[tuple[Call, str]] = []


def match(plan: Plan, calls: list[Call], attributes: Iterable[str]) -> Matched:
    """Lay calls beside call expressions.

    Args:
        plan: The statement's.
        calls: What ran while it did, in order.
        attributes: Attributes that it used, which may be properties.
    """
    found = Matched()
    if len(calls) == 1 and len(plan.facts) == 1:  # by far the most frequent
        fact = plan.facts[0]
        if fact.name in calls[0].plan.names:
            found.calls[0] = calls
            return found
    alike: dict[tuple[str, ...], list[Call]] = {}
    for call in calls:
        alike.setdefault(call.plan.names, []).append(call)
    unnamed: list[Call] = []
    for names, group in alike.items():
        places = [i for name in names for i in plan.by_name.get(name, ())]
        if not places:
            unnamed += group
        elif len(places) == 1:
            found.calls[places[0]] = group
        elif len(group) % len(places) or any(plan.facts[i].perhaps for i in places):
            found.doubtful += [(call, tuple(places)) for call in group]
        else:
            for position, call in enumerate(group):
                found.calls.setdefault(places[position % len(places)], []).append(call)
    if unnamed:
        _unnamed(plan, found, unnamed, set(attributes))
    return found


def _unnamed(plan: Plan, found: Matched, calls: list[Call], attributes: set[str]) -> None:
    taken = set(found.calls) | {i for _, places in found.doubtful for i in places}
    free = tuple(i for i in range(len(plan.facts)) if i not in taken)
    for call in calls:
        name = call.plan.names[-1]
        if name in attributes:
            found.properties.append((call, name))
        elif len(free) == 1 and _may_be_direct(plan, free[0], calls, call):
            found.calls.setdefault(free[0], []).append(call)
        else:
            found.doubtful.append((call, free))


def _may_be_direct(plan: Plan, index: int, calls: list[Call], call: Call) -> bool:
    """Whether the only call expression left calls this function under another name."""
    fact = plan.facts[index]
    given = fact.positional + len(fact.keywords)
    wanted = len(call.plan.slots) - call.plan.bound
    return (
        len(calls) == 1 and fact.effect == "changes" and not fact.spread and given == wanted
        and not call.plan.names[-1].startswith("__")
    )  # fmt: skip


def connect(
    builder: Builder, plan: Plan, frame: Frame, sources: list[Source], found: Matched
) -> list[int]:
    """Link what a statement read to the calls that took it; gives the edges of the statement."""
    edges: list[int] = []
    for source in sources:
        _hand(builder, source, found, edges, plan)
    for index, calls in found.calls.items():
        chain = plan.facts[index].chain
        for call in calls:
            if call.result >= 0:
                _hand(builder, _result(builder, chain, call), found, edges, plan)
    for call, name in found.properties:
        chains = [source.chain for source in sources if source.name == name]
        for source in sources:
            edge, attribute = source.edge, source.name
            if edge >= 0 and (attribute == f".{name}" or attribute == name):
                _give(builder, call.first, call.last, edge)
        if len(call.plan.slots) > 1:  # it sets the attribute, to what the statement makes
            for source in sources:
                if source.edge >= 0:
                    _give(builder, call.first + 1, call.last, source.edge)
            for other in frame.calls:
                if other is not call and other.result >= 0:
                    _give(builder, call.first + 1, call.last, other.result)
        if call.result >= 0:
            for chain in chains[:1] or [()]:
                _hand(builder, _result(builder, chain, call), found, edges, plan)
    for call, places in found.doubtful:
        _guess(builder, plan, call, places, sources, found, edges)
    place = plan.place
    controls = builder.controls(plan, frame)
    for call in frame.calls:
        call.taken = True
        builder.stand(call.row, place)
        _defaults(builder, plan, call, found)
        for edge in controls:
            if edge >> BITS < call.row:
                builder.link(call.row, edge)
    return edges


def _result(builder: Builder, chain: Chain, call: Call) -> Source:
    identity = builder.object_at(call.result)
    mode = OWN if identity and chain else NOTHING
    return Source(chain, call.result, "", identity, mode)


def _hand(builder: Builder, source: Source, found: Matched, edges: list[int], plan: Plan) -> None:
    chain, edge = source.chain, source.edge
    for index, place in chain:
        calls = found.calls.get(index)
        if calls is not None:
            if place == "*" and source.mode:  # what is in it are the arguments
                inside: list[int] = []
                builder.add_contents(source.held, source.mode, inside)
                for call in calls:
                    start, stop = _parameters(call, place)
                    for each in inside:
                        _give(builder, start, stop, each)
            if edge < 0:
                return
            for call in calls:
                if place == "callee" or (place == "self" and not call.plan.bound):
                    builder.link(call.row, edge)
                else:
                    start, stop = _parameters(call, place)
                    _give(builder, start, stop, edge, not source.name)
            return
    if edge >= 0:
        edges.append(edge)
    if source.mode:
        builder.add_contents(source.held, source.mode, edges)


def _give(builder: Builder, start: int, stop: int, edge: int, inside: bool = False) -> None:
    """Link rows of parameters to what they got; `inside`: if that is another object, they hold it."""
    source = edge >> BITS
    held = builder.object_at(edge)
    for row in range(start, stop):
        if source < row or source in builder.root_rows:
            builder.link(row, edge)
            arrived = builder.identity[row]
            if not held and arrived > 0 and source in builder.root_rows:
                builder.identity[source] = held = arrived
            if inside and held and arrived > 0 and arrived != held:
                builder.heap.hold(arrived, held)


def _guess(
    builder: Builder,
    plan: Plan,
    call: Call,
    places: tuple[int, ...],
    sources: list[Source],
    found: Matched,
    edges: list[int],
) -> None:
    among = set(places)
    for source in sources:
        chain, edge = source.chain, source.edge
        if edge >= 0 and (not among or any(index in among for index, _ in chain)):
            _give(builder, call.first, call.last, edge | ASSUMED)
            if call.elsewhere and edge >> BITS < call.row:
                builder.link(call.row, edge | ASSUMED)
    for index in among:  # results that were handed on
        for other, calls in found.calls.items():
            if any(step == index for step, _ in plan.facts[other].chain):
                for inner in calls:
                    if inner.result >= 0:
                        _give(builder, call.first, call.last, inner.result | ASSUMED)
    if call.result >= 0 and not call.plan.cleanup:
        chain = plan.facts[places[0]].chain if len(places) == 1 else ()
        _hand(builder, _result(builder, chain, call), found, edges, plan)


def _parameters(call: Call, place: str) -> tuple[int, int]:
    """The rows of the parameters that an argument's place may stand for: from, to."""
    first, last, plan = call.first, call.last, call.plan
    if place == "self":
        return first, min(first + plan.bound, last)
    if place.isdigit():
        row = min(first + int(place) + plan.bound, last - 1)  # the last takes the others
        return max(row, first), row + 1
    position = plan.positions.get(place, -1)
    if position >= 0:
        return first + position, first + position + 1
    return first + plan.bound, last


def _defaults(builder: Builder, plan: Plan, call: Call, found: Matched) -> None:
    """A parameter that got nothing has its default, which stands at the function's definition."""
    defaults = call.plan.defaults
    if not defaults:
        return
    names = [name for name, _ in call.plan.slots]
    given: set[str] = set()
    sure = False
    for index, calls in found.calls.items():
        if call in calls:
            fact = plan.facts[index]
            sure = not fact.spread
            positional = fact.positional - (fact.spread and not fact.keywords)
            given = {*names[: positional + call.plan.bound], *fact.keywords}
    for name in defaults:
        if name not in given:
            edge = builder.default_of(call.plan, name)
            builder.link(call.first + call.plan.positions[name], edge if sure else edge | ASSUMED)
