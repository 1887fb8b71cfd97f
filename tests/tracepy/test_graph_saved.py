"""Graphs as files: they come back as they were, and what is damaged is said."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.errors import UserError
from tracepy.graph import Graph, Node
from tracepy.graph.saved import schema
from tracepy.graph.written import pieces, save
from tracepy.recorder import record

Load = Callable[[str], ModuleType]
ROOT = Path(__file__).parents[2]

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph whose edges go back."""
    count = draw(st.integers(0, 12))
    step = draw(st.sampled_from([1, 3]))
    nodes = {}
    for position in range(count):
        before = st.integers(0, max(0, position - 1)).map(lambda number: number * step)
        inputs = draw(st.lists(st.tuples(before, st.sampled_from(["data", "control"])), max_size=3))
        nodes[position * step] = Node(
            position * step, draw(st.sampled_from(["assign", "call", "loop", "return"])),
            draw(texts), draw(st.integers(1, 9)), draw(st.integers(1, 9)), draw(texts),
            draw(st.none() | before) if position else None, draw(texts),
            tuple(draw(st.lists(texts, max_size=2))), draw(st.none() | texts),
            list(dict.fromkeys(inputs)) if position else [], draw(st.none() | texts), draw(texts),
            draw(texts),
        )  # fmt: skip
    outputs = draw(st.lists(st.sampled_from(sorted(nodes)), max_size=2)) if nodes else []
    return Graph(nodes, outputs, draw(st.none() | texts), draw(st.booleans()), draw(st.lists(texts)),
                 draw(st.dictionaries(texts, texts, max_size=2)))  # fmt: skip


@given(graphs())
def test_any_graph_comes_back_as_it_was(graph: Graph) -> None:
    text = graph.to_json()
    again = Graph.from_json(text)
    assert list(again.nodes.values()) == list(graph.nodes.values())
    assert again.to_json() == text
    shuffled = json.dumps(json.loads(text), sort_keys=True, indent=1)  # not a line of ours in it
    assert Graph.from_json(shuffled).to_json() == text


def test_what_is_no_run_of_its_statement_comes_back_as_such(load: Load) -> None:
    module = load("""
        def f(number):
            total = 0
            if number > 2:
                total = number
            return total
        """)
    with record() as trace:
        module.f(5)
    whole = trace.graph()
    again = Graph.from_json(whole.to_json())
    stands = [
        [graph.nodes.columns.places[number].stands for number in graph.nodes.columns.place]
        for graph in (whole, again)
    ]
    assert stands[0] == stands[1]
    assert not all(stands[0])


def recorded(load: Load) -> Graph:
    module = load("""
        RATE = 3
        def f(a):
            out = []
            for i in range(a):
                out.append(i * RATE)
            return out
        """)
    with record() as trace:
        module.f(4)
    return trace.graph()


def test_a_recorded_graph_slices_the_same_after_the_file(load: Load, tmp_path: Path) -> None:
    graph = recorded(load)
    file = tmp_path / "graph.json"
    save(graph, file)
    again = Graph.from_json(file.read_bytes())
    assert again.slice().to_json() == graph.slice().to_json()
    cut = again.slice(to="sample:f", parameters=["sample:RATE"])
    assert cut.lines() == graph.slice(to="sample:f", parameters=["sample:RATE"]).lines()
    assert Graph.from_json(cut.to_json()).to_text() == cut.to_text()


def test_the_file_is_as_its_schema_says(load: Load) -> None:
    published = json.loads((ROOT / "docs" / "graph.schema.json").read_text())
    assert published == schema(), "docs/graph.schema.json: python -m tracepy.graph.saved writes it"
    data = json.loads(recorded(load).to_json())
    wanted = published["$defs"]["Row"]
    for row in data["nodes"]:
        assert row.keys() <= wanted["properties"].keys()
        assert set(wanted["required"]) <= row.keys()
        assert row["kind"] in wanted["properties"]["kind"]["enum"]
    assert data.keys() <= published["$defs"]["Saved"]["properties"].keys()


def damaged(load: Load, change: Callable[[dict[str, Any]], object]) -> str:
    data = json.loads(recorded(load).to_json())
    change(data)
    return json.dumps(data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(version=2), "version 2"),
        (lambda d: d.update(format="other"), 'no "format": "tracepy-graph"'),
        (lambda d: d["outputs"].append(999), "node 999"),
        (lambda d: d["nodes"][3]["inputs"].append([999, "data"]), "node 999"),
        (lambda d: d["nodes"][3].update(call=-5), "node -5"),
        (lambda d: d["nodes"][3].update(kind="word"), "word"),
        (lambda d: d["nodes"][3].update(id="x"), "id"),
        (lambda d: d["nodes"][3].update(id=1), "the same id"),
        (lambda d: d["nodes"][3].pop("line"), "line"),
        (lambda d: d["nodes"][3].update(line="x"), "line"),
        (lambda d: d.update(nodes=7), "nodes"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(
    load: Load, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        Graph.from_json(damaged(load, change))


def test_a_file_that_was_cut_short(load: Load) -> None:
    text = recorded(load).to_json()
    for size in range(30, len(text) - 1, 97):
        with pytest.raises(UserError, match=r"cut short|damaged"):
            Graph.from_json(text[:size])


def test_a_file_that_cannot_be_written_leaves_what_was_there(load: Load, tmp_path: Path) -> None:
    graph = recorded(load)
    file = tmp_path / "graph.json"
    file.write_text("before")
    if os.geteuid() == 0:
        with pytest.raises(OSError, match="No space left"):
            save(graph, Path("/dev/full"))
    else:
        tmp_path.chmod(0o500)
        with pytest.raises(OSError, match="denied"):
            save(graph, file)
        tmp_path.chmod(0o700)
    assert file.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".py"].count(
        "graph.json"
    ) == 1


def test_a_large_graph_is_written_in_pieces() -> None:
    nodes = {key: Node(key, "assign", "m.py", 1, 1, "f", code="x = 1") for key in range(45_000)}
    graph = Graph(nodes, [44_999])
    parts = list(pieces(graph))
    assert len(parts) > 3
    assert max(map(len, parts)) < sum(map(len, parts)) / 2
    assert len(Graph.from_json("".join(parts)).nodes) == 45_000


def test_sources_that_changed_since_are_known(load: Load, tmp_path: Path) -> None:
    graph = Graph.from_json(recorded(load).to_json())
    (path,) = graph.sources
    assert graph.changed() == []
    Path(path).write_text("RATE = 4\n")
    assert graph.changed() == [path]
    Path(path).unlink()
    assert graph.changed() == [path]
    assert graph.slice().sources == graph.sources
