"""Calls: arguments to parameters, results to the statement that asked for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracepy.transforms.instrument_facts import Chain, Site

if TYPE_CHECKING:
    from tracepy.graph.build import Builder


@dataclass(eq=False)
class Call:
    """A call that was made: its node, its parameters' nodes in order, and what came of it."""

    node: int
    function: str
    parameters: dict[str, int] = field(default_factory=dict)
    result: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What a call expression may name it by."""
        parts = self.function.split(".")
        if parts[-1] in ("__init__", "__new__", "__call__") and len(parts) > 1:
            return parts[-1], parts[-2]
        return (parts[-1],)

    @property
    def is_cleanup(self) -> bool:
        """Whether what it returns says nothing to the statement that follows."""
        return self.function.rpartition(".")[2] in ("__exit__", "__aexit__", "__del__")

    @property
    def bound(self) -> bool:
        """Whether the first parameter is filled by the receiver."""
        parts = self.function.split(".")
        first = next(iter(self.parameters), "")
        return len(parts) > 1 and parts[-2] != "<locals>" and first in ("self", "cls")


def connect(
    builder: Builder,
    site: Site,
    node: int,
    calls: Sequence[Call],
    sources: Iterable[tuple[Chain, int]],
) -> None:
    """Link what a statement read to the calls that took it as an argument, else to the statement.

    A call that no call expression of the statement stands for (it came from a decorator, an
    operator, C code) may have got anything that the statement read.
    """
    if not calls:
        for _, source in sources:
            builder.link(node, source)
        return
    sources = list(sources)
    matched, others = _match(site, calls)
    for chain, source in sources:
        _hand(builder, chain, source, node, matched)
    for index, group in matched.items():
        for call in group:
            if call.result is not None:
                _hand(builder, site.calls[index].chain, call.result, node, matched)
    for call in others:
        if call.result is not None and not call.is_cleanup:
            builder.link(node, call.result)
        for _, source in sources:
            for parameter in call.parameters.values():
                if source < parameter:
                    builder.link(parameter, source)
    control = [edge for edge in builder.nodes[node].inputs if edge[1] == "control"]
    for call in calls:
        stand(builder, call, node)
        for source, role in control:
            if source < call.node:
                builder.link(call.node, source, role)


def stand(builder: Builder, call: Call, node: int) -> None:
    """A call stands where the statement stands that made it, once that is known."""
    mine, other = builder.nodes[call.node], builder.nodes[node]
    mine.file, mine.line, mine.end_line = other.file, other.line, other.end_line
    mine.code = other.code


def _match(site: Site, calls: Sequence[Call]) -> tuple[dict[int, list[Call]], list[Call]]:
    """Which call expression asked for which calls; and the calls that none of them asked for."""
    matched: dict[int, list[Call]] = {}
    others: list[Call] = []
    alike: dict[tuple[str, ...], list[Call]] = {}
    for call in calls:
        alike.setdefault(call.names, []).append(call)
    for names, group in alike.items():
        places = [i for i, fact in enumerate(site.calls) if fact.name in names]
        nested = any(step[0] in places for i in places for step in site.calls[i].chain)
        if len(places) == 1:
            matched.setdefault(places[0], []).extend(group)
        elif places and len(places) == len(group) and not nested:
            for place, call in zip(places, group, strict=True):
                matched.setdefault(place, []).append(call)
        else:
            others += group
    return matched, others


def _hand(
    builder: Builder, chain: Chain, source: int, node: int, matched: dict[int, list[Call]]
) -> None:
    for index, place in chain:
        if index in matched:
            for call in matched[index]:
                if place == "callee":
                    builder.link(call.node, source)
                    continue
                for parameter in _parameters(call, place):
                    if source < parameter or builder.nodes[source].call != call.node:
                        builder.link(parameter, source)
            return
    builder.link(node, source)


def _parameters(call: Call, place: str) -> list[int]:
    names = list(call.parameters)
    if place == "self":
        return [call.parameters[names[0]]] if call.bound else []
    if place.isdigit():
        position = int(place) + call.bound
        return [call.parameters[names[position if position < len(names) else -1]]] if names else []
    if place in call.parameters:
        return [call.parameters[place]]
    return list(call.parameters.values())[call.bound :]
