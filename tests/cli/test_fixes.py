"""Other fixes, on a terminal."""

import click

from tracepy.cli.fixes import as_objects, told, warned
from tracepy.fixes import Difference, Fix

BEST = Fix(2, "line 4: `total` for `n`", 1.0, best=True)
OTHER = Fix(12, "line 4: `>=` for `>`", 1.0, alike=1, differs=(Difference("price(9)", "27", "18"),))


def lines(*fixes: Fix) -> list[str]:
    return [click.unstyle(line) for line in told(fixes, "last")]


def test_nothing_is_said_of_a_fix_that_is_alone():
    assert lines() == lines(BEST) == []
    assert list(warned([BEST])) == list(warned([])) == []


def test_another_one_is_named_with_what_tells_them_apart():
    first, *rest = lines(BEST, OTHER)
    assert "another fix" in first and "tracepy show last --candidate N" in first
    assert rest == ["  #12  line 4: `>=` for `>`  (and 1 alike)", "      price(9): 27, not 18"]


def test_several_are_counted():
    assert lines(BEST, OTHER, OTHER)[0].startswith("2 other fixes")


def test_long_outcomes_stay_on_one_line():
    long = Fix(3, "x", 1.0, differs=(Difference("f(1)", "a\n" * 100, "b"),))
    (line,) = lines(BEST, long)[2:]
    assert "\n" not in line and len(line) < 200


def test_a_fix_that_only_suits_the_tests_is_warned_of():
    suspect = Fix(2, "x", 1.0, best=True, warnings=("it makes a special case of 77",))
    (line,) = warned([suspect])
    assert "special case of 77" in line and "warning" in line
    assert any("special case of 77" in line for line in lines(BEST, suspect))


def test_json_has_all_of_them():
    assert [one["number"] for one in as_objects([BEST, OTHER])] == [2, 12]
