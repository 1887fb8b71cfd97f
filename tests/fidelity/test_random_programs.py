"""Any program prints, raises and shows to a tracer the same, instrumented or not, recorded or not."""

from __future__ import annotations

import ast
import gc
import importlib.util
import sys
import warnings
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tracepy.hook.loader import code_of
from tracepy.recorder import record

_SPEC = importlib.util.spec_from_file_location(
    "random_programs", Path(__file__).with_name("random_programs.py")
)
assert _SPEC is not None and _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
sys.modules["random_programs"] = _MODULE
_SPEC.loader.exec_module(_MODULE)
PROGRAMS: st.SearchStrategy[str] = _MODULE.programs()
FILE = "program.py"
QUICK = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip


def places(error: BaseException) -> list[tuple[str, int]]:
    found, trace = [], error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            found.append((trace.tb_frame.f_code.co_name, trace.tb_lineno))
        trace = trace.tb_next
    return found


def outcome(code: CodeType, lines: list[Any] | None = None) -> list[Any]:
    """What the program prints, and how it ends."""
    output: list[Any] = []
    space: dict[str, Any] = {"__name__": "program", "emit": output.append}

    def tracer(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != FILE:
            return None
        assert lines is not None
        lines.append((event, frame.f_code.co_name, frame.f_lineno))
        return tracer

    before = sys.gettrace()
    if lines is not None:
        # A collection in between would end what an earlier program left suspended, seen as lines.
        gc.collect()
        gc.disable()
        sys.settrace(tracer)
    try:
        exec(code, space)
    except Exception as error:
        seen: BaseException | None = error
        while seen is not None:
            output.append((type(seen), str(seen)[:60], places(seen), seen.__suppress_context__))
            seen = seen.__cause__ or seen.__context__
    finally:
        sys.settrace(before)
        gc.enable()
    output.append(sorted(name for name in space if name != "__builtins__"))
    return output


def compiled(text: str) -> CodeType:
    """Plain code; a program that is not one is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return compile(text, FILE, "exec", dont_inherit=True)
        except SyntaxError:
            assume(False)
            raise


def rewritten(text: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", category=_failure())
        return code_of(text, FILE, "program")


def _failure() -> type[Warning]:
    from tracepy.errors import InstrumentationWarning

    return InstrumentationWarning


@QUICK
@given(PROGRAMS, st.integers(1, 150))
def test_a_random_program_behaves_the_same(text: str, budget: int) -> None:
    expected = outcome(compiled(text))
    code = rewritten(text)
    assert outcome(code) == expected
    for events in (1_000_000, 5, budget):
        with record(events=events):
            assert outcome(code) == expected
    assert outcome(code) == expected


@settings(QUICK, max_examples=25)
@given(PROGRAMS)
def test_a_graph_of_a_random_program_stays_within_its_lines(text: str) -> None:
    compiled(text)
    code = rewritten(text)
    with record() as trace:
        outcome(code)
    kept = trace.graph().slice().lines().get(FILE, set())
    assert kept <= {n.lineno for n in ast.walk(ast.parse(text)) if hasattr(n, "lineno")}


@settings(QUICK, max_examples=8, phases=[Phase.generate])
@pytest.mark.parametrize("events", [0, 1_000_000, 5])
@given(text=PROGRAMS)
def test_a_tracer_sees_the_same(events: int, text: str) -> None:
    assert_traced_alike(events, text)


@pytest.mark.slow
@settings(QUICK, max_examples=30, phases=[Phase.generate])
@pytest.mark.parametrize("events", [0, 1_000_000, 5])
@given(text=PROGRAMS)
def test_a_tracer_sees_the_same_calls_and_lines(events: int, text: str) -> None:
    assert_traced_alike(events, text)


@pytest.mark.parametrize("events", [0, 1_000_000, 5])
@pytest.mark.parametrize(
    "text",
    [
        "def f(o):\n"
        "    assert not o\n"
        "    try:\n"
        "        return 1\n"
        "    finally:\n"
        "        o += 1\n"
        "f(2)\n",
        "def f(x=None):\n"
        "    try:\n"
        "        x.y\n"
        "    finally:\n"
        "        del z\n"
        "        print()\n"
        "f()\n",
        "try:\n"
        "    x\n"
        "finally:\n"
        "    if {c: 1 for c in (1, 2)}:\n"
        "        pass\n"
        "    else:\n"
        "        print()\n",
    ],
    ids=["returning", "an expression last", "an expression last in a branch"],
)  # fmt: skip
def test_where_an_exception_passes_by_a_tracer_sees_no_line_that_did_not_run(
    events: int, text: str
) -> None:
    assert_traced_alike(events, text)


def assert_traced_alike(events: int, text: str) -> None:
    expected: list[Any] = []
    outcome(compiled(text), expected)
    seen: list[Any] = []
    code = rewritten(text)
    if not events:
        outcome(code, seen)
    else:
        with record(events=events):
            outcome(code, seen)
    # A line may be seen once more, where a body or a `with` is left; none that did not run.
    assert [e[:2] for e in seen if e[0] != "line"] == [e[:2] for e in expected if e[0] != "line"]
    assert {e for e in seen if e[0] == "line"} == {e for e in expected if e[0] == "line"}
