"""What `search` reads from the words of failing cases."""

from __future__ import annotations

from tracepy.evaluation.records import Case, Evaluation
from tracepy.optimizers.search.symptoms import awaited, raised, said

KEY = """../test_shop.py:4: in test_total
    assert total(["ann"]) == 3
           ^^^^^^^^^^^^^^
../shop.py:9: in total
    return sum(price(one) for one in names)
../shop.py:13: in price
    return PRICES[name]
E   KeyError: 'ann'"""

AWAITED = """test_shop.py:8: in test_nothing
    with pytest.raises(ValueError):
E   Failed: DID NOT RAISE ValueError"""


def judged(*cases: Case) -> Evaluation:
    return Evaluation("ok", 0.0, "", cases)


def test_the_line_of_the_module_that_raised() -> None:
    evaluation = judged(Case("one", 0.0, KEY))
    assert raised(evaluation, "/code/shop.py") == {13: frozenset({"KeyError"})}
    assert said(evaluation, "/code/shop.py") == {13: ("'ann'",)}
    assert raised(evaluation, "/code/other.py") == {}


def test_what_passes_says_nothing() -> None:
    evaluation = judged(Case("one", 1.0, KEY), Case("two", 1.0, AWAITED))
    assert raised(evaluation, "/code/shop.py") == {}
    assert awaited(evaluation) == ()


def test_exceptions_that_are_waited_for() -> None:
    assert awaited(judged(Case("one", 0.0, AWAITED), Case("two", 0.0, KEY))) == ("ValueError",)
