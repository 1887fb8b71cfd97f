"""croniter.match() at the last microseconds of a minute."""

from datetime import datetime

import pytest
from croniter import croniter


@pytest.mark.parametrize("microsecond", [0, 1, 500_000, 999_999])
def test_a_time_inside_the_minute_matches(microsecond):
    assert croniter.match("31 17 * * *", datetime(2019, 1, 14, 17, 31, 0, microsecond))


def test_the_very_end_of_the_minute_matches():
    assert croniter.match("31 17 * * *", datetime(2019, 1, 14, 17, 31, 59, 999_999))


def test_the_next_minute_does_not():
    assert not croniter.match("31 17 * * *", datetime(2019, 1, 14, 17, 32))


def test_the_end_of_the_minute_before_does_not():
    assert not croniter.match("31 17 * * *", datetime(2019, 1, 14, 17, 30, 59, 999_999))


def test_every_minute_always_matches():
    assert croniter.match("* * * * *", datetime(2019, 1, 14, 10, 59, 59, 999_999))
