"""What the shop expects of its invoices."""

from datetime import date

import pytest
from invoice import Invoice, Line, euros, reminder


@pytest.fixture
def invoice():
    """100.00 EUR of pencils and 50.00 EUR of books, due on Wednesday, 15 May 2024."""
    lines = [Line("pencils", 8, 1250), Line("books", 2, 2500, reduced_tax=True)]
    return Invoice("2024-17", date(2024, 5, 1), lines)


@pytest.mark.parametrize(
    ("quantity", "discount"), [(9, 0), (10, 50), (49, 245), (50, 500), (100, 1500)]
)
def test_quantity_discount(quantity, discount):
    assert Line("pencils", quantity, 100).discount() == discount


def test_total_holds_both_rates_of_tax(invoice):
    assert invoice.net() == 15000
    assert invoice.total() == 15000 + 1900 + 350


def test_due_after_two_weeks(invoice):
    assert invoice.due() == date(2024, 5, 15)


def test_due_moves_from_the_weekend_to_monday():
    assert Invoice("1", date(2024, 5, 4)).due() == date(2024, 5, 20)
    assert Invoice("2", date(2024, 5, 5)).due() == date(2024, 5, 20)


def test_no_fee_until_the_due_day(invoice):
    assert invoice.late_fee(date(2024, 5, 2)) == 0
    assert invoice.late_fee(date(2024, 5, 15)) == 0


def test_late_fee_counts_every_month_begun(invoice):
    assert invoice.late_fee(date(2024, 5, 16)) == 500 + 172
    assert invoice.late_fee(date(2024, 6, 14)) == 500 + 172
    assert invoice.late_fee(date(2024, 6, 15)) == 500 + 345


def test_reminder_before_the_due_day(invoice):
    assert reminder(invoice, date(2024, 5, 15)) == "Invoice 2024-17 is due on 2024-05-15."


def test_euros():
    assert euros(123456) == "1,234.56 EUR"
    assert euros(5) == "0.05 EUR"
