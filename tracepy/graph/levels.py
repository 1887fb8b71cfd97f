"""Coarser views of a graph: the nodes of one call, or of one module, drawn together."""

from __future__ import annotations

from array import array
from typing import Literal, cast, get_args

from tracepy.errors import UserError
from tracepy.graph.columns import ASSUMED, BITS, Columns, Place
from tracepy.graph.model import Graph, Nodes

Level = Literal["statement", "call", "module"]
LEVELS = get_args(Level)


def condensed(graph: Graph, level: str) -> Graph:
    """The graph with the nodes of one call, or of one module, drawn together.

    A node of the result has the id of the first node that it stands for: of a call, its own. What
    it stands for is had from the finer graph: `opened`.

    Raises:
        UserError: there is no such level.
    """
    if level not in LEVELS:
        raise UserError(f"there is no level {level!r}: choose from {', '.join(LEVELS)}")
    level = cast(Level, level)
    if level == "statement":
        return graph
    owner = _owners(graph, level)
    return _drawn_together(graph, owner, level)


def opened(graph: Graph, level: str, node: int) -> Graph:
    """The part of a graph that one node of its coarser view stands for.

    Args:
        graph: The finer graph, from which the view was made.
        level: The level of the view.
        node: The id of one of the view's nodes.

    Raises:
        UserError: there is no such level, or the view has no such node.
    """
    if level not in LEVELS:
        raise UserError(f"there is no level {level!r}: choose from {', '.join(LEVELS)}")
    nodes = graph.nodes
    try:
        row = nodes.row(node)
    except KeyError:
        raise UserError(f"this graph has no node {node}") from None
    owner = {row: row} if level == "statement" else _owners(graph, cast(Level, level))
    kept = bytearray(len(nodes.columns))
    for each, mine in owner.items():
        kept[each] = mine == owner[row]
    outputs = [key for key in graph.outputs if kept[nodes.row(key)]]
    return graph.like(Nodes(nodes.columns, kept), outputs)


def _owners(graph: Graph, level: Level) -> dict[int, int]:
    """Of each row, the row that it is drawn together with."""
    nodes, columns = graph.nodes, graph.nodes.columns
    owner: dict[int, int] = {}
    if level == "module":
        first: dict[str, int] = {}
        for row in nodes.rows():
            owner[row] = first.setdefault(columns.places[columns.place[row]].file, row)
        return owner
    begun = set(columns.call)
    outside: dict[tuple[str, int], int] = {}
    for row in nodes.rows():
        call = row if row in begun else columns.call[row]
        if call >= 0 and (nodes.kept is None or nodes.kept[call]):
            owner[row] = call
        else:
            file = columns.places[columns.place[row]].file
            owner[row] = outside.setdefault((file, call), row)
    return owner


def _drawn_together(graph: Graph, owner: dict[int, int], level: Level) -> Graph:
    nodes, old = graph.nodes, graph.nodes.columns
    shown: dict[int, str] = {}
    edges: dict[int, dict[int, None]] = {}
    for row, mine in owner.items():
        found = edges.setdefault(mine, {})
        for edge in old.of(row):
            source = edge >> BITS
            if source in owner and owner[source] != mine:
                bits = edge & ((1 << BITS) - 1) & ~ASSUMED
                found[owner[source] << BITS | bits] = None
        if old.places[old.place[row]].kind in ("return", "output"):
            shown[mine] = old.shown(row) or ""
    order = sorted(edges)
    where = {row: index for index, row in enumerate(order)}
    new = Columns(texts=list(shown.values()), ids=array("q", map(nodes.id_of, order)))
    values = {row: index for index, row in enumerate(shown)}
    known: dict[Place, int] = {}
    for row in order:
        place = old.places[old.place[row]]
        code = (place.module or place.file) if level == "module" else place.function
        made = Place("call", place.file, place.module, place.line, place.end_line, place.function,
                     code)  # fmt: skip
        new.place.append(known.setdefault(made, len(known)))
        call = old.call[row] if level == "call" else -1
        new.call.append(where[owner[call]] if call in owner and owner[call] != row else -1)
        new.value.append(values.get(row, -1))
        new.identity.append(0)
        new.edges.extend(
            where[edge >> BITS] << BITS | edge & ((1 << BITS) - 1) for edge in edges[row]
        )
        new.starts.append(len(new.edges))
    new.places = list(known)
    outputs = list(dict.fromkeys(nodes.id_of(owner[nodes.row(key)]) for key in graph.outputs))
    return graph.like(new, outputs)
