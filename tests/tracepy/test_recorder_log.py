"""The compiled log: what its operators write is what is read back."""

from __future__ import annotations

import gc
import pickle
import signal
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy.recorder import _log, budget
from tracepy.recorder._log import LOG, Gate, Log, Recording
from tracepy.transforms.instrument_syntax import BASE

SITE = BASE + 5
OTHER = BASE + (3 << 22) + 7  # of another module
Events = list[tuple[int, list[Any]]]


class Written:
    """A recording that a test writes to."""

    def __init__(self, events: int = 10**9, interval: int = 10**6) -> None:
        self.looks: list[dict[int, int]] = []
        self.recording = Recording(events, 64 * events, interval, self.look)
        self.recording.begin()

    def look(self, log: Log) -> None:
        self.looks.append(log.counts())

    def events(self) -> Events:
        found: Events = []
        for log, count in enumerate(self.recording.pieces()):
            for piece in range(count):
                found += self.recording.read(log, piece)
        return found


@pytest.fixture
def written() -> Iterator[Written]:
    made = Written()
    yield made
    made.recording.end()


def entry_of(value: object) -> object:
    """What is read back of one value."""
    made = Written()
    LOG[SITE] = value
    made.recording.end()
    ((number, (entry,)),) = made.events()
    assert number == SITE
    return entry


# What stands in the log

atoms = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), st.floats(), st.text(max_size=60),
    st.binary(max_size=60),
)  # fmt: skip
plain = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), st.floats(), st.text(max_size=40),
    st.binary(max_size=40),
)  # fmt: skip


def same(one: object, other: object) -> bool:
    """Equal, of the same type, and NaN equal to itself."""
    return type(one) is type(other) and repr(one) == repr(other)


@given(st.one_of(atoms, st.integers(-(2**200), 2**200), st.complex_numbers()))
def test_numbers_and_texts_are_read_back_as_they_were(value: object) -> None:
    assert same(entry_of(value), value)


@given(
    st.one_of(
        st.lists(plain, max_size=8),
        st.lists(plain, max_size=8).map(tuple),
        st.dictionaries(plain, plain, max_size=8),
    )
)
def test_small_containers_of_plain_items_are_shown(value: Any) -> None:
    assert entry_of(value) == (id(value), type(value).__name__, len(value), repr(value))


@given(st.one_of(st.sets(plain, max_size=8), st.frozensets(plain, max_size=8)))
def test_sets_are_shown_in_some_order(value: Any) -> None:
    entry: Any = entry_of(value)
    assert entry[:3] == (id(value), type(value).__name__, len(value))
    assert sorted(entry[3]) == sorted(repr(value))


@given(st.lists(st.tuples(st.booleans(), st.lists(atoms, max_size=5)), max_size=300))
def test_events_are_read_back_in_order(events: list[tuple[bool, list[object]]]) -> None:
    made = Written()
    for first, values in events:
        LOG[-(SITE if first else OTHER)] = tuple(values)
    made.recording.end()
    found = made.events()
    assert [number for number, _ in found] == [SITE if first else OTHER for first, _ in events]
    for (_, entries), (_, values) in zip(found, events, strict=True):
        assert all(map(same, entries, values))


def test_what_was_in_a_list_is_what_was_in_it_then(written: Written) -> None:
    items = [1]
    LOG[SITE] = items
    items.append(2)
    LOG[SITE] = items
    items += "x" * 20
    LOG[SITE] = items
    shown = [entry[2:] for _, (entry,) in written.events()]
    assert shown == [(1, "[1]"), (2, "[1, 2]"), (22, None)]


def test_what_cannot_be_shown_is_told_by_type_and_length() -> None:
    assert entry_of([object()])[1:] == ("list", 1, None)  # type: ignore[index]
    assert entry_of(list(range(9)))[1:] == ("list", 9, None)  # type: ignore[index]
    assert entry_of("x" * 10_000) == (0, "str", 10_000, repr("x" * 200))
    assert entry_of(b"x" * 10_000) == (0, "bytes", 10_000, repr(b"x" * 200))
    assert entry_of(10**1000) == (0, "int", None, None)
    thing = object()
    assert entry_of(thing) == (id(thing), "object", None, None)


