"""Examples that an objective states: read from data, tests, failures and docstrings, never run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracepy.evaluation.records import Case, Evaluation
from tracepy.objective import Objective
from tracepy.objective.wanted import Example, wanted
from tracepy.transforms.source import Source

MODULE = '''
def f(a, b=2):
    """Add.

    >>> f(40, 2)
    42
    """
    return 0


def g(x):
    return None
'''


def read(tmp_path: Path, objective: Objective, *cases: Case) -> list[Example]:
    source = Source(MODULE, str(tmp_path / "shop.py"))
    baseline = Evaluation("ok", 0.0, cases=cases)
    originals, modules = {source.path: source}, {source.path: "shop"}
    return list(wanted(objective, baseline, originals, modules, tmp_path))


def from_tests(tmp_path: Path, text: str, *names: str, said: str = "") -> list[tuple[Any, ...]]:
    (tmp_path / "test_shop.py").write_text(text)
    cases = [Case(f"test_shop.py::{name}", 0.0, said) for name in names]
    found = read(tmp_path, Objective("pytest", "pytest", {"args": []}), *cases)
    return [(x.function, x.args, dict(x.kwargs), x.expected) for x in found]


def test_assertions_that_compare_a_call_with_a_value(tmp_path: Path) -> None:
    text = """
import pytest
import shop as s
from shop import f, g as other

LIMIT = 3

def test_one():
    given = [1, 2]
    result = f(1, b=LIMIT)
    assert result == 4
    assert 7 == s.f(*given)
    assert other(given) is None and not other("x")
    assert f(0.1, 0.2) == pytest.approx(0.3)
    for a, want in [(1, 3), (2, 4)]:
        assert f(a) == want
    assert f(unknown()) == 3
    with pytest.raises(ValueError):
        assert f(9) == 9
"""
    assert from_tests(tmp_path, text, "test_one") == [
        ("shop:f", (1,), {"b": 3}, 4),
        ("shop:f", (1, 2), {}, 7),
        ("shop:g", ([1, 2],), {}, None),
        ("shop:g", ("x",), {}, False),
        ("shop:f", (0.1, 0.2), {}, 0.3),
        ("shop:f", (1,), {}, 3),
        ("shop:f", (2,), {}, 4),
    ]


def test_parametrized_tests_and_test_classes(tmp_path: Path) -> None:
    text = """
import pytest, unittest
from shop import f

class TestF(unittest.TestCase):
    def test_it(self):
        self.assertEqual(f(1), 3)

@pytest.mark.parametrize("a, want", [(5, 7), pytest.param(6, 8, id="six")])
def test_many(a, want):
    assert f(a) == want
"""
    names = ("TestF::test_it", "test_many[5-7]", "test_many[six]")
    assert [x[1:] for x in from_tests(tmp_path, text, *names)] == [
        ((1,), {}, 3),
        ((5,), {}, 7),
        ((6,), {}, 8),
    ]


def test_only_cases_of_the_baseline_count(tmp_path: Path) -> None:
    """What was not selected may be what is held out."""
    text = """
import pytest
from shop import f

def test_seen():
    assert f(1) == 3

def test_unseen():
    assert f(2) == 4

@pytest.mark.parametrize("a, want", [(5, 7), (6, 8)])
def test_half(a, want):
    assert f(a) == want
"""
    found = from_tests(tmp_path, text, "test_seen", "test_half[5-7]")
    assert [x[1] for x in found] == [(1,)]


def test_what_a_failed_comparison_says(tmp_path: Path) -> None:
    text = "from shop import f\ndef test_it():\n    assert f(*made()) == made()\n"
    said = "E   assert 0 == 31\nE    +  where 0 = f(10, 21)"
    found = from_tests(tmp_path, text, "test_it", said=said)
    assert found == [("shop:f", (10, 21), {}, 31)]


def test_doctests(tmp_path: Path) -> None:
    found = read(tmp_path, Objective("doctest", "doctests", {"modules": ["shop"]}))
    assert found == [Example("shop:f", (40, 2), {}, 42)]


def test_the_lines_of_a_data_set_that_the_search_is_judged_by(tmp_path: Path) -> None:
    rows = [{"args": [n], "expected": n + 2} for n in range(4)]
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    spec = {
        "file": str(tmp_path / "data.jsonl"),
        "call": {"module": "shop", "function": "f"},
        "metric": "exact",
        "rows": [0, 2],
    }
    found = read(tmp_path, Objective("dataset", "data", spec))
    assert found == [Example("shop:f", (0,), {}, 2), Example("shop:f", (2,), {}, 4)]
