"""The Trace Oracle: feedback and graph of one evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracepy
from tracepy.errors import BaselineError, UserError

SHOP = """\
RATE = 0.2
def tax(price):
    return price * RATE
def total(price):
    unused = price - 1
    return price + tax(price)
"""
JUDGE = """\
import shop
import tracepy
def score():
    wrong = abs(shop.total(10) - 13)
    return tracepy.Feedback(score=-wrong, text=f"off by {wrong:.1f}")
def nothing():
    return 1.0
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "judge.py").write_text(JUDGE)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_traced_evaluation_gives_feedback_and_graph(project: Path) -> None:
    problem = tracepy.Problem("shop.py", "judge:score", context="prices with tax")
    feedback, graph = problem.trace(sandbox="limits")
    assert (feedback.score, feedback.text) == (-1.0, "off by 1.0")
    (lines,) = graph.slice().lines().values()
    assert lines == {1, 3, 6}
    assert graph.slice(parameters=["shop:RATE"]).outputs == graph.slice().outputs


def test_a_candidate_is_evaluated_without_touching_the_file(project: Path) -> None:
    problem = tracepy.Problem("shop.py", "judge:score")
    changed = {str(project / "shop.py"): SHOP.replace("0.2", "0.3")}
    feedback, graph = problem.trace(changed, sandbox="limits")
    assert feedback.score == pytest.approx(0.0)
    assert "0.3" in {n.value for n in graph.nodes.values()} or "RATE = 0.3" in graph.to_text()
    assert (project / "shop.py").read_text() == SHOP


def test_what_cannot_be_traced_is_said(project: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        tracepy.Problem("shop.py", "judge:nowhere").trace(sandbox="limits")
    broken = {str(project / "shop.py"): "def total(price):\n    return 1 / 0\n"}
    with pytest.raises(BaselineError, match="ZeroDivisionError"):
        tracepy.Problem("shop.py", "judge:score").trace(broken, sandbox="limits")
