"""Numbers that follow from what two candidates gave."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tracepy.evaluation.records import Case, Evaluation
from tracepy.optimizers.base import Outcome, Proposal
from tracepy.optimizers.search.edits import Base
from tracepy.optimizers.search.secant import Secants

FILE = "m.py"
TEXT = "def f(x):\n    return x * {} + 2\n"


def judged(got: float, wanted: float) -> Evaluation:
    case = Case("one", float(got == wanted), f"E   assert {got!r} == {wanted!r}")
    return Evaluation("ok", case.score, "", (case,))


def follow(
    of: Callable[[float], float], first: str, second: str, wanted: float, text: str = TEXT
) -> list[str]:
    """The numbers that are tried after `first` and `second`, as far as they are followed."""
    base = Base({}, judged(of(float(first)), wanted), 0.0)
    sources = {FILE: text.format(second)}
    proposal, number = Proposal(sources, "", origin=base), second
    secants, tried = Secants({FILE: text.format(first)}), list[str]()
    while len(tried) < 20:
        outcome = Outcome(proposal, judged(of(float(number)), wanted), 0.0, len(tried))
        found = secants.observe([outcome])
        if not found:
            return tried
        (proposal,) = found
        before, after = text.split("{}")
        number = proposal.sources[FILE].removeprefix(before).removesuffix(after)
        tried.append(number)
    return tried


def test_a_line_is_followed_at_once() -> None:
    assert follow(lambda c: 400 + 100 * c, "1.2", "2.2", 550.0) == ["1.5"]


def test_whole_numbers_stay_whole() -> None:
    assert follow(lambda c: 3 * c, "7", "8", 300) == ["100"]


def test_a_curve_takes_some_steps() -> None:
    tried = follow(lambda c: round(c * c, 6), "2.0", "3.0", 12.25)
    assert 1 < len(tried) <= 5
    assert abs(float(tried[-1]) - 3.5) < 0.01


@pytest.mark.parametrize(
    ("of", "first", "second", "wanted"),
    [
        (lambda c: 5.0, "1", "2", 7.0),  # what comes out does not follow it
        (lambda c: c, "3", "2", -4.0),  # a sign is more than a number
        (lambda c: c / 1e9, "3", "2", 1e14),  # nobody writes such a number
    ],
)
def test_where_there_is_no_such_number(
    of: Callable[[float], float], first: str, second: str, wanted: float
) -> None:
    assert follow(of, first, second, wanted) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = a\n", "x = b\n"),
        ("x = a1\n", "x = a2\n"),
        ("x = 1\n", "x = y\n"),
        ("x = 1 + 2\n", "x = 3 + 4\n"),
        ("x = 0x10\n", "x = 0x11\n"),
    ],
)
def test_other_edits_are_left_alone(before: str, after: str) -> None:
    base = Base({FILE: before}, judged(1, 9), 0.0)
    outcome = Outcome(Proposal({FILE: after}, "", origin=base), judged(2, 9), 0.0, 1)
    assert Secants({}).observe([outcome]) == []
