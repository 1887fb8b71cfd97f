"""What a recording holds, and what it must not touch."""

from __future__ import annotations

import gc
import importlib
import sys
import textwrap
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tracepy.hook import install
from tracepy.recorder import record

Load = Callable[[str], ModuleType]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    monkeypatch.syspath_prepend(str(tmp_path))
    hook = install("recorded")

    def go(text: str) -> ModuleType:
        (tmp_path / "recorded.py").write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        importlib.invalidate_caches()
        return importlib.import_module("recorded")

    yield go
    hook.uninstall()
    sys.modules.pop("recorded", None)


LOOP = """
    def f(n):
        t = 0
        for i in range(n):
            t += i
        return t
    """


def test_lines_are_those_that_ran(load: Load) -> None:
    module = load("""
        def f(a):
            if a:
                x = 1
            else:
                x = 2
            try:
                y = (
                    1 / 0
                )
            except ZeroDivisionError:
                y = 3
            return x + y
        """)
    with record() as trace:
        module.f(1)
    assert trace.lines() == {module.__file__: {2, 3, 7, 10, 11, 12}}


def test_nothing_is_recorded_outside_a_recording(load: Load) -> None:
    module = load(LOOP)
    assert module.f(3) == 3
    with record() as trace:
        pass
    assert module.f(3) == 3
    assert trace.lines() == {}
    assert trace.graph().nodes == {}


def test_facts_tell_types_and_values_of_what_is_read_and_written(load: Load) -> None:
    module = load("""
        def f(a, xs):
            y = a * 2
            return y
        """)
    with record() as trace:
        module.f(1, [1, 2])
        module.f("z", [object()])
    types, values = trace.facts()
    assert types[module.__file__][2] == {"a": ["int", "str"], "y": ["int", "str"]}
    assert values[module.__file__][2] == {"a": ["1", "'z'"], "y": ["2", "'zz'"]}


def test_a_spent_budget_ends_the_recording_and_the_graph_says_so(load: Load) -> None:
    module = load(LOOP)
    with record(events=100) as trace:
        assert module.f(5000) == sum(range(5000))
        assert module.f(5) == 10
    assert not trace.graph().complete
    assert not trace.complete
    assert trace.dropped
    assert 0 < len(trace.graph().nodes) <= 2 * trace.events <= 200
    assert "incomplete" in trace.graph().to_text()


def test_a_recording_keeps_no_object_alive(load: Load) -> None:
    module = load("""
        class O:
            pass
        def f():
            o = O()
            o.p = [O()]
            return o
        """)
    with record() as trace:
        o = module.f()
        inner, outer = weakref.ref(o.p[0]), weakref.ref(o)
        del o
        gc.collect()
        assert inner() is None
        assert outer() is None
    assert trace.lines()


def test_threads_that_start_meanwhile_are_recorded_and_others_are_not(load: Load) -> None:
    module = load("""
        def mine():
            return 1
        def theirs():
            return 2
        """)
    begun, done = threading.Event(), threading.Event()

    def other() -> None:
        begun.wait()
        module.theirs()
        done.set()

    outside = threading.Thread(target=other)
    outside.start()
    with record() as trace:
        inside = threading.Thread(target=module.mine)
        inside.start()
        inside.join()
        begun.set()
        done.wait()
    outside.join()
    assert trace.lines() == {module.__file__: {2}}


def test_recordings_nest(load: Load) -> None:
    module = load(LOOP)
    with record() as outer:
        module.f(1)
        with record() as inner:
            module.f(2)
        module.f(1)
    assert len(inner.graph().outputs) == 1
    assert len(outer.graph().outputs) == 2
