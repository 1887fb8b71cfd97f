"""What edits would change, asked while a program runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tracepy.recorder import infection
from tracepy.recorder.infection import BROKEN, SAME, SO_FAR, UNKNOWN, Questions


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infection, "_case", type(infection._case)())
    infection.begin("case")


def answer(one: str, other: str, *turns: dict[str, Any], truth: bool = False) -> str:
    questions = Questions({0: [(one, other, truth)]})
    for names in turns:
        questions.see(0, names, {})
    return questions.answers()["case"]["0"][0]


def test_equal_values_are_the_same_and_others_are_not() -> None:
    assert answer("x", "y", {"x": 1, "y": 1}) == SAME
    assert answer("x", "y", {"x": 1, "y": 1}, {"x": 1, "y": 2}) == "1"
    assert answer("x", "y", {"x": 1, "y": 1.0}) == "1"
    assert answer("x", "y", {"x": 1, "y": 1.0}, truth=True) == SAME


def test_an_equal_list_is_not_the_list() -> None:
    assert answer("x", "list(x)", {"x": [1]}) == "1"
    assert answer("list(x)", "x[:]", {"x": [1]}) == SAME


def test_methods_are_the_same_where_their_objects_are() -> None:
    one: list[int] = []
    assert answer("x.append", "y.append", {"x": one, "y": one}) == SAME
    assert answer("x.append", "y.append", {"x": one, "y": []}) == "1"
    assert answer("x.strip().lower", "x.lower", {"x": "a"}) == SAME


def test_an_edit_that_raises_breaks_what_did_not() -> None:
    assert answer("x", "x + y", {"x": 1, "y": "a"}) == BROKEN
    assert answer("x + y", "x - y", {"x": 1, "y": "a"}) == SAME
    assert answer("x + y", "x", {"x": 1, "y": "a"}) == "1"


def test_edits_with_equal_values_have_one_answer() -> None:
    questions = Questions({0: [("x", "x + 1", False), ("x", "1 + x", False), ("x", "2", False)]})
    questions.see(0, {"x": 1}, {})
    questions.see(0, {"x": 2}, {})
    assert questions.answers() == {"case": {"0": ["1", "1", "2"]}}


class Counter:
    """An object that notices whatever is done to it."""

    def __init__(self) -> None:
        self.count = 0

    def __add__(self, other: object) -> int:
        self.count += 1
        return self.count

    def get(self, key: object) -> int:
        self.count += 1
        return self.count


def numbers() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    "text", ["x + 1", "x.get(1)", "list(y)", "len(z)", "w * 9999999", "2 ** v"]
)
def test_what_could_change_something_or_take_long_is_not_evaluated(text: str) -> None:
    x, y = Counter(), numbers()
    assert (
        answer("0", text, {"x": x, "y": y, "len": x.get, "z": 1, "w": "a", "v": 10**9}) == UNKNOWN
    )
    assert x.count == 0
    assert list(y) == [1]


def test_after_many_turns_same_means_so_far() -> None:
    assert answer("x", "y", *[{"x": 1, "y": 1}] * 1000) == SO_FAR


def test_a_case_that_takes_too_long_has_no_answers() -> None:
    questions = Questions({site: [("x", "y", False)] * 1000 for site in range(300)})
    for site in range(300):
        questions.see(site, {"x": 1, "y": 1}, {})
    assert questions.answers() == {}


def test_nothing_is_seen_outside_a_case_and_of_late_cases() -> None:
    for number in range(20):
        infection.begin(f"case {number}")
    see = infection.ask({3: [("1", "2", False)]})
    assert see(3, {}, {}) is False
    assert infection.answers() == {}
