"""Axes: the range, scale and set of a number or choice, from its pragma or its value."""

from pathlib import Path

import numpy as np
import pytest

from tracepy import parameters as theta
from tracepy.optimizers.search.space import Axis, Space, axes
from tracepy.target import resolve


def axis_of(tmp_path: Path, text: str) -> Axis:
    (tmp_path / "model.py").write_text(f"X = {text}\n")
    (found,) = axes(theta.find(resolve("model.py", tmp_path)))
    return found


@pytest.mark.parametrize("value", ["0.001", "1e-5", "0.01", "2500.0"])
def test_a_number_chosen_by_its_order_of_magnitude_is_searched_by_it(
    tmp_path: Path, value: str
) -> None:
    axis = axis_of(tmp_path, value)
    assert axis.log
    assert axis.value(0.0) == pytest.approx(float(value) / 100)
    assert axis.value(0.5) == pytest.approx(float(value))
    assert axis.value(1.0) == pytest.approx(float(value) * 100)


def test_a_large_whole_number_moves_by_a_decade(tmp_path: Path) -> None:
    axis = axis_of(tmp_path, "10_000")
    assert (axis.value(0.0), axis.value(0.5), axis.value(1.0)) == (1000, 10000, 100000)


@pytest.mark.parametrize("value", ["0.2", "1", "40", "-0.001", "0.0"])
def test_other_numbers_are_searched_by_their_size(tmp_path: Path, value: str) -> None:
    assert not axis_of(tmp_path, value).log


def test_a_range_that_was_given_is_kept_with_its_scale(tmp_path: Path) -> None:
    axis = axis_of(tmp_path, "0.001  # tracepy: train in [0.0, 0.1]")
    assert (axis.low, axis.high, axis.log) == (0.0, 0.1, False)


def test_numbers_to_choose_from_are_in_order_and_words_have_none(tmp_path: Path) -> None:
    numbers = axis_of(tmp_path, "32  # tracepy: train in {64, 16, 32}")
    words = axis_of(tmp_path, '"b"  # tracepy: train in {"b", "a", "c"}')
    assert numbers.choices == (16, 32, 64) and numbers.ordered
    assert words.choices == ("b", "a", "c") and not words.ordered


def test_to_a_model_any_two_words_are_equally_far_apart() -> None:
    space = Space([Axis("word", "a", choices=("a", "b", "c")), Axis("number", 0.5)])
    points = np.array([space.units((word, 0.5)) for word in "abc"])
    columns = space.encode(points)
    gaps = [np.linalg.norm(columns[i] - columns[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert gaps == pytest.approx([1.0, 1.0, 1.0])
    assert [space.values(point) for point in space.decode(columns)] == [
        (word, 0.5) for word in "abc"
    ]
