"""Slices of the catalogue's programs: every line that belongs there, and no other."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from tests.fidelity.slice_cases import CASES
from tracepy.recorder import record

Load = Callable[[str], ModuleType]

MISSED = {"with: an exception that is swallowed": {8, 10}}
"""Lines that should be in the slice and are not; docs/graph.md says why."""
NEEDLESS = {
    "items: a negative index": {4},
    "classes: a class's attribute is set": {2},
    "classes: a list that belongs to the class": {3, 6},
    "classes: a dataclass whose field is written": {8},
    "parameters: a call with stars": {1},
    "generators: the first of many": {6},
    "flow: match a class by names": {4},
    "tasks: gathered": {8},
    "tasks: awaited out of order": {10},
}
"""Lines that are in the slice although nothing depends on them. Exactly these: less is news."""


@pytest.mark.parametrize("name", CASES)
def test_the_slice_has_the_lines_it_must_have_and_no_other(name: str, load: Load) -> None:
    text, arguments, expected, more = CASES[name]
    module = load(text)
    with record() as trace:
        module.f(*arguments)
    found = trace.graph().slice().lines().get(str(module.__file__), set())
    missing, extra = expected - found, found - expected - more
    shown = dict(enumerate(text.splitlines(), 1))
    assert missing == MISSED.get(name, set()), "not in the slice:\n" + "\n".join(
        f"{n} {shown[n]}" for n in sorted(missing)
    )
    assert extra == NEEDLESS.get(name, set()), "needlessly in it:\n" + "\n".join(
        f"{n} {shown[n]}" for n in sorted(extra)
    )


def test_what_is_known_to_be_wrong_is_in_the_catalogue() -> None:
    assert MISSED.keys() | NEEDLESS.keys() <= CASES.keys()
