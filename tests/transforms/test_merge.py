"""Three-way merge: both edits or a conflict, and nothing that git would not do."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracepy.transforms.merge import Conflict, held, merge

BASE = "a\nb\nc\nd\ne\n"

lines = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "d\r\n"]), max_size=12)
texts = lines.map("".join)


@st.composite
def edited(draw):
    """A base and two texts made of it by a few splices each."""
    base = draw(st.lists(st.sampled_from([f"{c}\n" for c in "abcdefgh"]), max_size=20))
    return "".join(base), _spliced(draw, base), _spliced(draw, base)


def _spliced(draw, base):
    found = list(base)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(found)))
        stop = draw(st.integers(start, min(start + 3, len(found))))
        found[start:stop] = draw(st.lists(st.sampled_from(["a\n", "x\n", "y\n"]), max_size=2))
    return "".join(found)


@given(texts, texts)
def test_what_only_one_changed_is_taken(base, other):
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other


@given(texts, texts)
def test_the_same_edit_twice_is_one(base, other):
    assert merge(base, other, other).text == other


@given(edited())
def test_it_does_not_matter_who_is_called_ours(three):
    base, ours, theirs = three
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert one.text == other.text
    assert [(c.base, c.ours, c.theirs) for c in one.conflicts] == [
        (c.base, c.theirs, c.ours) for c in other.conflicts
    ]


@given(st.integers(0, 7), st.integers(0, 7), st.integers(0, 2), st.integers(0, 2))
def test_edits_with_a_line_between_them_are_both_kept(first, second, put, drop):
    """Lines that are all different leave no doubt: clean just where a line lies between."""
    base = [f"{number}\n" for number in range(12)]
    start = first + drop + 1 + second
    ours, theirs, both = list(base), list(base), list(base)
    ours[first : first + drop] = ["x\n"] * put
    theirs[start : start + 1] = ["y\n"]
    both[start : start + 1] = ["y\n"]
    both[first : first + drop] = ["x\n"] * put
    if start < len(base):
        assert merge("".join(base), "".join(ours), "".join(theirs)).text == "".join(both)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("a\nX\nc\nd\ne\n", "a\nY\nc\nd\ne\n"),  # the same line
        ("a\nX\nc\nd\ne\n", "a\nb\nY\nd\ne\n"),  # the one behind it
        ("a\nc\nd\ne\n", "a\nY\nc\nd\ne\n"),  # deleted and changed
        (BASE + "x\n", BASE + "y\n"),
    ],
)
def test_edits_that_meet_are_a_conflict(ours, theirs):
    assert merge(BASE, ours, theirs).text is None


def test_a_conflict_says_where():
    found = merge(BASE, "0\n" + BASE.replace("d", "D"), BASE.replace("d", "dd"))
    assert found.conflicts == (Conflict(5, ("d\n",), ("D\n",), ("dd\n",)),)


def test_an_insertion_that_could_stand_in_two_places_is_in_doubt():
    """Which of the equal lines was deleted is not known, so a change beside them is no safe one."""
    assert held(["a", "a", "b"], ["a", "b"]) == [None, None, 1]
    assert merge("a\na\nb\n", "a\nb\n", "a\na\nx\nb\n").text is None


def test_line_ends_and_a_missing_last_one_are_kept():
    base = "a\r\nb\rc\nd"
    assert merge(base, base.replace("a", "A"), base.replace("d", "D")).text == "A\r\nb\rc\nD"
    assert merge(base, base + "\n", base.replace("a", "A")).text == "A\r\nb\rc\nd\n"


def test_a_long_file_is_merged_where_few_lines_differ():
    base = [f"line {number}\n" if number % 3 else "\n" for number in range(6000)]
    ours, theirs = list(base), list(base)
    ours[10:12] = ["x\n"]
    ours[5900:5900] = ["y\n"] * 3
    theirs[3000:3002] = []
    both = list(ours)
    both[2999:3001] = []
    assert merge("".join(base), "".join(ours), "".join(theirs)).text == "".join(both)


def test_texts_with_nothing_in_common_are_given_up_on():
    old, new = [f"{i}\n" for i in range(4000)], [f"x{i}\n" for i in range(4000)]
    assert held(old, new) == [None] * 4000
    assert merge("".join(old), "".join(new), "".join(old) + "z\n").text is None


@pytest.mark.skipif(not shutil.which("git"), reason="git is not here")
@settings(max_examples=100)
@given(edited())
def test_where_it_is_clean_git_says_the_same(three):
    found = merge(*three)
    if found.text is None:
        return
    with TemporaryDirectory() as folder:
        names = [Path(folder, name) for name in ("base", "ours", "theirs")]
        for file, text in zip(names, three, strict=True):
            file.write_bytes(text.encode())
        command = ["git", "merge-file", "-p", names[1], names[0], names[2]]
        git = subprocess.run(command, check=True, capture_output=True)
    assert git.stdout.decode() == found.text
