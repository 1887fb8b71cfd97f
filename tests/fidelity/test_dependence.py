"""What a program's output depends on, found by changing values, is in the slice of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fidelity.dependence import FILE, Hooked, Run, Score, sliced, truth
from tests.fidelity.dependence_programs import CONSTRUCTS, Drawn, Program, program

QUICK = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NOT_CALLED = {"closures", "globals", "context managers", "lists", "match", "mixed"}
"""Where calls that were not made would have changed variables of others, which no graph has."""


@st.composite
def programs(draw: Callable[[Any], Any], construct: str) -> Program:
    return program(Drawn(draw), construct)


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_what_the_output_depends_on_is_in_the_slice(construct: str) -> None:
    @QUICK
    @given(programs(construct))
    def check(drawn: Program) -> None:
        known = truth(drawn.text, drawn.arguments)
        if known is None:
            return
        lines = sliced(drawn.text, drawn.arguments)
        # Where only the address changes no dynamic slice has the line; see `dependence`.
        kinds = {"data"} if construct in NOT_CALLED else {"data", "control"}
        wanted = {line for line, kind in known.depended.items() if kind in kinds}
        missing = wanted - lines
        rows = enumerate(drawn.text.splitlines(), 1)
        assert not missing, "not in the slice:\n" + "\n".join(
            f"{'>' if n in missing else ' '} {n:2} {row}" for n, row in rows
        )

    check()


@QUICK
@given(st.sampled_from(CONSTRUCTS).flatmap(programs))
def test_hooks_change_nothing_of_a_program(drawn: Program) -> None:
    space: dict[str, Any] = {"__name__": "program"}
    try:
        exec(compile(drawn.text, FILE, "exec", dont_inherit=True), space)
        expected: str | None = repr(space["f"](*drawn.arguments))
    except Exception:
        expected = None
    assert Run().go(Hooked.of(drawn.text), drawn.arguments).output == expected


TEXT = """\
def g(v):
    w = v + 1
    return w
def f(a, b):
    x = a
    y = b
    xs = [0, 0]
    i = 0
    xs[i] = y
    if x > 1:
        z = g(x)
    else:
        z = 0
    try:
        1 // y
    except ZeroDivisionError:
        z = 9
    return [z, *xs[1:]]
"""


def test_the_oracle_tells_what_an_output_depends_on() -> None:
    known = truth(TEXT, (3, 4))
    assert known is not None and known.output == "[4, 0]"
    data = {line for line, kind in known.depended.items() if kind == "data"}
    assert data == {2, 3, 5, 7, 11, 18}
    assert {line for line, kind in known.depended.items() if kind == "control"} == {10}
    assert {line for line, kind in known.depended.items() if kind == "address"} == {8}
    assert known.tried >= {6, 9}  # and what they say does not count


def test_programs_that_raise_or_do_not_end_say_nothing() -> None:
    assert truth("def f(a):\n    return 1 // a\n", (0,)) is None
    assert truth("def f(a):\n    while a:\n        a = 1\n    return a\n", (1,)) is None


def test_scores_count_lines() -> None:
    score = Score()
    known = truth(TEXT, (3, 4))
    assert known is not None
    score.add(known, {2, 3, 5, 6, 7, 11, 18})
    assert score.recall("data") == 1.0 and score.recall("control") == 0.0
    assert score.precision == 6 / 7
    assert sliced("def f(a):\n    x = a\n    y = a\n    return x\n", (1,)) == {2, 4}
