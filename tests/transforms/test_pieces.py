"""Hunks in pieces and hunks edited by hand: what is put together again is the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.transforms.diff import apply_hunks, hunks
from tracepy.transforms.pieces import edited, split, to_edit

OLD = "a\nb\nc\nd\ne\n"
lines = st.lists(st.sampled_from(["a\n", "b\n", "\n", "c\r\n", "d\n"]), max_size=15).map("".join)
tails = st.sampled_from(["", "end"])


def only(old, new):
    [hunk] = hunks(old, new)
    return hunk


@given(lines, tails, lines, tails)
def test_all_pieces_make_what_the_hunk_makes(old, old_tail, new, new_tail):
    before, after = old + old_tail, new + new_tail
    pieces = [piece for hunk in hunks(before, after) for piece in split(hunk)]
    assert apply_hunks(before, pieces) == after
    assert all(any(tag != " " for tag, _ in piece.lines) for piece in pieces)
    assert all(split(piece) == [piece] for piece in pieces)


def test_each_piece_can_be_taken_alone():
    first, second = split(only(OLD, "a\nB\nc\nD\ne\n"))
    assert apply_hunks(OLD, [first]) == "a\nB\nc\nd\ne\n"
    assert apply_hunks(OLD, [second]) == "a\nb\nc\nD\ne\n"
    assert str(second) == "@@ -4,2 +4,2 @@\n-d\n+D\n e\n"


@given(lines, tails, lines, tails)
def test_a_hunk_saved_unchanged_makes_the_same(old, old_tail, new, new_tail):
    before, after = old + old_tail, new + new_tail
    for hunk in hunks(before, after):
        again = edited(hunk, to_edit(hunk), "\n")
        wanted = apply_hunks(before, [hunk])
        # An editor shows no line ends: an added line gets the file's.
        assert apply_hunks(before, [again]) == wanted or "\r" in wanted


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (" a\n-b\n+X\n+Y\n c\n d\n e\n", "a\nX\nY\nc\nd\ne\n"),
        ("# a remark\n a\n-b\n+X\n c\n d\n e", "a\nX\nc\nd\ne\n"),
        (" a\n b\n c\n d\n e\n", OLD),
        ("-b\n+X\n c\n", "a\nX\nc\nd\ne\n"),  # fewer kept lines
        (" a\n-b\n-c\n d\n e\n", "a\nd\ne\n"),
        (" a\r\n-b\r\n+X\r\n c\r\n d\r\n e\r\n", "a\nX\nc\nd\ne\n"),
    ],
)
def test_an_edited_hunk(text, new):
    assert apply_hunks(OLD, [edited(only(OLD, "a\nB\nc\nd\ne\n"), text, "\n")]) == new


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" a\n-x\n+X\n", "not those of the file"),
        (" a\n-c\n", "not those of the file"),
        ("a\n-b\n", "line 1 begins with 'a'"),
    ],
)
def test_one_that_does_not_apply_says_why(text, why):
    with pytest.raises(ValueError, match=why):
        edited(only(OLD, "a\nB\nc\nd\ne\n"), text, "\n")


def test_an_empty_line_is_a_kept_one_whose_blank_the_editor_took():
    hunk = only("a\n\nb\n", "a\n\nB\n")
    assert apply_hunks("a\n\nb\n", [edited(hunk, " a\n\n-b\n+C\n", "\n")]) == "a\n\nC\n"


def test_line_ends_are_the_files():
    hunk = only("a\r\nb", "a\r\nB")
    assert apply_hunks("a\r\nb", [edited(hunk, " a\n-b\n+x\n+y\n", "\r\n")]) == "a\r\nx\r\ny"
    assert apply_hunks("a\r\nb", [edited(hunk, " a\n b\n+y\n", "\r\n")]) == "a\r\nb\r\ny"
