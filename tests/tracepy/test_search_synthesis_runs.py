"""Stubs that become functions in whole runs: by tests, by a data set, by a score alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tracepy
from tracepy.store import Store


def optimize(folder: Path, **options: Any) -> tracepy.Result:
    (folder / "pyproject.toml").write_text("")
    problem = tracepy.Problem(str(folder / "stub.py"), project=folder)
    return tracepy.optimize(problem, seed=1, evaluations=400, **options)


def function(result: tracepy.Result, name: str) -> Any:
    names: dict[str, Any] = {}
    exec(result.changes[0].new.decode(), names)
    return names[name]


@pytest.mark.parametrize("body", ["return 0", "raise NotImplementedError", "...", "return a - a"])
def test_stubs_are_filled_from_tests(tmp_path: Path, body: str) -> None:
    (tmp_path / "stub.py").write_text(f"def f(a, b):\n    {body}\n")
    (tmp_path / "test_stub.py").write_text(
        "from stub import f\n"
        "def test_f():\n"
        "    assert f(3, 4) == 16\n"
        "    assert f(0, 2) == 2\n"
        "    assert f(5, 5) == 30\n"
        "    assert f(-2, 1) == -1\n"
    )
    result = optimize(tmp_path, pytest=(str(tmp_path / "test_stub.py"),))
    assert result.goal_reached
    assert function(result, "f")(7, 9) == 72


def test_two_stubs_of_one_module(tmp_path: Path) -> None:
    (tmp_path / "stub.py").write_text(
        "def total(prices): return 0\n\n\ndef shout(text):\n    ...\n"
    )
    (tmp_path / "test_stub.py").write_text(
        "import stub\n"
        "def test_total():\n"
        "    assert stub.total([1, 2]) == 3\n"
        "    assert stub.total([]) == 0\n"
        "def test_shout():\n"
        "    assert stub.shout('hey') == 'HEY!'\n"
        "    assert stub.shout('no') == 'NO!'\n"
    )
    result = optimize(tmp_path, pytest=(str(tmp_path / "test_stub.py"),))
    assert result.goal_reached
    assert function(result, "shout")("oh") == "OH!"
    assert function(result, "total")([5, 6, 7]) == 18


def test_a_stub_is_filled_from_a_data_set_and_what_is_held_out_is_not_looked_at(
    tmp_path: Path,
) -> None:
    (tmp_path / "stub.py").write_text("def f(text):\n    return None\n")
    rows = [{"input": text, "expected": text.split("-")[-1]} for text in
            ("a-b", "x", "one-two-three", "left-right", "p-q-r", "mid")]  # fmt: skip
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    result = optimize(
        tmp_path, dataset=str(tmp_path / "data.jsonl"), call="stub:f", validation="0.34"
    )
    assert result.goal_reached
    assert result.validation is not None
    assert result.validation.best == 1.0
    assert function(result, "f")("n-e-w") == "w"


def test_where_nothing_says_what_is_wanted_the_judge_decides(tmp_path: Path) -> None:
    (tmp_path / "stub.py").write_text("def f(name, n):\n    return 0\n")
    (tmp_path / "judge.py").write_text(
        "import stub\n"
        "CALLS = [('abc', 2), ('', 5), ('xy', 7)]\n"
        "def score():\n"
        "    return sum(stub.f(a, b) == len(a) + b for a, b in CALLS) / 3\n"
    )
    result = optimize(tmp_path, objective=f"{tmp_path / 'judge.py'}:score", goal=1.0)
    assert result.goal_reached
    assert function(result, "f")("abcd", 6) == 10


def test_a_proposal_says_how_it_was_found(tmp_path: Path) -> None:
    (tmp_path / "stub.py").write_text("def f(a):\n    return 0\n")
    (tmp_path / "test_stub.py").write_text(
        "from stub import f\ndef test_f():\n    assert f(3) == 9\n    assert f(4) == 12\n"
    )
    result = optimize(tmp_path, pytest=(str(tmp_path / "test_stub.py"),))
    with Store.open(tmp_path) as store:
        reasons = [row.reason for row in store.evaluations(result.run)]
    assert any("right on 2 of 2 examples" in reason for reason in reasons)
