"""Objects in the hands of code that is not recorded, and other ways round."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from tracepy.recorder import record

Load = Callable[[str], ModuleType]

CASES = {
    "a class in a function": ("""
        def f(a, b):
            x = a
            class C:
                k = x
                z = b
            return C.k
        """, {2, 3, 4, 6}),
    "a property that is added to": ("""
        class P:
            def __init__(self): self._v = 1
            @property
            def v(self):
                return self._v
            @v.setter
            def v(self, n):
                self._v = n
        def f(a, b):
            p = P()
            p.v += a
            return p._v
        """, {2, 5, 8, 10, 11, 12}),
    "a property that is kept": ("""
        from functools import cached_property
        class P:
            def __init__(self, n): self.n = n
            @cached_property
            def v(self):
                return self.n * 2
        def f(a, b):
            p = P(a)
            u = p.v
            w = p.v
            return w
        """, {3, 6, 8, 9, 10, 11}),
    "an attribute set by its base": ("""
        class P:
            def __init__(self, v):
                object.__setattr__(self, "d", v)
        def f(a, b):
            p = P(a)
            return p.d
        """, {3, 5, 6}),
    "a thread's function": ("""
        from threading import Thread
        def f(a, b):
            out = []
            def run():
                out.append(a)
            t = Thread(target=run)
            t.start()
            t.join()
            return out
        """, {3, 4, 5, 6, 7, 9}),
    "a method of a builtin class": ("""
        def f(a, b):
            o = []
            list.append(o, a)
            return o
        """, {2, 3, 4}),
    "a lambda that changes what it closes over": ("""
        def f(a, b):
            xs = []
            g = lambda v: xs.append(v)
            g(a)
            return xs
        """, {2, 3, 4, 5}),
    "such a lambda in a dictionary": ("""
        def f(a, b):
            xs = []
            p = {"p": lambda v: xs.append(v)}
            p["p"](a)
            return xs
        """, {2, 3, 4, 5}),
    "an attribute that is deleted": ("""
        class A:
            k = 7
        def f(a, b):
            o = A()
            o.k = a
            del o.k
            return o.k
        """, {2, 4, 5, 6, 7}),
    "containers spread out": ("""
        def f(a, b):
            m = [[0,1],[2,3]]
            m[1][0] = a
            t = [list(r) for r in zip(*m)]
            return t[0][1]
        """, {2, 3, 4, 5}),
    "a method that is kept in a dictionary": ("""
        def f(a, b):
            xs = []
            put = {"p": xs.append}
            put["p"](a)
            return xs
        """, {2, 3, 4, 5}),
    "a method that is handed on": ("""
        def f(a, b):
            xs = []
            list(map(xs.append, [a, b]))
            return xs
        """, {2, 3, 4}),
    "an object where another one was": ("""
        import json
        def f(a, b):
            for i in range(10):
                t = json.loads("{}")
                t["k"] = a
                del t
            x = json.loads("{}")
            return x
        """, {7, 8}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_a_result_depends_on(name: str, load: Load) -> None:
    text, expected = CASES[name]
    module = load(text)
    with record() as trace:
        module.f(3, 4)
    assert trace.graph().slice().lines()[str(module.__file__)] == expected


def test_rings_and_trees_stay_linear(load: Load) -> None:
    module = load("""
        class Node:
            def __init__(self, up):
                self.up = up
                self.below = []
        def f(count):
            top = Node(None)
            last = top
            for i in range(count):
                new = Node(last)
                last.below.append(new)
                last = new if i % 3 else top
                shown = repr(top.below)
            return top
        """)
    sizes = []
    for count in (200, 800):
        with record() as trace:
            module.f(count)
        graph = trace.graph()
        sizes.append(len(graph.nodes.columns.edges) / trace.events)
    assert sizes[1] < 2 * sizes[0], "edges an event do not grow with the run"


def test_results_that_are_kept_are_not_all_linked_to_each_use(load: Load) -> None:
    module = load("""
        import functools
        @functools.lru_cache(None)
        def g(i):
            return i * 2
        def f(count):
            total = 0
            for turn in range(2):
                for i in range(count):
                    total += g(i)
            return total
        """)
    with record() as trace:
        module.f(500)
    columns = trace.graph().nodes.columns
    assert len(columns.edges) < 8 * trace.events


def test_a_graph_is_the_same_each_time(load: Load) -> None:
    module = load("""
        import json
        def f(count):
            kept = {}
            for i in range(count):
                kept[i] = [json.loads("{}") for j in range(3)]
                kept[i][0]["x"] = i
            return kept
        """)
    texts = []
    for _ in range(2):
        with record() as trace:
            module.f(40)
        texts.append(trace.graph().slice().to_text())
    assert texts[0] == texts[1]


def test_an_event_of_thousands_of_values(load: Load) -> None:
    names = ", ".join(f"a{i}" for i in range(3_000))
    module = load(f"def f():\n    {names} = range(3_000)\n    return a2999\n")
    with record() as trace:
        assert module.f() == 2_999
    graph = trace.graph()
    assert [n.value for n in graph.nodes.values() if n.names == ("a2999",)] == ["2999"]
    assert graph.nodes[graph.outputs[-1]].value == "2999"


def test_an_exception_that_no_file_can_hold(load: Load) -> None:
    from tracepy.graph import Graph

    module = load("""
        def f():
            raise ValueError("\\ud800bad")
        """)
    with record() as trace, pytest.raises(ValueError, match="bad"):
        module.f()
    graph = Graph.from_json(trace.graph().to_json())
    assert graph.error is not None
    assert "bad" in graph.error
