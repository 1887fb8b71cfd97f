"""What is recorded when more happens than there is room for; threads; nested recordings."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tracepy.hook.loader import code_of
from tracepy.recorder import budget, record
from tracepy.recorder._log import recording

Load = Callable[[str], SimpleNamespace]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def go(text: str) -> SimpleNamespace:
        space: dict[str, object] = {"__name__": "sample"}
        exec(code_of(text, str(tmp_path / "sample.py"), "sample"), space)
        return SimpleNamespace(**space)

    return go


HOT = """
def hot(x):
    y = x + 1
    return y
def run(n):
    total = 0
    for i in range(n):
        total += hot(i)
    last = total * 2
    return last
"""


def test_a_hot_function_takes_its_share_and_the_end_of_the_run_is_still_seen(load: Load) -> None:
    module = load(HOT)
    with record(events=100_000) as trace:
        assert module.run(60_000) == sum(range(1, 60_001)) * 2
    graph = trace.graph()
    assert any(place.endswith(" hot") for place in trace.dropped)
    assert graph.dropped == trace.dropped
    assert not trace._logs.full
    last = list(graph.nodes.values())[-2]
    assert last.kind == "return"
    assert last.value == repr(sum(range(1, 60_001)) * 2)


def test_what_an_unrecorded_loop_bound_is_said_to_be_unknown(load: Load) -> None:
    module = load("""
def run(n):
    total = 0
    for i in range(n):
        total += i
    last = total
    return last
""")
    with record(events=100_000) as trace:
        module.run(300_000)
    graph = trace.graph()
    gaps = [node for node in graph.nodes.values() if node.value == "(turns not recorded)"]
    assert gaps
    assert set(gaps[0].names) == {"total", "i"}
    # What follows depends on the gap, not on the last turn that was seen.
    assert gaps[0].id in graph.slice().nodes


@pytest.mark.parametrize("events", [0, 1, 7, 1_000])
def test_a_budget_of_events_is_kept_exactly(load: Load, events: int) -> None:
    module = load(HOT)
    with record(events=events) as trace:
        module.run(2_000)
    assert trace.events <= events
    assert not trace.complete
    assert trace.size <= budget.BYTES * max(events, 4_096)


def test_a_budget_is_one_of_memory_too(load: Load) -> None:
    functions = "\n".join(
        f"def f{n}(x):\n    text = str(x + {n}) * 30\n    return None" for n in range(50)
    )
    calls = "\n".join(f"    f{n}(x)" for n in range(50))
    module = load(f"{functions}\ndef run(x):\n{calls}\n")
    with record(events=40_000) as trace:
        for number in range(200):
            module.run(100_000 + number)
    assert not trace.complete
    assert trace.events < 40_000
    kept = [v for log in trace.logs() for *_, values in log for v in values if type(v) is str]
    assert sum(map(len, kept)) < budget.BYTES * 40_000


def test_after_the_recording_functions_run_as_written(load: Load) -> None:
    module = load(HOT)
    with record():
        module.hot(1)
        assert all(budget.gates.values())
    assert all(not gate for gate in budget.gates.values())
    assert module.hot(1) == 2


def test_numbers_that_grow_without_end_are_not_kept(load: Load) -> None:
    module = load("""
def run(n):
    x = 3
    for i in range(n):
        x = x * x % (1 << 40_000) + 1
    return i
