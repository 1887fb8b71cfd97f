"""`search` as the loop sees it: what it proposes, and what it makes of verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracepy
from tracepy.optimizers import registry
from tracepy.optimizers.base import Task
from tracepy.optimizers.search.search import Search
from tracepy.optimizers.search.settings import Ablations
from tracepy.store import Store

PROGRAM = """def days(month, leap):
    if month == 2:
        if leap:
            total = 28
        else:
            total = 28
        return total
    if month in (4, 6, 9, 11):
        return 30
    return 31

def length(first, last, leap):
    total = 0
    for month in range(first, last):
        total += days(month, leap)
    return total
"""
TESTS = """import pytest
import calends

@pytest.mark.parametrize("first, last, wanted", [(1, 1, 31), (3, 4, 61), (6, 8, 92)])
def test_length(first, last, wanted):
    assert calends.length(first, last, False) == wanted

def test_nothing():
    assert calends.length(3, 2, False) == 0
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path.resolve()
    (folder / "pyproject.toml").write_text("")
    (folder / "calends.py").write_text(PROGRAM)
    (folder / "test_calends.py").write_text(TESTS)
    return folder


def repaired(
    project: Path, monkeypatch: pytest.MonkeyPatch, ablations: Ablations
) -> tuple[tracepy.Result, Search]:
    made: list[Search] = []

    def create(task: Task) -> Search:
        made.append(Search(task, ablations))
        return made[-1]

    monkeypatch.setitem(registry._OURS, "search", create)
    problem = tracepy.Problem(str(project / "calends.py"), project=project)
    tests = (str(project / "test_calends.py"),)
    result = tracepy.optimize(problem, pytest=tests, evaluations=120, sandbox="limits")
    return result, made[0]


def test_a_question_is_no_winner_and_spares_evaluations(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tracepy.optimizers.search.search._EDITS", 2
    )  # or the first batch repairs it
    result, _ = repaired(project, monkeypatch, Ablations())
    assert result.goal_reached
    assert "last + 1" in result.diff()
    store = Store.open(project)
    rows = store.evaluations(result.run)
    store.close()
    asked = [row for row in rows if row.note.startswith("asking")]
    reasons = [row.reason for row in rows if "line" in row.note]
    assert asked
    assert not any(row.complete for row in asked)
    assert any("of 3 failing and" in reason for reason in reasons)


@pytest.mark.parametrize("name", ["slice", "spectrum", "probing", "priors", "random"])
def test_an_ingredient_can_be_left_out(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ablations = Ablations(**{name: True})
    result, search = repaired(project, monkeypatch, ablations)
    assert search.ablations == ablations
    assert result.evaluations > 10 or result.goal_reached
