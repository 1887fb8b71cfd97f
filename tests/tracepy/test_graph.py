"""Graphs: saved, read back, sliced and shown."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

from tracepy.errors import UserError
from tracepy.graph import Graph, Node
from tracepy.hook import install
from tracepy.recorder import record


def chain(length: int, without: int | None = None) -> Graph:
    """Each node depends on the one before, but for one."""
    nodes = {
        key: Node(key, "assign", "/p/m.py", key + 1, key + 1, "f", code=f"x = {key}", module="m",
                  value=str(key), names=("x",), inputs=[(key - 1, "data")] if key and key != without else [])
        for key in range(length)
    }  # fmt: skip
    return Graph(nodes, [length - 1])


def test_json_goes_round() -> None:
    graph = chain(4).slice()
    again = Graph.from_json(graph.to_json())
    assert again.to_json() == graph.to_json()
    data = json.loads(graph.to_json())
    assert (data["format"], data["version"]) == ("tracepy-graph", 1)
    keys = {"id", "kind", "file", "line", "end_line", "function", "call", "code", "names"}
    assert keys | {"value", "inputs", "parameter"} <= data["nodes"][0].keys()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"format": "other", "version": 1}',
     '{"format": "tracepy-graph", "version": 1, "nodes": [], "outputs": [3]}',
     '{"format": "tracepy-graph", "version": 1, "nodes": [{"id": "x"}], "outputs": []}',
     "[" * 100_000],
)  # fmt: skip
def test_what_is_no_graph_is_the_users_mistake(text: str) -> None:
    with pytest.raises(UserError):
        Graph.from_json(text)


def test_long_chains_and_cycles_are_no_problem() -> None:
    nodes = dict(chain(50_000).nodes)
    nodes[0].inputs.append((49_999, "data"))
    graph = Graph(nodes, [49_999])
    assert len(graph.slice().nodes) == 50_000
    assert graph.slice().nearness()["/p/m.py"][50_000] == 1.0


def test_a_slice_leaves_out_what_comes_later_or_apart() -> None:
    graph = chain(10, without=5)
    assert graph.slice().lines() == {"/p/m.py": {6, 7, 8, 9, 10}}
    assert graph.slice(to="m.py:3").lines() == {"/p/m.py": {1, 2, 3}}
    assert graph.slice(to="/p/m.py:3").lines() == {"/p/m.py": {1, 2, 3}}


@pytest.mark.parametrize("spec", ["m.py:99", "other.py:1", "m:nothing", "nonsense"])
def test_an_unknown_criterion_is_the_users_mistake(spec: str) -> None:
    with pytest.raises(UserError, match="nothing in this graph"):
        chain(3).slice(to=spec)


def test_a_forward_slice_is_what_depends_on_something() -> None:
    graph = chain(10, without=5)
    assert list(graph.forward("m.py:3").nodes) == [2, 3, 4]
    assert graph.forward("m.py:3").outputs == []
    assert list(graph.forward("m.py:7").nodes) == [6, 7, 8, 9]
    assert graph.forward("m.py:7").outputs == [9]
    assert len(graph.forward("m:f").nodes) == 10
    with pytest.raises(UserError, match="nothing in this graph"):
        graph.forward("m:g")


@pytest.mark.parametrize(
    ("spec", "near"),
    [("m.py:14", "m.py:8, m.py:9, m.py:10"), ("n.py:3", "m.py"), ("m:g", "m:f"), ("mm:f", "m:f")],
)
def test_an_unknown_criterion_is_told_what_is_near(spec: str, near: str) -> None:
    with pytest.raises(UserError, match=f"Near it: {near}"):
        chain(10).slice(to=spec)


@pytest.mark.parametrize("level", ["statement", "call", "module"])
def test_every_level_shows_in_every_form(level: str) -> None:
    nodes = dict(chain(3).nodes)
    nodes[1].code, nodes[1].value = 'x = "<b>"\ny', "'<b>\"'"
    graph = Graph(nodes, [2])
    assert "output: n" in graph.to_text(level)
    assert graph.to_dot(level).startswith("digraph")
    assert graph.to_mermaid(level).startswith("flowchart")
    page = graph.to_html(level)
    assert page.startswith("<!doctype html>")
    assert "<b>" not in page


def test_an_unknown_level_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="statement, call, module"):
        chain(1).to_text("word")


def test_what_a_failing_test_prints_is_not_what_it_judged(tmp_path: Path) -> None:
    path = tmp_path / "shown.py"
    path.write_text(
        "class Box:\n"
        "    def __init__(self, x):\n"
        "        self.x = x\n"
        "    def __repr__(self):\n"
        "        return 'Box'\n"
        "def make():\n"
        "    return 7\n"
    )
    sys.path.insert(0, str(tmp_path))
    try:
        with install("shown"), record() as trace:
            shown = importlib.import_module("shown")
            shown.make()
            repr(shown.Box(1))
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("shown", None)
    lines = trace.graph().slice(everything=True).lines()[str(path)]
    assert 7 in lines
    assert 5 not in lines
