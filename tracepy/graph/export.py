"""A graph as text and as pictures, at three levels of detail."""

from __future__ import annotations

import json
from html import escape
from pathlib import PurePath

from tracepy.graph.columns import BITS
from tracepy.graph.levels import LEVELS, condensed
from tracepy.graph.model import Graph, Node, Nodes

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
    rows = [_line(node) for node in graph.nodes.values()]
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


def _line(node: Node) -> str:
    assumed = set(node.assumed)
    sources = ", ".join(
        f"n{key}{'?' if key in assumed else ''}" for key, role in node.inputs if role == "data"
    )
    given = ", ".join(f"n{key}" for key, role in node.inputs if role == "control")
    value = f" = {node.value}" if node.value is not None else ""
    names = "/".join(node.names)
    made = f"n{node.id}" + (f" {names}" if names else "")
    when = f" if {given}" if given else ""
    note = f" ({node.note})" if node.note else ""
    where = f"{PurePath(node.file).name}:{node.line}"
    return f"{made}{value}  <- {node.kind}({sources}){when}  # {where} {_first(node.code)}{note}"


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
            for edge in columns.of(row):
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
