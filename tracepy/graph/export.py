"""A graph as text and as pictures, at three levels of detail."""

from __future__ import annotations

import json
from html import escape
from pathlib import PurePath

from tracepy.graph.columns import ASSUMED, BITS, CONTROL
from tracepy.graph.levels import LEVELS, condensed
from tracepy.graph.model import Graph, Node, Nodes

_SOURCES = 16
"""Of so many things that a node depends on, a line of text shows the first and the last ones."""

__all__ = ["LEVELS", "condensed", "dot", "html", "mermaid", "text"]


def text(graph: Graph, level: str, limit: int | None = None) -> str:
    """What ran, in order: each line names what it made, from what, and the value it got.

    Args:
        graph: What is shown.
        level: `statement`, `call` or `module`.
        limit: Show at most so many nodes, those nearest to the outputs; the text says how many
            it leaves out.
    """
    whole = graph = condensed(graph, level)
    if limit is not None and len(graph.nodes) > limit:
        graph = nearest(graph, limit)
    rows = [_line(graph.nodes, row) for row in graph.nodes.rows()]
    if len(graph.nodes) < len(whole.nodes):
        rows.insert(0, f"... {len(whole.nodes) - len(graph.nodes):,} nodes further from the output")
    if graph.outputs:
        rows.append(f"output: {', '.join(f'n{key}' for key in graph.outputs)}")
    if graph.error:
        rows.append(f"error: {graph.error}")
    if not graph.complete:
        rows.append("incomplete: more happened than the budget of events has room for")
    rows += [f"recorded only in part: {place}" for place in graph.dropped]
    return "\n".join(rows) + "\n"


def _line(nodes: Nodes, row: int) -> str:
    columns, kept, id_of = nodes.columns, nodes.kept, nodes.id_of
    place = columns.places[columns.place[row]]
    edges = [edge for edge in columns.of(row) if kept is None or kept[edge >> BITS]]
    more = len(edges) - _SOURCES
    if more > 0:
        edges = edges[: _SOURCES - 2] + edges[-2:]
    data: dict[str, None] = {}
    control: dict[str, None] = {}
    for edge in edges:
        name = f"n{id_of(edge >> BITS)}"
        if edge & CONTROL:
            control[name] = None
        else:
            data[name + ("?" if edge & ASSUMED else "")] = None
    given = [*data, f"and {more:,} more"] if more > 0 else list(data)
    value = columns.shown(row)
    names = "/".join(place.names)
    made = f"n{id_of(row)}" + (f" {names}" if names else "")
    shown = f" = {value}" if value is not None else ""
    when = f" if {', '.join(control)}" if control else ""
    note = f" ({place.note})" if place.note else ""
    where = f"{PurePath(place.file).name}:{place.line}"
    code = _first(place.code)
    return f"{made}{shown}  <- {place.kind}({', '.join(given)}){when}  # {where} {code}{note}"


def nearest(graph: Graph, count: int) -> Graph:
    """The part of a graph that is nearest to its outputs, by the number of edges."""
    nodes, columns = graph.nodes, graph.nodes.columns
    roots = [nodes.row(key) for key in graph.outputs[-1:]] or list(nodes.rows())[-1:]
    kept = bytearray(len(columns))
    layer, left = roots, count
    while layer and left > 0:
        following: list[int] = []
        for row in layer[:left]:
            kept[row] = 1
        left -= len(layer)
        for row in layer:
            edges = columns.of(row)
            for edge in edges[-max(left, 1) :]:  # more than are shown need not be looked at
                source = edge >> BITS
                if not kept[source] and (nodes.kept is None or nodes.kept[source]):
                    kept[source] = 2
                    following.append(source)
        layer = following
    for row in layer:
        if kept[row] == 2:
            kept[row] = 0
    part = Nodes(columns, kept)
    outputs = [key for key in graph.outputs if kept[nodes.row(key)]]
    return graph.like(part, outputs)


def dot(graph: Graph, level: str) -> str:
    """Graphviz: data edges drawn through, control edges dashed."""
    graph = condensed(graph, level)
    rows = ["digraph trace {", "  rankdir=TB;", "  node [shape=box, fontname=monospace];"]
    for node in graph.nodes.values():
        style = ", penwidth=2" if node.id in graph.outputs else ""
        rows.append(f"  n{node.id} [label={json.dumps(_label(node), ensure_ascii=False)}{style}];")
        for source, role in node.inputs:
            dashed = " [style=dashed]" if role == "control" else ""
            rows.append(f"  n{source} -> n{node.id}{dashed};")
    return "\n".join([*rows, "}"]) + "\n"


def mermaid(graph: Graph, level: str) -> str:
    """Mermaid: data edges drawn through, control edges dotted."""
    graph = condensed(graph, level)
    rows = ["flowchart TD"]
    for node in graph.nodes.values():
        label = escape(_label(node), quote=True).replace("\n", "<br/>").replace("`", "&#96;")
        rows.append(f'  n{node.id}["{label}"]')
        for source, role in node.inputs:
            rows.append(f"  n{source} {'-.->' if role == 'control' else '-->'} n{node.id}")
    return "\n".join(rows) + "\n"


def html(graph: Graph, level: str) -> str:
    """One page without anything from outside, in which calls open and close."""
    from tracepy.graph.page import page

    return page(graph, level)


def _label(node: Node) -> str:
    value = f"\n= {node.value[:60]}" if node.value is not None else ""
    return f"{PurePath(node.file).name}:{node.line} {_first(node.code)[:70]}{value}"


def _first(code: str) -> str:
    return code.partition("\n")[0].strip()
