"""The start of a program under the hook in an interpreter of its own.

The interpreter is handed a small bytecode file whose code calls `prepared` and then what that
gives. All that stands on the stack below the program are frames that cannot be seen
(`tracepy.recorder.unseen`). What follows the program's end (exit status, uncaught exceptions, Ctrl-C,
threads, `atexit`) is the interpreter's own doing.
"""

from __future__ import annotations

import importlib.util
import marshal
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from pkgutil import get_importer
from typing import TYPE_CHECKING, Any

from tracepy.errors import UserError
from tracepy.hook.loader import code_of
from tracepy.recorder.unseen import unseen, unseen_code

if TYPE_CHECKING:
    from tracepy.hook.program import Program
    from tracepy.recorder import Trace

_HEADER_REST = bytes(12)  # no flags, no time, no size: nothing checks them in a file that is run
_SEQUEL = (
    "__import__('tracepy.hook.launch', None, None, ['prepared'])"
    ".prepared({folder!r}, {options!r}, {program!r})()"
)


def bytecode(folder: str, options: Sequence[str], program: Mapping[str, Any]) -> bytes:
    """What the interpreter is to run: the contents of a `.pyc` file.

    Args:
        folder: Where the file will be, alone; it is removed once it runs.
        options: The interpreter's own, for running the program plain.
        program: The fields of a `Program`, its graph as text.
    """
    text = _SEQUEL.format(folder=folder, options=list(options), program=dict(program))
    code = unseen_code(compile(text, "<tracepy>", "exec"))
    return importlib.util.MAGIC_NUMBER + _HEADER_REST + marshal.dumps(code)


class _Run:
    """A program to be run, once.

    Attributes:
        call: Runs it.
        finish: To be called when it has ended, however it did.
        tracers: The trace and the profile function that it left behind when it ended normally.
    """

    def __init__(self, call: Callable[[], object], finish: Callable[[], None] | None) -> None:
        self.call, self.finish = call, finish
        self.tracers: tuple[Any, Any] = (None, None)

    @unseen
    def traced(self, *event: object) -> None:
        """Run it from within a monitoring event, where frames of ours are traced by nobody.

        Its own frames are. Its trace functions are taken down at the end: they would be called
        for frames that do not exist.
        """
        _disarm()
        try:
            sys.call_tracing(self.call, ())
            self.tracers = (sys.gettrace(), sys.getprofile())
        finally:
            sys.settrace(None)
            sys.setprofile(None)
            if self.finish is not None:
                self.finish()


@unseen
def _go(run: _Run) -> None:
    """Run a program on a Python without monitoring. What it raises passes through."""
    try:
        run.call()
    finally:
        if run.finish is not None:
            trace, profile = sys.gettrace(), sys.getprofile()
            sys.settrace(None)  # what follows is not the program's
            sys.setprofile(None)
            run.finish()
            sys.settrace(trace)
            sys.setprofile(profile)


@unseen
def _go_monitored(run: _Run) -> None:
    """The same with it. After the program's normal end its tracers see the interpreter's end."""
    _arm(run.traced)
    _trigger()
    trace, profile = run.tracers
    if trace is not None:
        sys.settrace(trace)
    if profile is not None:
        sys.setprofile(profile)


class _Begin(BaseException):
    """Raised for the event that it is."""


@unseen
def _trigger() -> None:
    """Raise something: the event in which the program runs."""
    try:
        raise _Begin
    except _Begin:
        return


_TOOL = 4  # none of the numbers that Python gives a meaning


def _arm(callback: Callable[..., None]) -> None:
    monitoring = sys.monitoring  # type: ignore[attr-defined]
    monitoring.use_tool_id(_TOOL, "tracepy")
    monitoring.register_callback(_TOOL, monitoring.events.RAISE, callback)
    monitoring.set_events(_TOOL, monitoring.events.RAISE)


def _disarm() -> None:
    monitoring = sys.monitoring  # type: ignore[attr-defined]
    monitoring.set_events(_TOOL, 0)
    monitoring.register_callback(_TOOL, monitoring.events.RAISE, None)
    monitoring.free_tool_id(_TOOL)


def prepared(folder: str, options: Sequence[str], fields: Mapping[str, Any]) -> Callable[[], None]:
    """Make everything ready: the hook, the recording, `__main__`, `sys.argv` and `sys.path`.

    Returns:
        What runs the program; it is to be called from a frame that cannot be seen.
    """
    from tracepy.hook.program import Program

    _remove(folder)
    graph = Path(fields["graph"]) if fields["graph"] is not None else None
    program = Program(**{**fields, "graph": graph})
    finish = _recording(program) if program.graph is not None else None
    finder = program.hook().finder
    call = _module(program, finder) if program.is_module else _script(program, finder, options)
    go = _go_monitored if hasattr(sys, "monitoring") else _go
    return partial(go, _Run(call, finish))


def _remove(folder: str) -> None:
    for file in (sys.argv[0], folder):
        try:
            if file == folder:
                Path(file).rmdir()
            else:
                Path(file).unlink()
        except OSError:
            continue


def _recording(program: Program) -> Callable[[], None]:
    """Start to record; gives what ends that and saves the graph."""
    # What saving needs is imported now: later the program's own folder comes first in `sys.path`.
    import tracepy.graph.build
    import tracepy.graph.export  # noqa: F401
    from tracepy.hook.program import save
    from tracepy.recorder import record

    recording: AbstractContextManager[Trace] = record(events=program.events)
    trace, process = recording.__enter__(), os.getpid()
    graph = program.graph
    assert graph is not None

    def finish() -> None:
        recording.__exit__(None, None, None)
        if os.getpid() != process:
            return  # a forked child, whose parent saves the graph
        try:
            save(trace, graph)
        except UserError as error:
            # The one thing to be said that is not the program's own.
            sys.stderr.write(f"tracepy: error: {error}\n")
            raise SystemExit(error.exit_status) from None

    return finish


def _module(program: Program, finder: Any) -> Callable[[], object]:
    """What `python -m` does."""
    import runpy

    if program.instruments_main():
        finder.main = program.target
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd()  # noqa: PTH109  (a string, as Python puts it there)
    sys.argv[:] = ["-m", *program.arguments]
    return partial(runpy._run_module_as_main, program.target)  # type: ignore[attr-defined]


def _script(program: Program, finder: Any, options: Sequence[str]) -> Callable[[], object]:
    """What `python FILE`, `python FOLDER` and `python ARCHIVE` do."""
    given = program.target
    sys.argv[:] = [given, *program.arguments]
    # As Python does it: links and `..` stay.
    path = os.path.join(os.getcwd(), given)  # noqa: PTH118, PTH109
    if get_importer(path) is not None:
        import runpy

        if program.instruments_main():
            finder.main = "__main__"
        sys.path[:1] = [path] if not sys.flags.safe_path else [path, *sys.path[:1]]
        return partial(runpy._run_module_as_main, "__main__", False)  # type: ignore[attr-defined]
    if not sys.flags.safe_path:
        sys.path[0] = str(Path(path).resolve().parent)
    data = Path(path).read_bytes()
    try:
        code = code_of(data, path, "__main__", program.instruments_main())
    except (SyntaxError, ValueError):
        # Nothing has run yet: the interpreter itself says best what is wrong with the file.
        os.execv(sys.executable, [sys.executable, *options, given, *program.arguments])
    namespace = sys.modules["__main__"].__dict__
    namespace.update(__file__=path, __loader__=SourceFileLoader("__main__", path))
    return partial(exec, code, namespace)
