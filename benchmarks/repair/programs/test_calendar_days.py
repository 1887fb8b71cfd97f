import calendar_days
import pytest


@pytest.mark.parametrize(
    ("year", "leap"), [(2023, False), (2024, True), (1900, False), (2000, True)]
)
def test_leap(year, leap):
    assert calendar_days.leap(year) == leap


@pytest.mark.parametrize(
    ("year", "month", "days"), [(2023, 1, 31), (2023, 4, 30), (2024, 2, 29), (2023, 12, 31)]
)
def test_length(year, month, days):
    assert calendar_days.length(year, month) == days


@pytest.mark.parametrize(
    ("date", "day"), [((2023, 1, 1), 1), ((2023, 3, 1), 60), ((2024, 12, 31), 366)]
)
def test_day_of_year(date, day):
    assert calendar_days.day_of_year(*date) == day


@pytest.mark.parametrize(
    ("date", "count", "later"),
    [
        ((2023, 1, 31), 1, (2023, 2, 28)),
        ((2023, 11, 15), 3, (2024, 2, 15)),
        ((2024, 1, 10), -1, (2023, 12, 10)),
    ],
)
def test_add_months(date, count, later):
    assert calendar_days.add_months(*date, count) == later
