"""A whole program under the hook: from its start to its exit status."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tracepy.errors import UserError
from tracepy.hook.run import run_module, run_path

if TYPE_CHECKING:
    from tracepy.hook import Hook
    from tracepy.recorder import Trace


@dataclass(frozen=True)
class Program:
    """What to run and what to keep of it.

    Attributes:
        target: A script's path or a module's name.
        arguments: What the program finds in `sys.argv` after its own name.
        is_module: Whether `target` is a module's name.
        patterns: Modules to instrument; where empty, the program itself and what its project's
            configuration marks.
        graph: Where the execution graph goes; None records nothing.
        events: Budget of the recording.
        main: Whether the program itself is instrumented; None leaves that to `patterns`.
    """

    target: str
    arguments: tuple[str, ...]
    is_module: bool
    patterns: tuple[str, ...] = ()
    graph: Path | None = None
    events: int = 1_000_000
    main: bool | None = None

    def resolved(self) -> Program:
        """The same with everything spelled out, so that it means the same in another process."""
        graph = self.graph.resolve() if self.graph is not None else None
        patterns = self.patterns or _configured(self)
        return replace(self, patterns=patterns, graph=graph, main=self.instruments_main())

    def instruments_main(self) -> bool:
        """Whether the program itself is instrumented."""
        from tracepy.hook.finder import matches

        if self.main is not None:
            return self.main
        return not self.patterns or matches("__main__", self.patterns)

    def hook(self) -> Hook:
        """Install the hook for its modules."""
        from tracepy.hook import install_for_program

        return install_for_program(*self.patterns)


def take_over(program: Program) -> None:
    """Become an interpreter that runs the program; return where this process has to do it.

    In an interpreter of its own the program finds nothing imported but what the hook needs, and
    nothing on the stack. That takes a process which is the command `tracepy run` and nothing else.

    Raises:
        UserError: there is no such script.
    """
    if not program.is_module and not os.access(program.target, os.R_OK):
        _readable(program.target)
    options = _interpreter_options()
    if options is None:
        return
    from tracepy.hook.launch import bytecode

    program = program.resolved()
    fields = {**asdict(program), "graph": str(program.graph) if program.graph else None}
    try:
        folder = tempfile.mkdtemp(prefix="tracepy-")
    except OSError:
        return
    file = Path(folder, "program.pyc")
    try:
        file.write_bytes(bytecode(folder, options, fields))
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [sys.executable, *options, str(file)])
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)


def _interpreter_options() -> list[str] | None:
    """The options this interpreter was started with, if it runs our command and nothing else."""
    command = sys.argv[1:]
    given = sys.orig_argv[1:]
    head = given[: len(given) - len(command)]
    if os.name != "posix" or command[:1] != ["run"] or given[len(head) :] != command:
        return None
    if head[-2:] == ["-m", "tracepy"]:
        options = head[:-2]
    elif head[-1:] == sys.argv[:1] and Path(head[-1]).name == "tracepy":
        options = head[:-1]
    else:
        return None
    return None if _watched() else options


def _watched() -> bool:
    """Whether someone traces this process, or other threads run in it."""
    monitoring = getattr(sys, "monitoring", None)
    tools = [monitoring.get_tool(number) for number in range(6)] if monitoring else []
    traced = sys.gettrace() is not None or sys.getprofile() is not None or any(tools)
    return traced or len(sys._current_frames()) > 1


def _readable(path: str) -> None:
    try:
        Path(path).read_bytes()
    except IsADirectoryError:
        return
    except OSError as error:
        raise UserError(f"cannot run {path}: {error.strerror or error}") from error


def run(program: Program) -> int | str | None:
    """Run it in this process; gives what is to be handed to `sys.exit`.

    An exception that escapes is shown through `sys.excepthook`, as the interpreter does, without
    the frames of the hook. A program that ends through a signal or `os._exit` ends us with it.

    Raises:
        UserError: there is no such program, or the graph cannot be saved.
    """
    from tracepy.recorder import record

    program = program.resolved()
    go = run_module if program.is_module else run_path
    status: int | str | None = 0
    with program.hook():
        if program.graph is None:
            return _guarded(go, program)
        with record(events=program.events) as trace:
            status = _guarded(go, program)
    save(trace, program.graph)
    return status


def save(trace: Trace, file: Path) -> None:
    """Save a recording's graph as JSON.

    Raises:
        UserError: the file cannot be written.
    """
    from tracepy.graph.written import save as save_graph

    try:
        save_graph(trace.graph(), file)
    except OSError as error:
        raise UserError(f"cannot save {file}: {error.strerror or error}") from error


def _configured(program: Program) -> tuple[str, ...]:
    """The modules that the program's project marks in its configuration."""
    from tracepy.config import load
    from tracepy.target import project_of

    place = Path.cwd() if program.is_module else Path(program.target).resolve().parent
    return tuple(load(project_of(place)).get("instrument", ()))


def _guarded(go: Callable[..., None], program: Program) -> int | str | None:
    """Run the program; what it raises is shown as the interpreter shows it."""
    try:
        go(program.target, program.arguments, program.instruments_main())
    except SystemExit as exit_:
        return exit_.code
    except UserError as error:
        if error.__traceback__ is not None and _without_us(error.__traceback__) is None:
            raise
        return _shown(error)
    except BaseException as error:
        return _shown(error)
    return 0


def _shown(error: BaseException) -> int:
    traceback = _without_us(error.__traceback__)
    sys.excepthook(type(error), error.with_traceback(traceback), traceback)
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _without_us(traceback: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of the hook."""
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    ours = str(Path(__file__).parent)
    following: TracebackType | None = None
    for frame in reversed(frames):
        name = frame.tb_frame.f_code.co_filename
        if Path(name).parent != Path(ours):
            frame.tb_next = following
            following = frame
    return following
