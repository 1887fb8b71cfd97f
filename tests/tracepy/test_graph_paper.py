"""The paper's own example, and what its implementation loses without a word: here it is there.

Sources: arXiv 2406.16218, figure 4; OpenTrace 0.2.0, as probed (branches, containers, f-strings,
in-place changes, generators, handlers, recursion).
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from tracepy.recorder import record

Load = Callable[[str], ModuleType]

FIGURE = """
    x = -1.0
    b = 1.0
    def bar(x):
        return -2 * x
    def forward():
        a = bar(x)
        y = b + a
        z = a * y
        return z
    """


def test_figure_4_the_values_and_the_minimal_subgraph(load: Load) -> None:
    module = load(FIGURE)
    with record() as trace:
        assert module.forward() == 6.0
    graph = trace.graph()
    values = {name: node.value for node in graph.nodes.values() for name in node.names}
    assert {name: values[name] for name in "ayz"} == {"a": "2.0", "y": "3.0", "z": "6.0"}
    of_x = graph.slice(parameters=["sample:x"])
    assert of_x.lines().popitem()[1] == {1, 4, 6, 7, 8, 9}
    of_b = graph.slice(parameters=["sample:b"])
    assert of_b.lines().popitem()[1] == {2, 7, 8, 9}, "bar(x) does not depend on b"


LOST = {
    "a branch on a value": ("""
        def f(x):
            if x > 2:
                y = 1
            else:
                y = 0
            return y
        """, {2, 3, 6}),
    "a list made of values": ("""
        def f(x):
            both = [x, x + 1]
            return both
        """, {2, 3}),
    "a formatted string": ("""
        def f(x):
            y = x + 1
            text = f"{y}"
            return text
        """, {2, 3, 4}),
    "an append": ("""
        def f(x):
            xs = []
            xs.append(x)
            return xs
        """, {2, 3, 4}),
    "an item that is set": ("""
        def f(x):
            xs = [0, 0]
            xs[0] = x
            return xs[0]
        """, {2, 3, 4}),
    "a list that grows under two names": ("""
        def f(x):
            xs = [1]
            also = xs
            xs += [x]
            return also
        """, {2, 3, 4, 5}),
    "a generator": ("""
        def g(x):
            yield x
            yield x + 1
        def f(x):
            return sum(g(x))
        """, {2, 3, 5}),
    "an exception that is handled": ("""
        def g(x):
            raise ValueError(x)
        def f(x):
            try:
                return g(x)
            except ValueError:
                return 0
        """, {2, 5, 6, 7}),
    "a function of the standard library": ("""
        import math
        def f(x):
            y = x * x
            return math.sqrt(y)
        """, {3, 4}),
    "a truth value": ("""
        def f(x):
            y = x - 3
            z = not y
            return z and 5
        """, {2, 3, 4}),
    "recursion": ("""
        def f(n):
            if n == 0:
                return 1
            return n * f(n - 1)
        """, {2, 3, 4}),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_what_gets_lost_elsewhere_is_in_the_slice(name: str, load: Load) -> None:
    text, expected = LOST[name]
    module = load(text)
    with record() as trace:
        module.f(3)
    assert trace.graph().slice().lines().popitem()[1] == expected