def test_no_method_of_a_class_is_called_and_no_object_kept() -> None:
    class Meta(type):
        def __hash__(cls) -> int:
            raise AssertionError("called")

        def __getattribute__(cls, name: str) -> object:
            raise AssertionError("called")

    class Loud(metaclass=Meta):
        def __repr__(self) -> str:
            raise AssertionError("called")

        __eq__ = __hash__ = __bool__ = __len__ = __iter__ = __repr__  # type: ignore[assignment]

    made = Written()
    loud = Loud()
    gone = weakref.ref(loud)
    LOG[SITE] = loud
    LOG[SITE] = [loud]
    LOG[-SITE] = (loud, loud)
    assert LOG[SITE, loud] is loud
    del loud
    assert gone() is None
    made.recording.end()
    assert [entry[1] for _, entries in made.events() for entry in entries] == [
        "Loud", "list", "Loud", "Loud", "Loud",
    ]  # fmt: skip


def test_classes_are_let_go_once_the_recording_is_over() -> None:
    made = Written()
    kind = type("Passing", (), {})
    gone = weakref.ref(kind)
    LOG[SITE] = kind()
    del kind
    gc.collect()
    assert gone() is not None  # else another class could take its address, and its name
    made.recording.end()
    gc.collect()
    assert gone() is None
    assert made.events()[0][1][0][1] == "Passing"


# Operators


def test_an_expression_hands_its_value_on(written: Written) -> None:
    value = object()
    assert LOG[SITE, value] is value
    assert LOG[SITE, 7, value] is value
    assert LOG[-SITE, 7, value] is value
    assert LOG[LOG, SITE, 8] == 8
    assert LOG[None, SITE, 9] == 9  # a loop that has had its share
    entry = (id(value), "object", None, None)
    assert written.events() == [
        (SITE, [entry]), (SITE, [7, entry]), (SITE, [7]), (SITE, [8]),
    ]  # fmt: skip


def test_an_exception_is_told_by_where_it_came_from_and_what_it_says(written: Written) -> None:
    try:
        raise ValueError("too large")
    except ValueError as error:
        del LOG[SITE, None, error]
        del LOG[-SITE, 12]
        line = error.__traceback__.tb_lineno if error.__traceback__ else 0
        identity = id(error)
    assert written.events() == [
        (SITE, [line, (identity, "ValueError", None, None)]),
        (SITE, [12, line, (identity, "ValueError: too large", None, None)]),
    ]


def test_what_an_exception_says_is_never_asked_of_the_program(written: Written) -> None:
    class Loud(Exception):
        def __str__(self) -> str:
            raise AssertionError("called")

        __repr__ = __str__

    for arguments in ((), (Loud(),), ("x" * 1_000,), (10**10_000,)):
        try:
            raise Loud(*arguments)
        except Loud:
            del LOG[-SITE, None]
    said = [entry[1] for _, (_, entry) in written.events()]
    assert said == ["Loud", "Loud", "Loud: " + "x" * 200, "Loud"]


def test_a_loop_goes_on_until_it_is_shut(written: Written) -> None:
    assert LOG << SITE is LOG
    assert LOG << -OTHER is LOG
    written.recording.shut_loop(SITE)
    assert LOG << SITE is None
    assert LOG << OTHER is LOG
    many = [BASE + n for n in range(1, 500, 2)]
    for site in many:
        written.recording.shut_loop(site)
    assert all(LOG << site is None for site in many)
    assert all(LOG << site + 1 is LOG for site in many if site + 1 != SITE)
    assert written.events() == [(OTHER, [])]


