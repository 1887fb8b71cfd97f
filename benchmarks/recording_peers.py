"""Peers that record what a program does, each as a mode of `recording_child.py`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

from recording_program import Around, Program, Unfit

EMPTY_HOOKS = '''
from dynapyt.analyses.BaseAnalysis import BaseAnalysis


class Empty(BaseAnalysis):
    def read_identifier(self, dyn_ast, iid, val):
        """Nothing."""

    def read_attribute(self, dyn_ast, iid, base, name, val):
        """Nothing."""

    def read_subscript(self, dyn_ast, iid, base, sl, val):
        """Nothing."""

    def write(self, dyn_ast, iid, old_vals, new_val):
        """Nothing."""

    def pre_call(self, dyn_ast, iid, function, pos_args, kw_args):
        """Nothing."""

    def post_call(self, dyn_ast, iid, result, call, pos_args, kw_args):
        """Nothing."""
'''
NOT_ANNOTATABLE = {
    "nbody": "a node refuses assignment to its items",
    "json_parser": "conditions on nodes leave no trace, strings do not index by nodes",
    "scheduler": "attribute writes of plain objects are not seen",
    "sorting": "a node refuses assignment to its items",
    "producers": "a queue's items are not nodes of the function that takes them",
    "pipeline": "a generator is one opaque node",
    "templates": "a package would have to be annotated",
    "tables": "a package would have to be annotated",
}
"""Why OpenTrace is measured on `fib` alone."""


def settrace(program: Program) -> Around:
    """`sys.settrace`, a copy of the local variables at each event."""
    known: dict[str, bool] = {}
    seen: list[Any] = [None]

    def local(frame: FrameType, event: str, argument: Any) -> Any:
        seen[0] = dict(frame.f_locals)
        return local

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        path = frame.f_code.co_filename
        if path not in known:
            known[path] = program.has(path)
        return local(frame, event, argument) if known[path] else None

    @contextmanager
    def tracing() -> Iterator[None]:
        sys.settrace(enter)
        try:
            yield
        finally:
            sys.settrace(None)

    return tracing


def coverage(program: Program) -> Around:
    """coverage's C tracer: lines, no values."""
    os.environ["COVERAGE_CORE"] = "ctrace"
    from coverage import Coverage  # type: ignore[import-not-found, unused-ignore]

    include = [f"{file}/*" if file.is_dir() else str(file) for file in program.files]
    measure = Coverage(data_file=None, config_file=False, include=include)

    @contextmanager
    def measuring() -> Iterator[None]:
        measure.start()
        try:
            yield
        finally:
            measure.stop()

    return measuring


def viztracer(program: Program) -> Around:
    """VizTracer: calls, no values."""
    from viztracer import VizTracer  # type: ignore[import-not-found, unused-ignore]

    tracer = VizTracer(verbose=0, include_files=[str(file) for file in program.files])

    @contextmanager
    def tracing() -> Iterator[None]:
        tracer.start()
        try:
            yield
        finally:
            tracer.stop()
            tracer.clear()

    return tracing


def dynapyt(program: Program) -> Around:
    """DynaPyt with hooks for reads, writes and calls that do nothing. It rewrites a copy."""
    folder = Path(tempfile.mkdtemp(prefix="dynapyt-"))
    sys.path.insert(0, str(folder))
    (folder / "empty_hooks.py").write_text(EMPTY_HOOKS)
    files: list[str] = []
    for path in program.files:
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
            files += sorted(str(file) for file in (folder / path.name).rglob("*.py"))
        else:
            files.append(str(shutil.copy(path, folder / path.name)))
    session = os.environ["DYNAPYT_SESSION_ID"] = str(uuid.uuid4())
    analyses = Path(tempfile.gettempdir()) / f"dynapyt_analyses-{session}.txt"
    analyses.write_text("empty_hooks.Empty")
    from dynapyt.instrument.instrument import (  # type: ignore[import-not-found, unused-ignore]
        get_hooks_from_analysis,
        instrument_file,
    )  # fmt: skip

    hooks = get_hooks_from_analysis(["empty_hooks.Empty"])
    for file in files:
        instrument_file(file, hooks)
    return nullcontext


def pyccolo(program: Program) -> Around:
    """pyccolo with an empty handler before each statement."""
    import pyccolo as pyc  # type: ignore[import-not-found, unused-ignore]

    class Statements(pyc.BaseTracer):  # type: ignore[misc, unused-ignore]
        bytecode_caching_allowed = False

        def should_instrument_file(self, filename: str) -> bool:
            return bool(program.has(filename))

        @pyc.register_raw_handler(pyc.before_stmt)  # type: ignore[untyped-decorator, unused-ignore]
        def statement(self, *given: Any, **named: Any) -> None:
            self.seen = True

    # Modules are rewritten if they are imported while it traces, and it goes on tracing.
    Statements.instance().enable_tracing()
    return nullcontext


def opentrace(program: Program) -> Around:
    """OpenTrace on the one program that its annotations allow as it is."""
    if program.name != "fib":
        raise Unfit(NOT_ANNOTATABLE[program.name])

    @contextmanager
    def tracing() -> Iterator[None]:
        from opto.trace.nodes import GRAPH  # type: ignore[import-not-found, unused-ignore]

        yield
        GRAPH.clear()

    tracing.module = "annotated_fib"  # type: ignore[attr-defined]
    return tracing


PEERS: dict[str, Callable[[Program], Around]] = {
    "settrace": settrace, "coverage": coverage, "viztracer": viztracer,
    "dynapyt": dynapyt, "pyccolo": pyccolo, "opentrace": opentrace,
}  # fmt: skip
