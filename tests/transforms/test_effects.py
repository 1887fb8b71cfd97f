"""What an edit changes where its statement runs, as a pair of expressions."""

from __future__ import annotations

import ast

import pytest

from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.mutate import Mutation, sites
from tracepy.transforms.mutate.effects import Effect, Effects, askable, asking, opening
from tracepy.transforms.source import Source


def edited(text: str, line: int, old: str, new: str) -> Effect | None:
    """The effect of putting one text in another's place, in the statement of a line."""
    (site,) = sites(Source(text), lines={line})
    start = text.index(old, site.source.starts[line - 1])
    mutation = Mutation("any", (Edit(start, start + len(old), new),), line, 1.0, "")
    return Effects(site).of(mutation)


# statement, what is replaced, by what, the pair that is compared
CASES = [
    ("return x - 1", "-", "+", Effect("x - 1", "x + 1", False)),
    ("return x", "return x", "return", Effect("x", "None", False)),
    ("y = x", "x", "z", Effect("x", "z", False)),
    ("x += y", "+=", "-=", Effect("x + y", "x - y", False)),
    ("x += y", "+=", "=", Effect("x + y", "y", False)),
    ("y.append(x)", "x", "x + 1", Effect("x", "x + 1", False)),
    ("return f'{x}'", "x", "y", Effect("x", "y", False)),
    ("if x > 0:\n  pass", ">", ">=", Effect("x > 0", "x >= 0", True)),
    ("if x and f():\n  pass", "x", "y", Effect("x", "y", True)),
    ("while f(x, y):\n  pass", "y", "1", Effect("y", "1", False)),
    ("for x in y:\n  pass", "y", "y[1:]", Effect("y", "y[1:]", False)),
    ("return x", " return x", " if y:\n  return\n return x", Effect("False", "y", True)),
    ("return x", " return x", " if y:\n  return x", Effect("True", "y", True)),
    ("return x", " return x", " x = y\n return x", Effect("x", "y", False)),
]


@pytest.mark.parametrize(("statement", "old", "new", "wanted"), CASES)
def test_the_largest_expressions_that_differ(
    statement: str, old: str, new: str, wanted: Effect
) -> None:
    assert edited(f"def f(x, y):\n {statement}\n", 2, old, new) == wanted


# statement, what is replaced, by what
UNKNOWN = [
    ("return f(x)", "x", "g(x)"),  # may change something
    ("return [x for _ in y]", "[x", "[y"),  # x and y are not the function's there
    ("y = x", "y", "z"),  # what is assigned stays
    ("return f(x, y)", "(x, y)", "(y, x)"),  # two values at once
    ("return x", "return x", "pass"),
]


@pytest.mark.parametrize(("statement", "old", "new"), UNKNOWN)
def test_no_effect_is_told_of_what_is_no_matter_of_one_value(
    statement: str, old: str, new: str
) -> None:
    assert edited(f"def f(x, y):\n {statement}\n", 2, old, new) is None


PROGRAM = '''"""What it does."""
from __future__ import annotations
import os

def f(x):
    while x > 1: x -= 1
    if x:
        y = (x,
             1)
    elif not x:
        return 2
    return x
'''


def test_a_question_is_put_in_front_of_each_statement_that_has_its_lines() -> None:
    source = Source(PROGRAM)
    found = [site for site in sites(source) if askable(site)]
    assert [site.statement.lineno for site in found] == [6, 7, 8, 10, 11, 12]
    edits = [edit for site in found for edit in asking(site, "see()")]
    text = apply_edits(PROGRAM, edits)
    ast.parse(text)
    assert "    while (see() or (x > 1)): x -= 1\n" in text
    assert "    elif (see() or (not x)):\n        see()\n        return 2\n" in text
    assert "        see()\n        y = (x,\n" in text


def test_a_first_statement_comes_after_what_must_be_first() -> None:
    source = Source(PROGRAM)
    assert source.text[opening(source) :].startswith("import os")
    assert opening(Source("x = 1\n")) == 0