def test_frames_are_numbered(written: Written) -> None:
    one, two = -LOG, -LOG
    assert one < two


def test_a_gate_is_open_while_something_is_recorded_and_it_is_not_shut() -> None:
    gate = Gate(SITE)
    assert not gate
    made = Written()
    assert gate
    assert gate[1, 2] is LOG
    assert gate @ (3, 4) is LOG
    gate.shut(made.recording)
    assert not gate
    made.recording.end()
    again = Written()
    assert gate
    again.recording.end()
    assert not gate
    assert gate[1,] is None
    assert gate @ 1 is None
    (one, (site, [(_, *shown)])) = made.events()
    assert one == (SITE, [1, 2])
    assert (site, shown) == (SITE, ["tuple", 2, "(3, 4)"])


def test_another_threads_log_is_its_own(written: Written) -> None:
    def work() -> None:
        LOG[SITE] = "there"

    LOG[SITE] = "here"
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert written.recording.pieces() == [1, 1]
    assert [values for _, values in written.recording.read(1, 0)] == [["there"]]


def test_a_thread_that_was_there_before_is_left_out() -> None:
    begin, done = threading.Event(), threading.Event()
    seen: list[object] = []

    def work() -> None:
        begin.wait(20)
        LOG[SITE] = "there"
        seen.extend([+LOG, LOG << SITE, Gate(SITE)[()]])
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    made = Written()
    begin.set()
    assert done.wait(20)
    thread.join()
    made.recording.end()
    assert made.events() == []
    assert seen == [None, None, None]


def test_the_budget_is_granted_in_portions_and_counted() -> None:
    made = Written(events=250, interval=100)
    for number in range(1_000):
        LOG[SITE if number % 3 else OTHER] = number
    assert made.recording.full
    made.recording.end()
    assert made.recording.written == 250
    assert [sum(counts.values()) for counts in made.looks] == [100, 100, 50]
    assert made.looks[0] == {SITE: 66, OTHER: 34}
    assert len(made.events()) == 250


def test_counting_goes_on_where_it_stopped_across_chunks() -> None:
    made = Written(interval=7_001)
    for number in range(70_010):
        LOG[-(BASE + number % 600)] = (number, [number] * 5)
    made.recording.end()
    assert [sum(counts.values()) for counts in made.looks] == [7_001] * 10
    assert made.recording.pieces()[0] > 10
    assert len(made.events()) == 70_010


def test_a_look_that_meets_the_recursion_limit_comes_later() -> None:
    def deep(look: Callable[[], None]) -> None:
        try:
            deep(look)
        except RecursionError:
            look()
            raise

    made = Written(interval=3)

    def write() -> None:
        for _ in range(10):
            LOG[SITE] = 1

    with pytest.raises(RecursionError):
        deep(write)
    made.recording.end()
    assert made.recording.written >= 10


def test_what_interrupts_a_look_interrupts_the_program() -> None:
    def look(log: Log) -> None:
        raise KeyboardInterrupt

    recording = Recording(1_000, 64_000, 5, look)
    recording.begin()
    with pytest.raises(KeyboardInterrupt):
        for _ in range(10):
            LOG[SITE] = 1
    recording.end()
    assert recording.written == 5


def test_what_is_no_event_is_not_written(written: Written) -> None:
    odd: Any = LOG
    odd["text"] = 1
    odd[2**80] = 1
    odd[-SITE] = 5
    del odd[5]
    del odd[()]
    with pytest.raises(TypeError):
        odd[5]
    with pytest.raises(TypeError):
        odd << "text"
    with pytest.raises(TypeError):
        5 << odd
    with pytest.raises(TypeError):
        type(odd)()
    with pytest.raises(IndexError):
        written.recording.read(0, 5)
    assert written.events() == []


def test_the_objects_in_code_are_found_by_import_when_they_are_pickled() -> None:
    gate = budget.gate_of(SITE)
    assert pickle.loads(pickle.dumps(gate)) is gate
    assert pickle.loads(pickle.dumps(LOG)) is LOG
    assert hash(gate) == object.__hash__(gate)


