"""The loops over columns: what they find, and what they refuse."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.graph._edges import back, merged, onward, packed

Rows = list[list[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Rows:
    """Of each row, the rows that it depends on: any of them, itself and later ones as well."""
    count = draw(st.integers(1, 12))
    return draw(
        st.lists(st.lists(st.integers(0, count - 1), max_size=4), min_size=count, max_size=count)
    )


def columns(rows: Rows) -> tuple[array[int], array[int]]:
    starts, edges = array("q", [0]), array("i")
    for sources in rows:
        edges.extend(source << 2 | len(sources) % 4 for source in sources)
        starts.append(len(edges))
    return starts, edges


def reached(rows: Rows, roots: set[int], forward: bool) -> set[int]:
    """The same, plainly."""
    found = set(roots)
    while True:
        more = {
            (row if forward else source)
            for row, sources in enumerate(rows)
            for source in sources
            if (source if forward else row) in found
        }
        if more <= found:
            return found
        found |= more


@given(graphs(), st.data())
def test_what_is_reached_either_way(rows: Rows, data: st.DataObject) -> None:
    roots = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=3))
    starts, edges = columns(rows)
    marks = back(starts, edges, roots)
    assert {row for row, mark in enumerate(marks) if mark} == reached(rows, set(roots), False)
    marks = onward(starts, edges, roots, None)
    assert {row for row, mark in enumerate(marks) if mark} == reached(rows, set(roots), True)


def test_only_what_is_within_is_reached() -> None:
    starts, edges = columns([[], [0], [1], [0]])
    assert onward(starts, edges, [0], bytearray([1, 0, 1, 1])) == bytearray([1, 0, 0, 1])


@given(graphs(), st.data())
def test_late_edges_come_behind_the_others(rows: Rows, data: st.DataObject) -> None:
    numbers = st.integers(0, len(rows) - 1)
    late = data.draw(st.lists(st.tuples(numbers, numbers), max_size=8))
    starts, edges = columns(rows)
    new_starts, new_edges = merged(starts, edges, [row << 32 | s << 2 for row, s in late])
    at, into = array("q", new_starts), array("i", new_edges)
    for row, sources in enumerate(rows):
        mine = [edge >> 2 for edge in into[at[row] : at[row + 1]]]
        assert mine == [*sources, *(source for where, source in late if where == row)]


@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_numbers_are_packed_as_arrays_have_them(numbers: list[int]) -> None:
    assert packed(numbers, 4) == array("i", numbers).tobytes()
    assert packed(numbers, 8) == array("q", numbers).tobytes()


@pytest.mark.parametrize(
    ("starts", "edges"),
    [
        (array("q"), array("i")),
        (array("q", [0, 2]), array("i", [0])),
        (array("q", [0, 1, 0, 1]), array("i", [0])),
        (array("q", [0, 1]), array("i", [4])),
        (array("q", [0, 1]), array("i", [-4])),
        (array("i", [0, 1]), array("i", [0])),
        (array("q", [1, 1]), array("i", [0])),
    ],
)
def test_what_are_no_columns_is_refused(starts: array[int], edges: array[int]) -> None:
    for ask in (
        lambda: back(starts, edges, []),
        lambda: onward(starts, edges, [], None),
        lambda: merged(starts, edges, []),
    ):
        with pytest.raises(ValueError, match="no columns"):
            ask()


def test_rows_that_are_not_there_are_refused() -> None:
    starts, edges = columns([[], [0]])
    for row in (-1, 2, 2**70):
        with pytest.raises((IndexError, OverflowError)):
            back(starts, edges, [row])
    with pytest.raises(IndexError):
        merged(starts, edges, [5 << 32])
    with pytest.raises(ValueError, match="a mark for each row"):
        onward(starts, edges, [0], bytearray(1))
    with pytest.raises(OverflowError):
        packed([2**40], 4)
    with pytest.raises(OverflowError):
        packed([2**80], 8)
    with pytest.raises(TypeError):
        packed(["x"], 8)  # type: ignore[list-item]
