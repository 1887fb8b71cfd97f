"""Coarser views of a graph, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from tracepy.errors import UserError
from tracepy.graph import Graph
from tracepy.graph.levels import condensed, opened
from tracepy.recorder import record

Load = Callable[[str], ModuleType]


@pytest.fixture
def graph(load: Load) -> Graph:
    module = load("""
        def twice(x):
            y = x * 2
            return y
        def f(a):
            b = twice(a)
            c = twice(b)
            return b + c
        """)
    with record() as trace:
        module.f(1)
    return trace.graph()


def test_at_the_level_of_calls_a_node_is_a_call(graph: Graph) -> None:
    calls = condensed(graph, "call")
    assert [(n.function, n.value) for n in calls.nodes.values()] == [
        ("f", "6"), ("twice", "2"), ("twice", "4"),
    ]  # fmt: skip
    f, first, second = calls.nodes
    inputs = {n.id: [key for key, role in n.inputs if role == "data"] for n in calls.nodes.values()}
    assert set(inputs[second]) == {f, first} or set(inputs[second]) == {f}
    assert set(inputs[f]) == {first, second}
    assert [n.call for n in calls.nodes.values()] == [None, f, f]
    assert calls.outputs == [f]


def test_a_call_opens_to_what_ran_in_it(graph: Graph) -> None:
    calls = condensed(graph, "call")
    inside = opened(graph, "call", list(calls.nodes)[2])
    assert [n.code for n in inside.nodes.values()] == ["c = twice(b)", "x", "y = x * 2", "return y"]
    whole = [key for node in calls.nodes for key in opened(graph, "call", node).nodes]
    assert sorted(whole) == list(graph.nodes), "every node is in one call"
    assert list(opened(graph, "statement", 3).nodes) == [3]


def test_at_the_level_of_modules_a_node_is_a_module(
    load: Load, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    load("def h(x):\n    return x + 1\n", "sample_one")
    other = load("import sample_one\ndef g(x):\n    return sample_one.h(x)\n", "sample_two")
    with record() as trace:
        other.g(1)
    modules = condensed(trace.graph(), "module")
    assert [n.code for n in modules.nodes.values()] == ["sample_two", "sample_one"]
    assert len(condensed(graph, "module").nodes) == 1


def test_levels_and_nodes_that_are_not_there(graph: Graph) -> None:
    with pytest.raises(UserError, match="statement, call, module"):
        condensed(graph, "word")
    with pytest.raises(UserError, match="statement, call, module"):
        opened(graph, "word", 1)
    with pytest.raises(UserError, match="no node 999"):
        opened(graph, "call", 999)


def test_a_slice_has_levels_too(graph: Graph) -> None:
    cut = graph.slice(to="sample.py:6")
    assert [n.function for n in condensed(cut, "call").nodes.values()] == ["f", "twice", "twice"]
    assert Graph.from_json(condensed(cut, "call").to_json()).to_text() == cut.to_text("call")
