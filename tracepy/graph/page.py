"""A graph as one page that is read in a browser: opened by level, searched, followed.

The page is web/page.html with its style, its scripts and the graph put in; nothing comes from
outside, and a content security policy names the texts that may run and style it by their digests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from tracepy.errors import UserError
from tracepy.graph.levels import LEVELS
from tracepy.graph.model import Graph, Node
from tracepy.pages import embedded, look, part, policy, writable

_SCRIPTS = ("data", "tree", "layout", "view", "drawing", "panel", "main")  # in this order
_CONTROL, _ASSUMED = 1, 2


def page(graph: Graph, level: str = "statement") -> str:
    """The page; `level` says what is open at first.

    Raises:
        UserError: there is no such level.
    """
    if level not in LEVELS:
        raise UserError(f"there is no level {level!r}: choose from {', '.join(LEVELS)}")
    style = f"{look()}\n{part('tracepy.graph', 'page.css')}"
    script = "\n".join(part("tracepy.graph", f"{name}.js") for name in _SCRIPTS)
    parts = {
        "policy": policy(script, style),
        "style": style,
        "script": script,
        "summary": escape(writable(summary(graph))),
        "data": embedded({**columns(graph), "level": level}),
    }
    return re.sub(
        r"\{\{(\w+)\}\}", lambda found: parts[found[1]], part("tracepy.graph", "page.html")
    )


def summary(graph: Graph) -> str:
    """How much there is, how it ended, and what is missing."""
    text = f"{len(graph.nodes)} nodes."
    if graph.error:
        text += f" Ended by {graph.error}."
    if not graph.complete:
        text += " Incomplete: more happened than the budget of events has room for."
    if graph.dropped:
        text += f" Recorded only in part: {', '.join(graph.dropped)}."
    return text


def columns(graph: Graph) -> dict[str, Any]:
    """The graph as the page reads it: a column per attribute, by position in the order of nodes.

    What is the same for all nodes of a statement is told once, in `places`. An input is four
    times the distance to it, plus flags; a parent is told by distance as well, 0 for none.
    """
    nodes = list(graph.nodes.values())
    position = {node.id: index for index, node in enumerate(nodes)}
    places: dict[tuple[Any, ...], int] = {}
    values: dict[str, int] = {}
    place, value, degree, inputs = [], [], [], []
    for index, node in enumerate(nodes):
        told = (node.kind, node.file, node.line, node.end_line, node.function, node.module,
                node.code, tuple(node.names), node.parameter, node.note)  # fmt: skip
        place.append(places.setdefault(told, len(places)))
        value.append(-1 if node.value is None else values.setdefault(node.value, len(values)))
        edges = [
            (index - position[source]) * 4
            + (_CONTROL if role == "control" else 0)
            + (_ASSUMED if source in node.assumed else 0)
            for source, role in node.inputs
            if source in position
        ]
        degree.append(len(edges))
        inputs += edges
    parents = _parents(nodes, position)
    return {
        "ids": list(position),
        "places": list(places),
        "values": list(values),
        "place": place,
        "value": value,
        "parent": [0 if above is None else index - above for index, above in enumerate(parents)],
        "degree": degree,
        "inputs": inputs,
        "outputs": [position[key] for key in graph.outputs if key in position],
        "failure": _failure(graph, nodes),
        "error": graph.error,
    }


def _parents(nodes: Sequence[Node], position: Mapping[int, int]) -> list[int | None]:
    """Of each node the position of the call that it is shown in.

    A call itself may not say what it was made in; what it is control-dependent on does.
    """
    entered = {node.call for node in nodes}
    parents: list[int | None] = []
    for index, node in enumerate(nodes):
        above = position.get(node.call) if node.call is not None else None
        if above is None and node.id in entered:
            given = (position.get(source) for source, role in node.inputs if role == "control")
            before = next((where for where in given if where is not None and where < index), None)
            if before is not None:
                above = before if nodes[before].id in entered else parents[before]
        parents.append(above if above is not None and above < index else None)
    return parents


def _failure(graph: Graph, nodes: Sequence[Node]) -> int | None:
    """Where the exception that escaped was raised, else what happened last."""
    if not graph.error or not nodes:
        return None
    raised = [index for index, node in enumerate(nodes) if node.kind == "raise"]
    left = [index for index in raised if nodes[index].id in graph.outputs]
    return (left or raised or [len(nodes) - 1])[-1]
