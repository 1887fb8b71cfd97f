"""Any small program computes the same with and without instrumentation, recorded or not."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from itertools import chain
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tracepy.hook.compiler import instrumented
from tracepy.recorder import record

NAMES = st.sampled_from(["a", "b", "c"])
ATOMS = st.one_of(NAMES, st.integers(-3, 9).map(str), st.sampled_from(["xs[0]", "d['k']", "o.v"]))
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "<", "and", "or"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})"),
        inner.map(lambda x: f"g({x})"),
        inner.map(lambda x: f"sum([{x} for a in range(2)])"),
        inner.map(lambda x: f"(c := {x})"),
    ),
    max_leaves=4,
)
TARGETS = st.sampled_from(["a", "b", "c", "xs[0]", "d['k']", "o.v", "a, b", "o.o.v"])


def _simple(parts: tuple[str, str]) -> list[str]:
    target, value = parts
    return [f"{target} = {value}, 1" if "," in target else f"{target} = {value}"]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


SIMPLE = st.one_of(
    st.tuples(TARGETS, EXPRESSIONS).map(_simple),
    st.tuples(NAMES, EXPRESSIONS).map(lambda p: [f"{p[0]} += {p[1]}"]),
    EXPRESSIONS.map(lambda x: [f"xs.append({x})"]),
    EXPRESSIONS.map(lambda x: [f"out.append({x})"]),
    EXPRESSIONS.map(lambda x: [f"return {x}"]),
    st.just(["yield_or_not = 1"]),
)


def _blocks(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    body = st.lists(inner, min_size=1, max_size=3).map(
        lambda parts: list(chain.from_iterable(parts))
    )
    return st.one_of(
        st.tuples(EXPRESSIONS, body, body).map(
            lambda p: [f"if {p[0]}:", *_indented(p[1]), "else:", *_indented(p[2])]
        ),
        st.tuples(NAMES, body).map(lambda p: [f"for {p[0]} in range(3):", *_indented(p[1])]),
        st.tuples(body, body).map(
            lambda p: ["try:", *_indented(p[0]), "except ZeroDivisionError:", *_indented(p[1])]
        ),
        st.tuples(body, body).map(
            lambda p: ["try:", *_indented(p[0]), "finally:", *_indented(p[1])]
        ),
    )


BODIES = st.lists(st.recursive(SIMPLE, _blocks, max_leaves=5), min_size=1, max_size=5)
PROGRAM = """
class O:
    def __init__(self):
        self.v = 1
        self.o = self
def g(x):
    out.append(("g", x))
    return x
out = []
xs = [1]
d = {{"k": 2}}
o = O()
def f(a, b, c):
{body}
"""


def outcome(code: Any) -> tuple[Any, ...]:
    space: dict[str, Any] = {"__name__": "program"}
    exec(code, space)
    try:
        result: Any = space["f"](1, 2, 0)
    except (ArithmeticError, TypeError, MemoryError) as error:
        result = (type(error), str(error), error.__context__ is None)
    return result, space["out"], space["xs"], space["d"], space["o"].v


@settings(max_examples=50, deadline=None)
@given(BODIES)
def test_a_random_program_computes_the_same(body: list[list[str]]) -> None:
    text = PROGRAM.format(body="\n".join(_indented(chain.from_iterable(body))))
    ast.parse(text)
    expected = outcome(compile(text, "program.py", "exec"))
    code = instrumented(text, "program.py", "program")
    assert outcome(code) == expected
    with record() as trace:
        assert outcome(code) == expected
    graph = trace.graph()
    kept = graph.slice()
    assert kept.outputs
    statements = {n.lineno for n in ast.walk(ast.parse(text)) if isinstance(n, ast.stmt)}
    assert kept.lines().get("program.py", set()) <= statements | {
        n.lineno for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ExceptHandler)
    }
