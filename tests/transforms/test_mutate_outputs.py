"""Literals that become what the output lacks."""

from __future__ import annotations

from typing import Any

import pytest

from tracepy.transforms.edit import apply_edits
from tracepy.transforms.mutate import FAMILIES, Facts, sites
from tracepy.transforms.source import Source


def results(statement: str, *pairs: tuple[Any, Any]) -> set[str]:
    text = f"def f(a, b):\n    {statement}\n"
    (site,) = sites(Source(text), lines={2}, facts=Facts(outputs=pairs))
    found = [apply_edits(text, draft.edits) for draft in FAMILIES["outputs"](site)]
    return {result.splitlines()[1].strip() for result in found}


@pytest.mark.parametrize(
    ("statement", "got", "wanted", "right"),
    [
        ("return 0", 0, 10, "return 10"),
        ("return a * 0.15", 15.0, 20.0, "return a * 0.2"),
        ("return a + 3", 8, 10, "return a + 5"),
        ("return -a - 3", -8, -10, "return -a - 5"),
        ("return None", None, "none", "return 'none'"),
        ("return []", [], [0], "return [0]"),
        ("return 'yes'", "yes", "no", "return 'no'"),
        ('return a + ", " + b', "x, y", "x; y", 'return a + "; " + b'),
        ("return ','.join(a)", "x,y", "x, y", "return ', '.join(a)"),
        ("return f'{a}, {b}!'", "x, y!", "x, y.", "return f'{a}, {b}.'"),
        ("return f'{a}-{b}'", "x-y", "x - y", "return f'{a} - {b}'"),
    ],
)
def test_the_literal_that_is_to_blame(statement: str, got: Any, wanted: Any, right: str) -> None:
    assert right in results(statement, (got, wanted))


@pytest.mark.parametrize(
    ("statement", "got", "wanted"),
    [
        ("return True", True, 10),  # a flag is none of the output's numbers
        ("return 1", True, False),
        ("return a * 3", 7, 10**400),
        ("return a * 3", float("nan"), float("inf")),
        ("return a * 3", 7.0, 1e300),  # nobody writes such a number
        ("return 'a'", "bcd", "bce"),
        ("return f'{a}x'", "x", "{"),
        ("'doc'", "doc", "dog"),
    ],
)
def test_where_nothing_is_said_nothing_is_proposed(statement: str, got: Any, wanted: Any) -> None:
    assert results(statement, (got, wanted)) == set()


def test_without_outputs_there_is_nothing() -> None:
    assert results("return 0") == set()
