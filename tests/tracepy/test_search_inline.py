"""Numbers in functions that were written anew are guesses, and may be tuned."""

from __future__ import annotations

from pathlib import Path

from tests.tracepy.prompting import task_of
from tracepy.optimizers.search.inline import MOST, inline_numbers

PROGRAM = """
def surface(radius):
    return radius


def untouched(x):
    return 0.5 * x
"""


def numbers(folder: Path, body: str) -> list[tuple[object, float | None, float | None]]:
    task = task_of(folder, PROGRAM)
    (path,) = task.originals
    text = task.originals[path].text.replace("    return radius\n", body)
    found = inline_numbers(task, {path: text})
    assert all(text[one.start : one.end] == repr(one.value) for one in found)
    return [(one.value, one.constraint.low, one.constraint.high) for one in found]


def test_fractions_and_numbers_that_are_calculated_with(tmp_path: Path) -> None:
    assert numbers(tmp_path, "    return 2.0 * radius + 3 / (radius - 0.0)\n") == [
        (2.0, 1.0, 4.0), (3, 1.5, 6.0), (0.0, -1.0, 1.0),
    ]  # fmt: skip


def test_no_exponents_indices_names_or_functions_that_are_as_they_were(tmp_path: Path) -> None:
    body = "    rate = 1.5\n    rows = [radius, radius]\n    return rate * rows[1] ** 2.5\n"
    assert numbers(tmp_path, body) == []


def test_characters_before_a_number_are_counted_as_characters(tmp_path: Path) -> None:
    assert numbers(tmp_path, '    return len("größer") * 2.25\n') == [(2.25, 1.125, 4.5)]


def test_there_is_an_end_to_what_is_tuned(tmp_path: Path) -> None:
    many = " + ".join(f"{n}.5 * radius" for n in range(1, 20))
    assert len(numbers(tmp_path, f"    return {many}\n")) == MOST
