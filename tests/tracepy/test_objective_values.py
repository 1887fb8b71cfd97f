"""Answers cross as data: plain values whole, subclasses as their plain value, objects as no data."""

import json
import math
from collections import OrderedDict, namedtuple
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.objective.values import SIZE, NoData, decode, encode, missing


def sent(value):
    """A value as it arrives, and what of it does not come whole."""
    tree, rough = encode(value)
    return decode(json.loads(json.dumps(tree))), rough


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.fractions()
)
KEYS = st.none() | st.booleans() | st.integers() | st.text() | st.tuples(st.integers(), st.binary())
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(KEYS, inner)
        | st.sets(KEYS, max_size=1)  # their order may change
        | st.frozensets(KEYS, max_size=1)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_data_arrives_as_it_was(value):
    arrived, rough = sent(value)
    assert arrived == value
    assert repr(arrived) == repr(value)
    assert rough == ""


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(2**20_000, id="a large integer"),
        -(2**63),
        -0.0,
        math.inf,
        "\ud800",
        bytearray(b"x"),
        datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
        datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        date(2026, 1, 2),
        time(3, 4),
        timedelta(-1, 2, 3),
        Decimal("-0E-7"),
        {"dict": {"tuple": []}},
    ],
)
def test_odd_data_does_too(value):
    arrived, rough = sent(value)
    assert arrived == value
    assert type(arrived) is type(value)
    assert type(value) is int or repr(arrived) == repr(value)
    assert rough == ""


def test_nan_is_nan():
    assert math.isnan(sent(math.nan)[0])


class Text(str):
    def __str__(self):
        return "another"

    __repr__ = __str__

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Items(dict):
    def items(self):
        return [("b", 2)]


class Level(IntEnum):
    LOW = 1


@pytest.mark.parametrize(
    ("value", "plain", "rough"),
    [
        (Text("a"), "a", "Text"),
        ([1, Text("a")], [1, "a"], "Text"),
        (Items(a=1), {"a": 1}, "Items"),
        (Level.LOW, 1, "Level"),
        (namedtuple("Point", "x y")(1, 2), (1, 2), "Point"),
        (OrderedDict(a=1), {"a": 1}, "collections.OrderedDict"),
    ],
)
def test_of_a_subclass_its_plain_value_arrives(value, plain, rough):
    arrived, found = sent(value)
    assert type(arrived) is type(plain)
    assert arrived == plain
    assert found.endswith(rough)


class Colour(Enum):
    RED = 1


class Lies:
    __module__ = "builtins"
    __class__ = int

    def __eq__(self, other):
        return True

    __hash__ = None

    def __repr__(self):
        raise ZeroDivisionError


def nested(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


def doubled(levels):
    value = ["x"]
    for _ in range(levels):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(Lies(), "whose repr raises ZeroDivisionError", id="lies"),
        (Colour.RED, "<Colour.RED: 1>"),
        (len, "<built-in function len>"),
        (iter([]), "list_iterator"),
        ([{"a": object()}], "object"),
        pytest.param(nested(200), "more than 100 levels deep", id="deep"),
        pytest.param(doubled(60), "more than 4 MiB", id="wide"),
        pytest.param("x" * (SIZE + 1), "more than 4 MiB", id="a long text"),
        pytest.param(2 ** (8 * SIZE), "more than 4 MiB", id="a huge integer"),
    ],
)
def test_what_is_no_data_equals_nothing(value, shown):
    arrived, rough = sent(value)
    gap = missing(arrived)
    assert isinstance(gap, NoData)
    assert shown in repr(gap)
    assert gap not in (0, "", None, shown)
    assert rough


def test_arrays_of_numpy_arrive_as_they_were():
    numpy = pytest.importorskip("numpy")
    for value in (
        numpy.arange(6.0).reshape(2, 3).T,
        numpy.array(["a", "bc"]),
        numpy.zeros((0, 2), "int8"),
        numpy.float32(0.1),
        numpy.int64(3),
        numpy.datetime64("2026-01-02"),
        numpy.str_(""),
        numpy.bytes_(b""),
    ):
        arrived, rough = sent(value)
        assert type(arrived) is type(value)
        assert (arrived.dtype, arrived.shape) == (value.dtype, value.shape)
        assert numpy.all(arrived == value)
        assert rough == ""
    arrived, rough = sent(numpy.array([object()]))
    assert isinstance(arrived, NoData)
    assert rough == "numpy.ndarray"


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"a": 1, "b": 2},
        {"no": 1},
        {"int": "x"},
        {"set": [[1]]},
        {"array": ["O", [1], True, ""]},
    ],
)
def test_what_is_none_of_ours_is_refused(tree):
    with pytest.raises((ValueError, TypeError, LookupError)):
        decode(tree)
