"""What models cost, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.store import Spent
from tracepy.transcript import bill
from tracepy.words import money


@pytest.mark.parametrize(
    ("dollars", "words"),
    [
        (0.0, "$0"), (1e-9, "$0.000001"), (0.00314, "$0.0031"), (0.005, "$0.005"), (0.00999, "$0.01"),
        (0.12, "$0.12"), (0.1, "$0.10"), (1234.5, "$1,234.50"),
    ],
)  # fmt: skip
def test_money(dollars: float, words: str) -> None:
    assert money(dollars) == words


@given(st.floats(1e-6, 1e6))
def test_money_is_near_what_it_says(dollars: float) -> None:
    assert float(money(dollars)[1:].replace(",", "")) == pytest.approx(dollars, rel=0.07, abs=1e-6)


def test_what_is_not_known_is_said_to_be() -> None:
    paid, own = Spent(10, 30_000, 4_000, 0.12), Spent(2, 500, 67, None)
    assert bill({}) == ""
    assert bill({"a": Spent(1, 1, 0, 0.0)}) == "1 call, 1 token, $0"
    assert bill({"a": paid}) == "10 calls, 34,000 tokens, $0.12"
    assert bill({"ollama/b": own}) == "2 calls, 567 tokens, cost unknown"
    assert bill({"a": paid, "ollama/b": own}) == (
        "12 calls, 34,567 tokens, $0.12 and what is not known: the price of ollama/b"
    )
    assert paid + own == Spent(12, 30_500, 4_067, None) and paid + Spent() == paid
