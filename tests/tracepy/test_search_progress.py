"""How far a candidate has come that does not win."""

from __future__ import annotations

import pytest

from tracepy.evaluation.records import Case, Evaluation
from tracepy.optimizers.search.progress import LATER, OTHERWISE, PASSES, progress


def judged(*texts: str, score: float = 0.0) -> Evaluation:
    cases = tuple(Case(f"case {n}", score, text) for n, text in enumerate(texts))
    return Evaluation("ok", score, "", cases)


def failing(line: int, words: str) -> str:
    return f"../test_a.py:{line}: in test_a\n    assert f()\nE   {words}"


def test_a_case_that_passes_is_all_that_could_be_had() -> None:
    assert progress(judged("assert 1 == 2"), judged("", score=1.0)) == PASSES


def test_further_down_in_the_test() -> None:
    before, after = failing(3, "assert 1 == 2"), failing(4, "assert 5 == 9")
    assert progress(judged(before), judged(after)) == LATER
    assert progress(judged(after), judged(before)) == 0


@pytest.mark.parametrize(
    ("nearest", "nearer", "first"),
    [
        ("assert 99 == 100", "assert 50 == 100", "assert 0 == 100"),
        ("assert 'abcdx' == 'abcde'", "assert 'abxxx' == 'abcde'", "assert 'xxxxx' == 'abcde'"),
        ("assert [1, 2, 4] == [1, 2, 3]", "assert [1, 5, 9] == [1, 2, 3]", "assert [] == [1, 2, 3]"),
        ("assert {'a': 1, 'b': 2} == {'a': 1, 'b': 3}", "assert {'a': 1} == {'a': 1, 'b': 3}",
         "assert {} == {'a': 1, 'b': 3}"),
        ("assert {1, 2} == {1, 2, 3}", "assert {1} == {1, 2, 3}", "assert {7} == {1, 2, 3}"),
        ("assert (1, 2) == (1, 3)", "assert (1,) == (1, 3)", "assert None == (1, 3)"),
    ],
)  # fmt: skip
def test_what_comes_out_is_nearer(nearest: str, nearer: str, first: str) -> None:
    base = judged(failing(3, first))
    one, other = judged(failing(3, nearer)), judged(failing(3, nearest))
    assert OTHERWISE < progress(base, one) < progress(base, other) < PASSES


def test_an_error_that_the_edit_made_is_nothing_to_build_on() -> None:
    base = judged(failing(3, "assert 1 == 2"))
    assert progress(base, judged(failing(9, "NameError: name 'x' is not defined"))) == 0
    error = judged(failing(3, "TypeError: not 'a'"))
    assert progress(error, judged(failing(3, "TypeError: not 'b'"))) == OTHERWISE


def test_the_same_words_are_no_progress() -> None:
    base = judged(failing(3, "assert 1 == 2"))
    assert progress(base, base) == 0
    assert progress(base, Evaluation("ok", 0.0, "", ())) == 0


def test_numbers_of_any_size() -> None:
    base = judged(failing(3, f"assert {10**400} == 2"))
    assert progress(base, judged(failing(3, "assert 3.5 == 2"))) > OTHERWISE
