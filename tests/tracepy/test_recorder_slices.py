"""Slices with known lines, construct by construct."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tracepy.recorder import Trace, record

Load = Callable[[str], ModuleType]


def sliced(trace: Trace, to: Any = None) -> set[int]:
    lines = trace.graph().slice(to=to).lines()
    return next(iter(lines.values()), set())


CASES = {
    "straight line": ("""
        def f(a, b):
            x = a + 1
            y = b + 1
            return x
        """, (1, 2), {2, 4}),
    "a walrus and what it was made of": ("""
        def f(a, b):
            c = a + 1
            d = b + 1
            if (e := c * 2) > 0:
                g = e + 1
            return e
        """, (1, 2), {2, 4, 6}),
    "walruses in calls and items": ("""
        def twice(x):
            return x * 2
        def f(a, b, items):
            c = a + 1
            d = b + 1
            use = [abs((e := twice(c))), (k := items[d])]
            return e
        """, (1, 0, [7, 8]), {2, 4, 6, 7}),
    "rebinding": ("""
        def f(a):
            x = 1
            x = a
            return x
        """, (1,), {3, 4}),
    "a branch taken": ("""
        def f(a):
            x = 0
            if a > 1:
                x = 5
            return x
        """, (2,), {3, 4, 5}),
    "a branch not taken": ("""
        def f(a):
            x = 0
            if a > 1:
                x = 5
            return x
        """, (1,), {2, 3, 5}),
    "an append not made": ("""
        def f(a):
            out = []
            other = []
            if a > 1:
                out.append(a)
            if a > 2:
                other.append(a)
            return out
        """, (1,), {2, 4, 8}),
    "an early return not taken": ("""
        def f(a):
            if a > 5:
                return 0
            x = a
            return x
        """, (1,), {2, 4, 5}),
    "a loop": ("""
        def f(n):
            t = 0
            unused = 0
            for i in range(n):
                t += i
                unused += 1
            return t
        """, (3,), {2, 4, 5, 7}),
    "a while loop": ("""
        def f(n):
            t = 0
            while n:
                n -= 1
                t = t + n
            return t
        """, (3,), {2, 3, 4, 5, 6}),
    "a call's argument": ("""
        def g(p, q):
            return p
        def f(a):
            x = a
            y = a
            return g(x, y)
        """, (1,), {2, 4, 6}),
    "nested calls": ("""
        def g(p):
            return p
        def h(p):
            return 0
        def f(a):
            x = a
            y = a
            return g(h(x)) + g(y)
        """, (1,), {2, 4, 7, 8}),
    "recursion": ("""
        def fact(n):
            if n < 2:
                return 1
            return n * fact(n - 1)
        def f(n):
            k = n
            return fact(k)
        """, (4,), {2, 3, 4, 6, 7}),
    "attributes through aliases": ("""
        class P:
            def __init__(self, v):
                self.v = v
                self.w = v
        def f(a):
            p = P(a)
            q = p
            q.w = 2
            q.v = 3
            return p.v
        """, (1,), {6, 7, 9, 10}),
    "items by key": ("""
        def f(a):
            d = {}
            d["x"] = a
            d["y"] = 2
            return d["x"]
        """, (1,), {2, 3, 5}),
    "items of nested containers": ("""
        def f(a):
            d = {"k": [0, 0]}
            d["k"][1] = a
            other = {}
            return d["k"][1]
        """, (1,), {2, 3, 5}),
    "mutators": ("""
        def f(a):
            xs = []
            ys = []
            xs.append(a)
            ys.append(a)
            xs.sort()
            return sum(xs)
        """, (1,), {2, 4, 6, 7}),
    "a comprehension": ("""
        def f(n):
            k = 2
            z = 3
            return [i * k for i in range(n)]
        """, (2,), {2, 4}),
    "an exception handled": ("""
        def g(a):
            if a:
                raise ValueError(a)
            return 1
        def f(a):
            x = 0
            try:
                x = g(a)
            except ValueError:
                x = 9
            return x
        """, (1,), {2, 3, 8, 9, 10, 11}),
    "a generator": ("""
        def g(n):
            for i in range(n):
                yield i
        def f(n):
            t = 0
            for v in g(n):
                t += v
            return t
        """, (2,), {2, 3, 5, 6, 7, 8}),
    "a closure": ("""
        def f(a):
            k = a
            z = 2
            def g(v):
                return v + k
            return g(1)
        """, (1,), {2, 4, 5, 6}),
    "nonlocal": ("""
        def f(a):
            n = 0
            def add(k):
                nonlocal n
                n += k
            add(a)
            return n
        """, (1,), {2, 3, 5, 6, 7}),
    "a module's constant": ("""
        RATE = 3
        OTHER = 4
        def f(a):
            return a * RATE
        """, (1,), {1, 4}),
    "a class's constant": ("""
        class P:
            depth = 3
            other = 4
            def go(self):
                return self.depth
        def f(a):
            return P().go()
        """, (1,), {2, 5, 7}),
    "a module's state": ("""
        STATE = {"n": 0}
        def put(v):
            STATE["n"] = v
        def f(a):
            put(a)
            return STATE["n"]
        """, (1,), {1, 3, 5, 6}),
    "with": ("""
        class CM:
            def __enter__(self):
                return 5
            def __exit__(self, *a):
                return None
        def f(a):
            z = a
            with CM() as v:
                x = v
            return x
        """, (1,), {3, 8, 9, 10}),
    "a walrus": ("""
        def f(a):
            z = 1
            if (n := a + 1) > 1:
                return n
        """, (1,), {3, 4}),
    "unpacking": ("""
        def f(a):
            x, y = a, 2
            z = y
            return x
        """, (1,), {2, 4}),
    "match": ("""
        def f(a):
            match a:
                case [x, y]:
                    return x
                case _:
                    return 0
        """, ([1, 2],), {3, 4}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_slice_of_a_returned_value(name: str, load: Load) -> None:
    text, arguments, expected = CASES[name]
    module = load(text)
    with record() as trace:
        module.f(*arguments)
    found = sliced(trace)
    missing, extra = expected - found, found - expected
    assert not missing, f"not in the slice: {sorted(missing)}"
    assert not extra, f"needlessly in the slice: {sorted(extra)}"


def test_the_slice_of_an_exception_that_escapes(load: Load) -> None:
    module = load("""
        def f(a):
            x = a
            y = 2
            z = x / 0
            return z
        """)
    with record() as trace, pytest.raises(ZeroDivisionError):
        module.f(1)
    graph = trace.graph()
    assert graph.error == "ZeroDivisionError: division by zero"
    assert sliced(trace) == {2, 4}
    assert graph.nodes[graph.outputs[-1]].kind == "raise"


def test_the_slice_of_a_failing_assertion(load: Load) -> None:
    module = load("""
        def f(a):
            x = a
            y = 2
            assert x > 5
        """)
    with record() as trace, pytest.raises(AssertionError):
        module.f(1)
    assert sliced(trace) == {2, 4}


def test_criteria_by_value_line_and_name(load: Load) -> None:
    module = load("""
        LIMIT = 7
        def g(a):
            x = [a]
            return x
        def f(a):
            y = g(a)
            z = LIMIT
            return z
        """)
    with record() as trace:
        module.f(1)
        got = module.g(4)
    assert sliced(trace, got) == {3, 4}
    assert sliced(trace, 7) == {1, 7, 8}
    assert sliced(trace, "sample.py:7") == {1, 7}
    assert sliced(trace, "sample:f") == {1, 7, 8}
    assert sliced(trace, "sample:LIMIT") == {1}


def test_parameters_cut_the_slice_down_to_what_lies_between(load: Load) -> None:
    module = load("""
        RATE = 3
        BASE = 4
        def f(a):
            x = a * RATE
            y = BASE
            return x + y
        """)
    with record() as trace:
        module.f(1)
    cut = trace.graph().slice(parameters=["sample:RATE"])
    assert next(iter(cut.lines().values())) == {1, 4, 6}


def test_nearness_falls_with_the_distance_from_the_output(load: Load) -> None:
    module = load("""
        def f(a):
            x = a
            y = x
            return y
        """)
    with record() as trace:
        module.f(1)
    rows = next(iter(trace.graph().slice().nearness().values()))
    assert rows[4] == 1.0
    assert 1.0 > rows[3] > rows[2] > 0.0


def test_async_code_is_followed(load: Load) -> None:
    import asyncio

    module = load("""
        import asyncio
        async def g(a):
            await asyncio.sleep(0)
            return a
        async def f(a):
            z = 1
            x = await g(a)
            return x
        """)
    with record() as trace:
        assert asyncio.run(module.f(3)) == 3
    assert sliced(trace) == {4, 7, 8}


def test_generators_that_suspend_in_a_default_keep_apart(load: Load) -> None:
    module = load("""
        def gen(n):
            t = n
            def g(a=(yield t)): return a
            t = t + 1
            def h(a=(yield t)): return a
            yield t
        def f():
            one, other = gen(1), gen(100)
            return [next(one), next(other), next(one), next(other)]
        """)
    with record() as trace:
        assert module.f() == [1, 100, 2, 101]
    nodes = trace.graph().nodes
    made = [n for n in nodes.values() if n.code == "t = t + 1"]
    assert [(n.value, [nodes[key].value for key, role in n.inputs if role == "data"]) for n in made] == [
        ("2", ["1"]), ("101", ["100"]),
    ]  # fmt: skip


def test_an_object_that_comes_back_from_code_outside_is_the_one_that_went_there(load: Load) -> None:
    module = load("""
        def make(a):
            x = a
            y = 2
            return [x]
        def use(box):
            return box
        """)
    with record() as trace:
        module.use(module.make(1))
    assert sliced(trace) == {2, 4, 6}
