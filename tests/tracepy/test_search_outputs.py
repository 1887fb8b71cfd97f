"""What failing cases say of what came out and what was wanted."""

from __future__ import annotations

from typing import Any

import pytest

from tracepy.evaluation.records import Case, Evaluation
from tracepy.optimizers.search.outputs import differences


def told(text: str, score: float = 0.0) -> tuple[Any, ...]:
    return differences(Evaluation("ok", 0.0, "", (Case("one", score, text),)))


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("E   assert 0 == 10\nE    +  where 0 = discount(250)", [(0, 10)]),
        ("E   assert 10 == 0\nE    +  where 0 = discount(250)", [(0, 10)]),
        ("E   AssertionError: assert 'a b' == 'a  b'\nE     \nE     - a  b", [("a b", "a  b")]),
        ("E   AssertionError: 3 != 4", [(3, 4)]),
        ("E   AssertionError: 3 != 4 : of the second", [(3, 4)]),
        ("E   assert [1, 2] == [1, 3]", [(2, 3)]),
        ("E   assert {'a': [1, 'x']} == {'a': [2, 'y']}", [(1, 2), ("x", "y")]),
        ("E   assert (1, 2) == (1,)", [((1, 2), (1,))]),
        ("got 3, expected 4", [(3, 4)]),
        ("Expected:\n    4\nGot:\n    3\n", [(3, 4)]),
    ],
)
def test_pairs_of_plain_values(text: str, pairs: list[Any]) -> None:
    assert list(told(text)) == pairs


@pytest.mark.parametrize(
    "text",
    [
        "E   assert <A object> == 3",
        "E   assert 'aaaa...aaab' == 'aaaa...aaac'",
        "E   assert f(3)",
        "E   KeyError: 'x'",
        "E   assert " + "[" * 500 + " == 1",
        "",
    ],
)
def test_what_is_not_plain_says_nothing(text: str) -> None:
    assert told(text) == ()


def test_a_hostile_text_is_read_without_a_word(recwarn: pytest.WarningsRecorder) -> None:
    for text in ("'\\d' == '\\w'", "{[]} == {1}", "9" * 1900 + " == 1", "(" * 900 + " == 1"):
        told(f"E   assert {text}")
    assert not recwarn.list


def test_what_passes_says_nothing() -> None:
    assert told("E   assert 0 == 10", score=1.0) == ()


def test_no_more_pairs_than_anybody_can_use() -> None:
    assert len(told(f"E   assert {list(range(100))} == {list(range(1, 101))}")) == 24
