"""What several threads and tasks did is one graph, in the order in which they did it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from tracepy.recorder import record

Load = Callable[[str], ModuleType]


def test_a_thread_sees_what_was_written_before_it_began(load: Load) -> None:
    module = load("""
        import threading
        def work(box, out):
            out.append(box["x"])
        def f(a):
            box = {"x": 0}
            box["x"] = a
            out = []
            thread = threading.Thread(target=work, args=(box, out))
            thread.start()
            thread.join()
            box["x"] = -1
            return out[0]
        """)
    with record() as trace:
        assert module.f(5) == 5
    (lines,) = trace.graph().slice().lines().values()
    assert {3, 6, 7, 8} <= lines
    assert 11 not in lines, "written after the thread had read"


def test_threads_that_take_turns_are_read_in_turns(load: Load) -> None:
    module = load("""
        import threading
        LOG = []
        def ping(mine, other, count):
            for i in range(count):
                mine.acquire()
                LOG.append(i)
                other.release()
        def f(count):
            one, two = threading.Semaphore(1), threading.Semaphore(0)
            threads = [
                threading.Thread(target=ping, args=pair)
                for pair in ((one, two, count), (two, one, count))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return len(LOG)
        """)
    with record() as trace:
        assert module.f(20) == 40
    nodes = [
        n for n in trace.graph().nodes.values() if n.code == "LOG.append(i)" and n.kind == "call"
    ]
    turns = [n for n in trace.graph().nodes.values() if n.code.startswith("for i in") and n.names]
    order = [n.value for n in sorted((*nodes, *turns), key=lambda n: n.id) if n.names]
    assert sorted(order, key=lambda v: int(v or 0)) == [str(i) for i in range(20) for _ in range(2)]
    assert len(nodes) == 40


def test_the_judged_output_is_the_recording_threads(load: Load) -> None:
    module = load("""
        import threading
        def work(done):
            done.wait()
            return 1
        def f(a):
            return a
        """)
    import threading

    done = threading.Event()
    with record() as trace:
        thread = threading.Thread(target=module.work, args=(done,))
        thread.start()
        module.f(7)
        done.set()
        thread.join()
    graph = trace.graph()
    assert [graph.nodes[key].value for key in graph.outputs] == ["1", "7"]


def test_closures_of_one_factory_are_told_apart(load: Load) -> None:
    module = load("""
        def counter(start):
            n = start
            def more(k):
                nonlocal n
                n += k
                return n
            return more
        def f(a, b):
            one = counter(a)
            two = counter(b)
            one(a)
            two(b)
            return one(1)
        """)
    with record() as trace:
        assert module.f(2, 30) == 5
    graph = trace.graph()
    values = [n.value for n in graph.slice().nodes.values() if n.code == "n += k"]
    assert values == ["4", "5"], "60 is the other counter's"
