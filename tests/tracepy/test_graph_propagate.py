"""Propagators: what an optimizer is shown of a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import ModuleType

import pytest

from tracepy.errors import UserError
from tracepy.graph import Graph
from tracepy.graph.columns import Place
from tracepy.graph.propagate import Condensed, MinimalSubgraph, propagator, unfolded
from tracepy.recorder import record

Load = Callable[[str], ModuleType]

LOOP = """
    RATE = 2
    OTHER = 5
    def price(n):
        return n * RATE
    def f(count):
        total = 0
        seen = OTHER
        for i in range(count):
            if i == 70:
                total += 1000
            total += price(i)
        return total + seen
    """


def graph_of(load: Load, count: int = 100) -> Graph:
    module = load(LOOP)
    with record() as trace:
        module.f(count)
    return trace.graph()


def test_the_minimal_subgraph_lies_between_parameters_and_output(load: Load) -> None:
    cut = MinimalSubgraph().propagate(graph_of(load), parameters=["sample:RATE"])
    (lines,) = cut.lines().values()
    assert lines == {1, 4, 10, 11, 12}


def test_a_condensed_graph_keeps_first_last_and_odd_ones(load: Load) -> None:
    whole = graph_of(load)
    small = Condensed(keep=2).propagate(whole)
    assert len(small.nodes) < len(whole.nodes) / 10
    assert small.lines() == whole.slice().lines(), "no statement is left out altogether"
    sums = [n for n in small.nodes.values() if n.code == "total += price(i)" and n.names]
    shown = [n.value for n in sums]
    assert shown[:2] == ["0", "2"]
    assert shown[-2:] == ["10702", "10900"]
    folded = [n for n in sums if n.note]
    assert [n.note for n in folded] == ["stands for 96 of them"]
    assert folded[0].value == "6 ... 10506"
    assert [n.value for n in small.nodes.values() if n.code == "total += 1000"] == ["5830"]


def test_how_many_nodes_a_condensed_graph_stands_for_can_be_told(load: Load) -> None:
    def counted(graph: Graph) -> Counter[Place]:
        columns, found = graph.nodes.columns, Counter[Place]()
        for row in graph.nodes.rows():
            place, number = unfolded(columns.places[columns.place[row]])
            found[place] += number
        return found

    cut = graph_of(load).slice()
    assert counted(Condensed().propagate(cut)) == counted(cut)


@pytest.mark.parametrize("number", ["", "abc", "-3", "9" * 5_000, "0x10"])
def test_a_note_that_tells_no_number_is_a_note(number: str) -> None:
    place = Place("assign", "f.py", "f", 1, 1, "f", "x = 1", note=f"stands for {number} of them")
    assert unfolded(place) == (place, 1)


def test_a_condensed_graph_hangs_together(load: Load) -> None:
    small = Condensed().propagate(graph_of(load))
    assert small.outputs
    assert len(small.slice().nodes) == len(small.nodes), "everything still reaches the output"
    again = Graph.from_json(small.to_json())
    assert again.to_text() == small.to_text()


def test_calls_that_fail_are_odd(load: Load) -> None:
    module = load("""
        def g(n):
            if n == 50:
                raise ValueError(n)
            return n
        def f(count):
            total = 0
            for i in range(count):
                try:
                    total += g(i)
                except ValueError:
                    total -= 1
            return total
        """)
    with record() as trace:
        module.f(100)
    small = Condensed().propagate(trace.graph())
    raised = [n for n in small.nodes.values() if n.kind == "raise" and n.function == "g"]
    assert [n.value for n in raised] == ["ValueError: 50"]


def test_recursion_folds(load: Load) -> None:
    module = load("""
        def fib(n):
            if n < 2:
                return n
            return fib(n - 1) + fib(n - 2)
        """)
    with record() as trace:
        module.fib(12)
    small = Condensed().propagate(trace.graph())
    assert len(small.nodes) < 40
    assert any("stands for" in n.note for n in small.nodes.values())


def test_a_small_graph_stays_as_it_is(load: Load) -> None:
    whole = graph_of(load, 3).slice()
    assert len(Condensed().propagate(whole).nodes) == len(whole.nodes)


def test_propagators_by_name() -> None:
    assert isinstance(propagator("condensed"), Condensed)
    with pytest.raises(UserError, match="minimal, condensed"):
        propagator("backprop")
    with pytest.raises(UserError, match="at least 1"):
        Condensed(keep=0)


def test_parameters_that_are_not_there_are_the_users_mistake(load: Load) -> None:
    with pytest.raises(UserError, match=r"sample:RATES.*Near it: sample:RATE"):
        Condensed().propagate(graph_of(load, 3), parameters=["sample:RATES"])
