"""Edits: splices that leave the rest alone."""

import pytest

from tracepy.transforms.edit import Edit, apply_edits


def test_offsets_are_those_of_the_text_before():
    assert apply_edits("abcdef", [Edit(4, 5, ""), Edit(0, 1, "xyz"), Edit(2, 2, "-")]) == "xyzb-cdf"


def test_no_edits_change_nothing():
    assert apply_edits("abc", []) == "abc"


@pytest.mark.parametrize(
    "edits",
    [[Edit(0, 2, ""), Edit(1, 3, "")], [Edit(2, 9, "")], [Edit(2, 1, "")], [Edit(-1, 0, "")]],
)
def test_overlaps_and_places_outside_are_refused(edits):
    with pytest.raises(ValueError, match="overlaps another or leaves the text"):
        apply_edits("abc", edits)
