"""Values as source: they read back the same and look like what they replace."""

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.transforms.literals import render, same

leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)
LIKES = ["", "'a'", '"a"', "'''a'''", '"""a"""', "r'a'", "1", "[1, 2]", "1, 2", "('a'\n  'b')",
         "'a'\n  'b'", "{'a': 1}"]  # fmt: skip


@given(values, st.sampled_from(LIKES), st.sampled_from(["utf-8", "iso-8859-1", "ascii"]))
def test_every_value_reads_back_the_same(value, like, encoding):
    text = render(value, like, encoding)
    text.encode(encoding)
    assert same(ast.literal_eval(f"({text}\n)"), value)


@pytest.mark.parametrize(
    ("value", "like", "expected"),
    [
        (0.1 + 0.2, "0.3", "0.30000000000000004"),
        (1e-05, "1e-3", "1e-05"),
        (-math.inf, "0.0", "-1e999"),
        ("new", "'old'", "'new'"),
        ("new", '"old"', '"new"'),
        ("it's", "'old'", "'it\\'s'"),
        ("new", '"""old"""', '"""new"""'),
        ("a\nb\n", '"old"', '"""a\nb\n"""'),
        ("a\n", '"old\\n"', '"a\\n"'),
        (r"\d+", r"r'\w'", r"r'\d+'"),
        ('say "hi"', '"""old"""', '"""say "hi\\""""'),
        ("é", "'e'", "'é'"),
        ("new words", "'old '\n    'words'", "'new words'"),
        ([1, 5, 3], "[1,  2, # two\n 3,]", "[1,  5, # two\n 3,]"),
        ({"a": 2, "b": "x"}, "{'a': 1, 'b':  \"y\"}", "{'a': 2, 'b':  \"x\"}"),
        ((1, 3), "1, 2", "1, 3"),
        ((1, 2, 3), "1, 2", "(1, 2, 3)"),
        ((1,), "(1, 2)", "(1,)"),
        ([1, 2], "[1]", "[1, 2]"),
    ],
)
def test_the_style_of_the_old_literal_stays(value, like, expected):
    assert render(value, like) == expected


def test_a_long_text_in_pieces_stays_in_pieces():
    like = "'You are a careful player. '\n          'Answer with one move.'"
    new = (
        "You are a very careful player and never in a hurry. " * 2 + "Answer with two moves.\nStop."
    )
    text = render(new, like)
    assert ast.literal_eval(f"({text})") == new
    assert text.splitlines()[0].endswith(" '")
    assert all(line.startswith("          '") for line in text.splitlines()[1:])
    assert len(text.splitlines()) == 4


def test_characters_that_the_file_cannot_hold_are_escaped():
    assert render("€", "'e'", "iso-8859-1") == "'\\u20ac'"


@pytest.mark.parametrize("value", [math.nan, object(), set(), [math.nan], {1: object()}])
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(ValueError, match="cannot be written as a literal"):
        render(value)


def test_sameness_knows_types():
    assert same([1, {"a": (1.0,)}], [1, {"a": (1.0,)}])
    assert not same(1, True)
    assert not same(1, 1.0)
    assert not same(0.0, -0.0)
    assert not same((1,), [1])