""")
    with record() as trace:
        module.run(600)
    values = [v for log in trace.logs() for *_, values in log for v in values]
    assert (0, "int", None, None) in values
    assert max(v.bit_length() for v in values if type(v) is int) <= 240


def test_a_function_that_an_inner_recording_shuts_is_shut_there_only(load: Load) -> None:
    module = load(HOT)
    with record(events=1_000_000) as outer:
        with record(events=2_000) as inner:
            module.run(5_000)
        module.hot(1)
    assert inner.dropped
    assert not outer.dropped
    assert len(outer.graph().outputs) == 1


def test_threads_keep_apart(load: Load) -> None:
    module = load(HOT)
    with record() as trace:
        threads = [threading.Thread(target=module.run, args=(n,)) for n in (50, 60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        module.run(3)
    outputs = [trace.graph().nodes[key].value for key in trace.graph().outputs]
    assert sorted(outputs) == sorted(str(sum(range(1, n + 1)) * 2) for n in (50, 60, 3))


def test_a_thread_from_before_the_recording_is_not_recorded(load: Load) -> None:
    module = load(HOT)
    begin, done = threading.Event(), threading.Event()

    def work() -> None:
        begin.wait(20)
        module.run(5)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    with record() as trace:
        begin.set()
        done.wait(20)
    thread.join()
    assert not trace.graph().nodes


def test_many_threads_that_come_and_go_are_told_apart(load: Load) -> None:
    module = load(HOT)
    with record() as trace:
        for n in range(40):
            # Each takes the number that the operating system gave to the one before.
            thread = threading.Thread(target=module.run, args=(n,))
            thread.start()
            thread.join()
    assert len(trace.logs()) == 40
    assert len(trace.graph().outputs) == 40


def test_nothing_is_recorded_between_recordings() -> None:
    assert not recording()
    with record():
        with record():
            assert recording()
        assert recording()
    assert not recording()


def test_nested_recordings_in_a_loop_do_not_copy_the_outer_one(load: Load) -> None:
    module = load(HOT)
    with record() as outer:
        module.run(1)
        for _ in range(5):
            with record() as inner:
                module.run(2)
        module.run(1)
    assert len(inner.graph().outputs) == 1
    assert len(outer.graph().outputs) == 2


def test_code_can_be_hashed_and_compared(load: Load) -> None:
    module = load(HOT)
    assert len({module.hot.__code__, module.run.__code__, module.hot.__code__}) == 2
    gc.collect()


SHUT = {
    "returns from it": """
def find(xs, t):
    for x in xs:
        if x >= t:
            return x * 2
def run(t):
    a = find(range(1_000), t)
    b = a + 1
    return b
""",
    "returns from a generator's loop": """
def count(n):
    for i in range(n):
        yield i
def find(t):
    for x in count(1_000):
        if x >= t:
            return x * 2
def run(t):
    a = find(t)
    b = a + 1
    return b
""",
    "leaves it by an exception that it catches": """
def run(t):
    r = 0
    try:
        for x in range(1_000):
            if x >= t:
                raise KeyError(x)
    except KeyError as error:
        r = error.args[0] * 2
    b = r + 1
    return b
""",
    "leaves it by an exception that a context swallows": """
from contextlib import suppress
def run(t):
    r = 0
    with suppress(KeyError):
        for x in range(1_000):
            r = x * 2
            if x >= t:
                raise KeyError(x)
    b = r + 1
    return b
""",
}


@pytest.mark.parametrize("text", SHUT.values(), ids=SHUT)
def test_a_function_that_leaves_a_silent_loop_is_seen_again(load: Load, text: str) -> None:
    module = load(text)
    with record(events=2_000) as trace:
        assert module.run(900) == 1_801
    graph = trace.graph()
    assert graph.dropped
    cut = graph.slice()
    named = {name: node for node in cut.nodes.values() for name in node.names}
    assert named["b"].value == "1801"
    assert "t" in named, "what the result came from was lost"
    assert any(node.value == "(turns not recorded)" for node in cut.nodes.values())


def test_an_inner_loop_does_not_open_a_silent_outer_one(load: Load) -> None:
    module = load("""
def nest(n):
    for i in range(n):
        y = i * 2
        for j in range(2):
            pass
        z = y + 1
    return z, y
def after(x):
    w = x + 1
    return w
""")
    with record(events=1_000) as trace:
        module.nest(2_000)
        module.after(5)
    graph = trace.graph()
    assert not trace._logs.full
    assert [node.value for node in graph.nodes.values() if "w" in node.names] == ["6"]
    result = next(
        n for n in reversed(graph.nodes.values()) if n.function == "nest" and n.kind == "return"
    )
    cut = graph.slice(to="sample:nest")
    assert result.value == "(3999, 3998)"
    assert any(node.value == "(turns not recorded)" for node in cut.nodes.values())
    sources = {graph.nodes[key].value for key, role in result.inputs if role == "data"}
    assert sources == {"(turns not recorded)"}
