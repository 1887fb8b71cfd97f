"""Pragmas: what is understood, and what is said about the rest."""

import math

import pytest

from tracepy.errors import UserError
from tracepy.transforms.pragmas import Constraint, parse_constraint, pragmas
from tracepy.transforms.source import Source


def only(text: str):
    [pragma] = pragmas(Source(text, "m.py"))
    return pragma


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("train", Constraint()),
        ("train in [0, 1]", Constraint(0, 1)),
        ("train in [-1.5, 2e3]", Constraint(-1.5, 2000.0)),
        ("train in {16, 32, 64}", Constraint(choices=(16, 32, 64))),
        ("train in {'b', 'a'}", Constraint(choices=("b", "a"))),
        ("train log in [1e-5, 1]", Constraint(1e-5, 1, log=True)),
        ('train "at most 80 words"', Constraint(words="at most 80 words")),
        ('train in [0, 1] "small"', Constraint(0, 1, words="small")),
        ("train  # noqa: E501", Constraint()),
        ("train in [0, 1]  # noqa", Constraint(0, 1)),
    ],
)
def test_a_train_pragma_states_a_constraint(comment, expected):
    pragma = only(f"x = 1  # tracepy: {comment}\n")
    assert (pragma.verb, pragma.constraint, pragma.alone) == ("train", expected, False)


@pytest.mark.parametrize("verb", ["freeze", "instrument", "objective"])
def test_the_other_verbs_stand_alone(verb):
    assert only(f"# tracepy: {verb}\nx = 1\n").verb == verb


def test_a_pragma_on_its_own_line_is_alone():
    assert only("def f():\n    # tracepy: train\n    x = 1\n").alone


def test_a_pragma_may_follow_another_comment():
    pragma = only("x = 1  # type: ignore  # tracepy: train\n")
    assert (pragma.line, pragma.alone) == (1, False)


@pytest.mark.parametrize(
    "text",
    [
        's = "# tracepy: train"\n',
        "# In prose: write `# tracepy: trian` at the end of the line.\n",
        '"""\n# tracepy: nonsense\n"""\n',
        "# tracepy is fine\n",
    ],
)
def test_what_only_looks_like_a_pragma_is_none(text):
    assert pragmas(Source(text)) == []


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("trian", "no such verb 'trian'"),
        ("", "a verb is missing"),
        ("train in [0]", "a range is"),
        ("train in [1, 0]", "is empty"),
        ("train in [0, 'a']", "is not a number"),
        ("train in [0, 1", "is not a range"),
        ("train in {}", "a range is"),
        ("train log", "log needs a range"),
        ("train log in [0, 1]", "must begin above 0"),
        ("train between 1 and 2", "is not understood"),
        ("train in [0, True]", "is not a number"),
        ("freeze please", "nothing may follow"),
        ('train "unfinished', "is not a range, a choice or a string"),
    ],
)
def test_a_malformed_pragma_names_its_place_and_what_is_allowed(comment, why):
    with pytest.raises(UserError) as caught:
        pragmas(Source(f"\nx = 1  # tracepy: {comment}\n", "shop.py"))
    message = str(caught.value)
    assert message.startswith("shop.py:2: ")
    assert why in message
    assert "train log in [1e-5, 1]" in message


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_ast_counts_them(end):
    assert only(end.join(["a = 1", "\f", "b = 2  # tracepy: train", ""])).line == 3


@pytest.mark.parametrize(
    ("constraint", "value", "problem"),
    [
        (Constraint(0, 1), 0.5, None),
        (Constraint(0, 1), 1, None),
        (Constraint(0, 1), 1.5, "1.5 is not in [0, 1]"),
        (Constraint(0, 1), math.nan, "nan is not in [0, 1]"),
        (Constraint(0, 1), True, "True is not a number"),
        (Constraint(0, 1), "a", "'a' is not a number"),
        (Constraint(0, 1), [0.1, [2]], "2 is not in [0, 1]"),
        (Constraint(0, 1), {"a": 3}, "3 is not in [0, 1]"),
        (Constraint(low=0), -1, "-1 is not in [0, inf]"),
        (Constraint(choices=(1, 2)), 2, None),
        (Constraint(choices=(1, 2)), True, "True is not one of 1, 2"),
        (Constraint(choices=(1, 2)), 3, "3 is not one of 1, 2"),
        (Constraint(integer=True), 3, None),
        (Constraint(integer=True), 3.5, "3.5 is not a whole number"),
        (Constraint(words="at most 2 words"), "one two", None),
        (Constraint(words="at most 2 words"), "a b c", "has 3 words, at most 2 are allowed"),
        (
            Constraint(words="at most 4 characters"),
            "abcde",
            "has 5 characters, at most 4 are allowed",
        ),
        (Constraint(words="friendly"), "anything", None),
    ],
)
def test_a_constraint_says_what_is_wrong_with_a_value(constraint, value, problem):
    assert constraint.violation(value) == problem


@pytest.mark.parametrize(
    "text", ["", "in [0, 1]", "log in [0.001, 1]", "in {16, 'a'}", '"short"', 'in [0, 1] "short"']
)
def test_a_constraint_is_shown_as_it_is_written(text):
    assert str(parse_constraint(text)) == text
