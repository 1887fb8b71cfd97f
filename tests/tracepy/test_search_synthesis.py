"""Programs from examples: enumeration, branches, loops, and how they are written."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracepy.optimizers.search.synthesis.atoms import roundest
from tracepy.optimizers.search.synthesis.bank import Bank
from tracepy.optimizers.search.synthesis.bounded import small
from tracepy.optimizers.search.synthesis.comprehensions import Comprehensions
from tracepy.optimizers.search.synthesis.goal import Goal, same
from tracepy.optimizers.search.synthesis.programs import Program, Programs
from tracepy.optimizers.search.synthesis.targets import filled, targets
from tracepy.optimizers.search.synthesis.terms import ERROR, key_of
from tracepy.optimizers.search.synthesis.variants import variants
from tracepy.optimizers.search.synthesis.vocabulary import leaves, own_constants
from tracepy.optimizers.search.synthesis.writing import written
from tracepy.transforms.source import Source

CALLS = {"__builtins__": __builtins__}


def found(rows: Sequence[tuple[Any, ...]], expected: Sequence[Any], limit: int = 60_000) -> Program:
    """The first program for examples of a function of a, b, c, …"""
    inputs = {name: [row[i] for row in rows] for i, name in enumerate("abcd"[: len(rows[0])])}
    goal = Goal(variants(inputs), expected)
    programs = Programs(goal, leaves(goal.inputs, expected, ()), limit)
    return next(program for program in programs.found() if program is not None)


def body(program: Program) -> str:
    return "\n".join(program.tree.lines())


def test_an_expression_is_found_by_what_it_gives() -> None:
    program = found([(3, 4), (10, 5), (1, 1), (2, 0)], [7, 15, 2, 2])
    assert body(program) == "return (a + b)"
    assert program.right == 4


def test_the_cheapest_of_several_is_told_first() -> None:
    rows = [(["b", "a"],), (["c"],), (["z", "y", "x"],)]
    assert body(found(rows, [["a", "b"], ["c"], ["x", "y", "z"]])) == "return sorted(a)"


def test_what_holds_in_parts_is_told_apart_by_a_condition() -> None:
    rows = [(95,), (90,), (89,), (70,), (75,), (69,), (50,), (0,), (100,)]
    wanted = ["A", "A", "B", "B", "B", "C", "C", "C", "A"]
    names: dict[str, Any] = {}
    text = "\n    ".join(found(rows, wanted).tree.lines())
    exec(f"def f(a):\n    {text}", names)
    assert [names["f"](x) for x in (91, 71, 12)] == ["A", "B", "C"]


def test_a_table_of_the_examples_is_no_program() -> None:
    inputs = {"a": [3, 8, 21, 40, 77, 130]}
    wanted = [17, 1234, 5, 990, 42, 7]
    programs = Programs(Goal(inputs, wanted), leaves(inputs, wanted, ()), 20_000)
    whole = [x for x in programs.found() if x is not None and x.right == len(wanted)]
    assert whole == []


def test_factors_follow_from_the_examples() -> None:
    rows = [(32,), (212,), (50,), (-40,)]
    text = body(found(rows, [0.0, 100.0, 10.0, -40.0]))
    assert written(text) == "return (a - 32) * 5 / 9"


@pytest.mark.parametrize(
    ("rows", "wanted", "line"),
    [
        ([(0,), (1,), (3,), (5,)], [1, 1, 6, 120], "    result = result * i"),
        ([(0,), (1,), (5,), (6,), (10,)], [0, 1, 5, 8, 55], "    one, other = other, one + other"),
        ([(12, 18), (7, 3), (10, 5), (48, 36)], [6, 1, 5, 12], "    a, b = b, a % b"),
    ],
)
def test_loops_carry_a_variable_on(rows: Any, wanted: Any, line: str) -> None:
    assert line in body(found(rows, wanted)).splitlines()


def test_constants_of_the_module_are_named() -> None:
    tree = ast.parse('VOWELS = "aeiou"\ndef f(text):\n    """Up to 7 of "xy"."""\n    return 4')
    function = tree.body[1]
    assert isinstance(function, ast.FunctionDef)
    known = own_constants(tree, function)
    assert known == [("VOWELS", "aeiou"), ("4", 4), ("7", 7), ("'xy'", "xy")]


def test_truth_values_are_no_numbers_and_floats_may_be_a_rounding_off() -> None:
    assert not same(True, 1)
    assert same(0.1 + 0.2, 0.3)
    assert same(2.0, 2)


@pytest.mark.parametrize(("low", "high", "cut"), [(89, 90, 90), (49, 75, 70), (0.4, 0.8, 0.8)])
def test_between_two_values_the_roundest_is_the_cut(low: float, high: float, cut: float) -> None:
    assert low <= roundest(low, high) <= high
    if isinstance(cut, int):
        assert roundest(low, high) == cut


VALUES = st.one_of(
    st.integers(-50, 50),
    st.floats(-100, 100, allow_nan=False),
    st.text("ab Z.,1", max_size=6),
    st.lists(st.integers(-9, 9), max_size=4),
    st.lists(st.text("xy ", max_size=3), max_size=3),
    st.dictionaries(st.text("kl", max_size=2), st.integers(-9, 9), max_size=3),
    st.booleans(),
)


def _alike(one: Any, other: Any) -> bool:
    return type(one) is type(other)


@st.composite
def inputs(draw: st.DrawFn) -> dict[str, list[Any]]:
    """Three values for each of one or two parameters, each of one kind mostly."""
    chosen = {}
    for name in ("a", "b")[: draw(st.integers(1, 2))]:
        first = draw(VALUES)
        alike = VALUES.filter(partial(_alike, first))
        chosen[name] = [first, draw(alike), draw(VALUES if draw(st.booleans()) else alike)]
    return chosen


@given(inputs(), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_terms_are_what_python_makes_of_them(
    given: dict[str, list[Any]], data: st.DataObject
) -> None:
    """The evaluator agrees with `eval`; where it gives up, Python errs or makes something large."""
    terms = leaves(given, [], [])
    bank = Bank(terms, Comprehensions(terms, tables=True), limit=4_000)
    while not bank.exhausted and bank.cost < 5:
        for _ in bank.grow():
            pass
    known = list(bank.terms())
    for term in data.draw(st.lists(st.sampled_from(known), min_size=30, max_size=30)):
        for text in (term.text, written(term.text, '"')):
            code = compile(text, "term", "eval")
            for row, value in enumerate(term.values):
                names = {**CALLS, **{name: values[row] for name, values in given.items()}}
                try:
                    result = eval(code, names)
                except Exception:
                    assert value is ERROR, (text, row)
                    continue
                if value is ERROR:
                    bounded = "**" in text or "round(" in text  # by what they are asked for
                    assert bounded or not small(result), (text, row)
                else:
                    assert key_of([result]) == key_of([value]), (text, row)


def test_errors_are_values_that_branches_can_go_round() -> None:
    rows = [(6, 3), (1, 4), (5, 0), (0, 2), (-9, 3), (7, 0)]
    text = body(found(rows, [2.0, 0.25, 0, 0.0, -3.0, 0]))
    assert "a / b" in text
    assert text.startswith("if ")


def test_a_body_is_put_in_where_the_stub_stands() -> None:
    text = 'def f(x):\n    """Doc."""\n\n\ndef g(x): return 0\n\n\nclass C:\n    def f(self): ...\n'
    source = Source(text)
    with_f = filled(source, "f", ["if x:", "    return 1", "return 2"], "1 if x else 2")
    assert with_f is not None
    assert '    """Doc."""\n    if x:\n        return 1\n    return 2\n' in with_f
    with_g = filled(source, "g", ["return x"], "x")
    assert with_g is not None
    assert "def g(x): return x\n" in with_g
    assert filled(source, "C", ["return x"], "x") is None


def test_stubs_and_formulas_are_told_from_functions_that_do_more() -> None:
    text = (
        "def a(x): ...\n"
        "def b(x):\n    raise NotImplementedError('later')\n"
        "def c(x):\n    return x + 1\n"
        "def d(x):\n    y = x\n    return y\n"
        "def e(*x):\n    return 0\n"
        "def f(x):\n    raise ValueError\n"
    )
    names = frozenset("abcdef")
    shapes = {t.name: t.shape for t in targets(Source(text), "m", names, None)}
    assert shapes == {"a": "stub", "b": "stub", "c": "formula"}


def test_the_order_does_not_depend_on_sets() -> None:
    assert key_of([{"b", "a"}]) == key_of([{"a", "b"}])
    assert key_of([{1}]) != key_of([[1]])


@given(inputs(), st.lists(st.one_of(VALUES, st.none()), min_size=2, max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_wanted_the_search_for_it_ends(
    given: dict[str, list[Any]], wanted: list[Any]
) -> None:
    examples = {name: values[: len(wanted)] for name, values in given.items()}
    goal = Goal(variants(examples), wanted)
    for program in Programs(goal, leaves(goal.inputs, wanted, ()), 3_000).found():
        if program is not None:
            for line in program.tree.lines():
                ast.parse(f"{line.strip()} pass" if line.endswith(":") else line.strip())
