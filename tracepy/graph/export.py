"""A graph as text and as pictures, at three levels of detail."""

from __future__ import annotations

import json
from html import escape
from pathlib import PurePath
from typing import Literal, cast, get_args

from tracepy.errors import UserError
from tracepy.graph.model import Graph, Node

Level = Literal["statement", "call", "module"]
LEVELS = get_args(Level)
_HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Execution graph</title>
<style>
body {{ font: 14px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 70em; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ text-align: left; vertical-align: top; padding: .2em .8em; border-bottom: 1px solid #ddd; }}
code {{ white-space: pre-wrap; }}
tr.output {{ background: #eaf4ff; }}
tr:target {{ background: #fff3c4; }}
</style></head><body>
<h1>Execution graph</h1>
<p>{summary}</p>
<table><thead><tr><th>#</th><th>where</th><th>code</th><th>value</th><th>depends on</th></tr></thead>
<tbody>
{rows}
</tbody></table></body></html>
"""


def condensed(graph: Graph, level: str) -> Graph:
    """The graph with the nodes of one call, or of one module, drawn together.

    Raises:
        UserError: there is no such level.
    """
    if level not in LEVELS:
        raise UserError(f"there is no level {level!r}: choose from {', '.join(LEVELS)}")
    level = cast(Level, level)
    if level == "statement":
        return graph
    owner: dict[int, int] = {}
    groups: dict[object, int] = {}
    nodes: dict[int, Node] = {}
    entries = {node.call for node in graph.nodes.values()}
    for node in graph.nodes.values():
        call = node.id if node.id in entries else node.call
        key: object = (node.module, node.file) if level == "module" else (call, node.file)
        if key not in groups:
            groups[key] = node.id
            nodes[node.id] = Node(
                node.id, "call", node.file, node.line, node.end_line, node.function,
                code=(node.module or node.file) if level == "module" else node.function,
                module=node.module,
            )  # fmt: skip
        owner[node.id] = groups[key]
        if node.id in graph.outputs or node.kind == "return":
            nodes[groups[key]].value = node.value
    for node in graph.nodes.values():
        target = nodes[owner[node.id]]
        for source, role in node.inputs:
            edge = (owner[source], role)
            if edge[0] != target.id and edge not in target.inputs:
                target.inputs.append(edge)
    outputs = list(dict.fromkeys(owner[key] for key in graph.outputs))
    return Graph(nodes, outputs, graph.error, graph.complete, graph.dropped)


def text(graph: Graph, level: str) -> str:
    """What ran, in order: each line names what it made, from what, and the value it got."""
    graph = condensed(graph, level)
    rows = []
    for node in graph.nodes.values():
        sources = ", ".join(f"n{key}" for key, role in node.inputs if role == "data")
        given = ", ".join(f"n{key}" for key, role in node.inputs if role == "control")
        value = f" = {node.value}" if node.value is not None else ""
        names = "/".join(node.names)
        made = f"n{node.id}" + (f" {names}" if names else "")
        when = f" if {given}" if given else ""
        rows.append(
            f"{made}{value}  <- {node.kind}({sources}){when}"
            f"  # {PurePath(node.file).name}:{node.line} {_first(node.code)}"
        )
    if graph.outputs:
        rows.append(f"output: {', '.join(f'n{key}' for key in graph.outputs)}")
    if graph.error:
        rows.append(f"error: {graph.error}")
    if not graph.complete:
        rows.append("incomplete: more happened than the budget of events has room for")
    rows += [f"recorded only in part: {place}" for place in graph.dropped]
    return "\n".join(rows) + "\n"


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
    """One page without anything from outside: a table whose references are links."""
    graph = condensed(graph, level)
    rows = []
    for node in graph.nodes.values():
        links = " ".join(f'<a href="#n{key}" title="{role}">{key}</a>' for key, role in node.inputs)
        mark = ' class="output"' if node.id in graph.outputs else ""
        rows.append(
            f'<tr id="n{node.id}"{mark}><td>{node.id}</td>'
            f"<td>{escape(PurePath(node.file).name)}:{node.line}<br>{escape(node.function)}</td>"
            f"<td><code>{escape(node.code)}</code></td>"
            f"<td><code>{escape(node.value or '')}</code></td><td>{links}</td></tr>"
        )
    summary = f"{len(graph.nodes)} nodes."
    if graph.error:
        summary += f" Ended by {graph.error}."
    if not graph.complete:
        summary += " Incomplete: more happened than the budget of events has room for."
    return _HTML.format(summary=escape(summary), rows="\n".join(rows))


def _label(node: Node) -> str:
    value = f"\n= {node.value[:60]}" if node.value is not None else ""
    return f"{PurePath(node.file).name}:{node.line} {_first(node.code)[:70]}{value}"


def _first(code: str) -> str:
    return code.partition("\n")[0].strip()
