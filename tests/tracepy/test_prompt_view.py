"""Views: what of a program and its run is kept to be shown, with a graph and without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tracepy.prompting import FIGURE, Load, recorded, task_of, tokens, verdict
from tracepy.errors import UserError
from tracepy.evaluation.records import TraceFacts
from tracepy.graph import Graph, Node
from tracepy.graph.propagate import Condensed
from tracepy.optimizers.base import Task
from tracepy.optimizers.generative.prompt import View, render, view

SHOP = '''
from math import floor

LIMIT = 3
RATE = 0.1  # tracepy: train


class Cart:
    """What someone buys."""

    count: int = 0

    def total(self, prices):
        """The sum, with tax."""
        gross = 0
        for price in prices:
            if price < 0:
                continue
            elif price > LIMIT:
                gross += half(price)
            else:
                gross += price
        return floor(gross * (1 + RATE))


def half(price):
    return price / 2


def objective():
    return Cart().total([1, 5, 7, 2])
'''


def shown(folder: Path, text: str, graph: Graph | None, **about: object) -> View:
    return view(task_of(folder, text, **about), {}, verdict(), graph=graph)


LONG = """
RATE = 2  # tracepy: train


def price(n):
    return n * RATE


def objective():
    total, seen = 0, []
    for i in range(300):
        total += price(i)
        seen.append(total)
    return sum(seen)
"""


def test_a_condensed_graph_shows_how_often_each_line_ran(tmp_path: Path, load: Load) -> None:
    graph = recorded(load, LONG)
    small = Graph.from_json(Condensed(12).propagate(graph).to_json())
    assert len(small.nodes) < len(graph.nodes) / 5
    whole, condensed = (
        {(one.name, line.number): line.runs for one in part.code for line in one.lines}
        for part in (shown(tmp_path, LONG, graph), shown(tmp_path, LONG, small))
    )
    assert condensed == whole
    assert whole["objective", 12] == 300


def test_lines_stand_under_what_they_stand_in(tmp_path: Path, load: Load) -> None:
    prompt = render(shown(tmp_path, SHOP, recorded(load, SHOP)), budget=9999, count=tokens)
    code = prompt[prompt.index("#Code") : prompt.index("#Documentation")]
    assert "objective():" in code
    assert code.index("def total(self, prices):  # in Cart") < code.index("floor(gross")
    assert "(float) sample:RATE=0.1" in prompt
    assert "from math import floor" in prompt


def test_values_from_outside_are_inputs(tmp_path: Path, load: Load) -> None:
    text = """
    def scale(xs, by):  # tracepy: train
        return [x * by for x in xs]

    def objective():
        xs = [1, 2]
        by = 3
        return sum(scale(xs, by))
    """
    found = shown(tmp_path, text, recorded(load, text))
    inputs = {each.name: each.texts for each in found.inputs}
    assert "3" in str(inputs)
    assert [each.texts for each in found.outputs] == [("9",)]
    assert not {each.name for each in found.inputs} & {each.name for each in found.others}


def test_a_graph_from_a_file_is_shown_as_the_one_in_memory(tmp_path: Path, load: Load) -> None:
    graph = recorded(load, SHOP)
    task = task_of(tmp_path, SHOP)
    saved = replace(verdict(), graph=graph.to_json())
    assert view(task, {}, saved) == view(task, {}, verdict(), graph=graph)


def test_without_a_graph_the_lines_that_ran_are_shown(tmp_path: Path) -> None:
    task = task_of(tmp_path, SHOP)
    [path] = task.originals
    facts = TraceFacts(
        cases={"a": {path: [12, 14, 15, 16, 18, 19, 22, 25, 26]}},
        values={path: {14: {"gross": ["0"]}, 15: {"price": ["1", "5"], "gross": ["1"]}}},
    )
    found = view(task, {}, replace(verdict(), trace=facts))
    assert [each.name for each in found.code] == ["Cart.total", "half"]
    assert [(each.name, each.texts) for each in found.others] == [
        ("gross@14", ("0",)),
        ("price@15", ("1", "5", None)),
    ]


def test_without_a_trace_the_functions_around_the_parameters_are_shown(tmp_path: Path) -> None:
    found = view(task_of(tmp_path, SHOP), {}, verdict(None))
    assert [each.name for each in found.code] == ["Cart.total"]
    assert "no score" in render(found, budget=9999, count=tokens)


def test_a_candidate_is_shown_with_its_own_text(tmp_path: Path, load: Load) -> None:
    task = task_of(tmp_path, FIGURE)
    [path] = task.originals
    text = task.originals[path].text.replace("X = -1.0", "X = 7.25")
    assert view(task, {path: text}, verdict()).variables[0].text == "7.25"


@pytest.mark.parametrize("limit", [150, 200, 300, 500, 1000])
def test_any_budget_is_kept(tmp_path: Path, load: Load, limit: int) -> None:
    lines = "\n".join(f"    v{n} = v{n - 1} + len('{'x' * n}')" for n in range(1, 120))
    text = f"START = 1  # tracepy: train\n\n\ndef objective():\n    v0 = START\n{lines}\n    return v119\n"
    found = shown(tmp_path, text, recorded(load, text), context="Reach 9.")
    prompt = render(found, budget=limit, count=tokens)
    assert limit * 0.7 < tokens(prompt) <= limit
    assert "(int) sample:START=1" in prompt


TEXTS = st.sampled_from(["x", "#Code", "a\nb", "'\u202e'", "1.5", "nan", "<Foo>", "```"])


@st.composite
def graphs(draw: st.DrawFn, file: str) -> Graph:
    """Graphs of the shop's file that no run would leave."""
    nodes = {}
    for key in range(draw(st.integers(0, 10))):
        before = st.integers(0, max(0, key - 1))
        inputs = draw(st.lists(st.tuples(before, st.sampled_from(["data", "control"])), max_size=3))
        nodes[key] = Node(
            key, draw(st.sampled_from(["assign", "call", "loop", "return", "argument", "global"])),
            file, draw(st.integers(-1, 40)), 9, draw(st.sampled_from(["half", "<module>", "?"])),
            draw(st.none() | before) if key else None, draw(TEXTS),
            tuple(draw(st.lists(TEXTS, max_size=2))), draw(st.none() | TEXTS),
            list(dict.fromkeys(inputs)) if key else [],
            draw(st.none() | st.just("sample:RATE")), "sample", "",
        )  # fmt: skip
    outputs = draw(st.lists(st.sampled_from(sorted(nodes)), max_size=2)) if nodes else []
    return Graph(nodes, outputs, draw(st.none() | TEXTS))


@pytest.fixture
def shop(tmp_path: Path) -> Callable[[], Task]:
    task = task_of(tmp_path, SHOP)
    return lambda: task


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_graph_can_be_shown(shop: Callable[[], Task], data: st.DataObject) -> None:
    task = shop()
    graph = data.draw(graphs(next(iter(task.originals))))
    found = view(task, {}, verdict(), graph=graph)
    assert len(found.variables) == 1
    budget = data.draw(st.integers(80, 600))
    try:
        assert tokens(render(found, budget=budget, count=tokens)) <= budget
    except UserError:
        assert budget < 200
