"""What two texts share at their ends, beside what comparing them character by character says."""

from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from tracepy.transforms.ends import shared_end, shared_start

TEXTS = st.text("ab\n", max_size=12)


def alike(old: str, new: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def test_a_line_in_the_middle_is_left():
    old, new = "a = 1\nb = 2\nc = 3\n", "a = 1\nb = 25\nc = 3\n"
    assert (shared_start(old, new), shared_end(old, new, 100)) == (11, 7)


def test_ends_that_would_overlap_are_held_apart():
    assert shared_end("aa", "aaa", 2) == 2
    assert shared_end("aa", "aaa", 0) == 0


@given(TEXTS, TEXTS, st.integers(0, 12))
def test_it_is_what_comparing_characters_says(old, new, most):
    assert shared_start(old, new) == alike(old, new)
    assert shared_end(old, new, most) == min(alike(old[::-1], new[::-1]), most)