def test_an_operator_needs_no_room_at_the_recursion_limit(written: Written) -> None:
    def deep(n: int) -> int:
        LOG[SITE] = n
        return LOG[SITE, deep(n + 1)]

    before = sys.getrecursionlimit()
    with pytest.raises(RecursionError):
        deep(0)
    assert sys.getrecursionlimit() == before
    assert written.recording.written > 100


def test_nothing_leaks() -> None:
    def everything() -> None:
        made = Written(interval=10)
        gate = Gate(SITE)
        for number in range(200):
            LOG[-SITE] = (number, 2**90 + number, "y" * (number + 30), b"z" * number, [number], {})
            assert gate[number,] is LOG
            try:
                raise ValueError(str(number) * 20)
            except ValueError as error:
                del LOG[SITE, None, error]
                del LOG[-SITE, None]
        made.recording.end()
        made.events()

    counts = []
    for _ in range(6):
        everything()
        gc.collect()
        counts.append(sys.getallocatedblocks())
    assert counts[-1] - counts[2] < 50


def test_an_event_is_whole_though_the_collector_runs_code_of_the_program() -> None:
    class Late:
        """Is found by the collector, and reports when it goes."""

        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            LOG[OTHER] = {"late", 1}

    made = Written()
    before = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for number in range(300):
            Late()
            LOG[-SITE] = (
                {number, "a"},
                "x" * (300 + number),
                b"y" * 300,
                frozenset({number}),
                number,
            )
            try:
                raise ValueError("x" * 500)
            except ValueError:
                del LOG[-SITE, None]
    finally:
        gc.set_threshold(*before)
    gc.collect()
    made.recording.end()
    found = made.events()
    assert {len(values) for number, values in found if number == SITE} == {5, 2}
    late = [values for number, values in found if number == OTHER]
    assert len(late) == 300
    assert all(len(values) == 1 and values[0][1:3] == ("set", 2) for values in late)


def test_an_interrupt_is_never_lost() -> None:
    caught = fired = 0

    def interrupt(number: int, frame: object) -> None:
        nonlocal fired
        fired += 1
        raise KeyboardInterrupt

    made = Written()
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(300):
            try:
                signal.setitimer(signal.ITIMER_REAL, 2e-5)
                for number in range(300):
                    LOG[SITE] = "x" * 300 + str(number)
            except KeyboardInterrupt:
                caught += 1
            signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:  # between the alarm and the call that stops it
        caught += 1
    finally:
        signal.signal(signal.SIGALRM, before)
        made.recording.end()
    assert caught == fired
    assert all(entries[0][2] > 300 for _, entries in made.events())


def test_events_with_many_values_are_whole_and_take_no_more_room_than_they_need() -> None:
    made = Written()
    wide = (*range(300), "x" * 20, [1.5] * 8, {str(n) * 9: str(n) * 9 for n in range(8)})
    for _ in range(200):
        LOG[-SITE] = wide
        LOG[OTHER] = 1
        LOG[-OTHER] = wide * 30
    made.recording.end()
    found = made.events()
    assert [len(values) for _, values in found] == [303, 1, 303 * 30] * 200
    assert {values[7] for _, values in found if len(values) > 1} == {7}
    assert made.recording.size < 200 * 40 * 303 * 8


def test_a_container_that_was_once_large_is_not_searched() -> None:
    many, table = set(range(100_000)), dict.fromkeys(range(100_000))
    for number in range(99_997):
        many.remove(number)
        del table[number]
    assert entry_of(many) == (id(many), "set", 3, None)
    assert entry_of(table) == (id(table), "dict", 3, None)


def test_the_module_says_whether_anything_is_recorded(written: Written) -> None:
    assert _log.recording()
    written.recording.end()
    assert not _log.recording()
