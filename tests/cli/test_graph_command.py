"""`tracepy graph`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracepy.cli.main import main
from tracepy.graph import Graph, Node


@pytest.fixture
def saved(tmp_path: Path) -> str:
    nodes = {
        0: Node(0, "assign", "/p/m.py", 1, 1, "<module>", code="x = 1", names=("x",), module="m"),
        1: Node(1, "assign", "/p/m.py", 2, 2, "<module>", code="y = 2", names=("y",), module="m"),
        2: Node(2, "return", "/p/m.py", 3, 3, "<module>", code="return x", module="m",
                inputs=[(0, "data")]),
    }  # fmt: skip
    file = tmp_path / "g.json"
    file.write_text(Graph(nodes, [2]).to_json())
    return str(file)


def test_the_whole_graph_and_a_slice(saved: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", saved]) == 0
    assert "y = 2" in capsys.readouterr().out
    assert main(["graph", saved, "--to", "m.py:3"]) == 0
    shown = capsys.readouterr().out
    assert "x = 1" in shown
    assert "y = 2" not in shown


@pytest.mark.parametrize("form", ["text", "json", "dot", "mermaid", "html"])
@pytest.mark.parametrize("level", ["module", "call", "statement"])
def test_forms_and_levels(
    saved: str, form: str, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", saved, "--format", form, "--level", level]) == 0
    shown = capsys.readouterr().out
    assert shown
    if form == "json":
        assert Graph.from_json(shown).outputs


def test_mistakes(saved: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    for arguments in ([str(tmp_path / "none.json")], [str(bad)], [saved, "--to", "m:nothing"]):
        assert main(["graph", *arguments]) == 2
        assert capsys.readouterr().err.startswith("tracepy: error: ")
