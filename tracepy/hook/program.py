"""A whole program under the hook: from its start to its exit status."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tracepy.errors import UserError
from tracepy.hook.run import run_module, run_path


@dataclass(frozen=True)
class Program:
    """What to run and what to keep of it.

    Attributes:
        target: A script's path or a module's name.
        arguments: What the program finds in `sys.argv` after its own name.
        is_module: Whether `target` is a module's name.
        patterns: Modules to instrument; where empty, the program itself.
        graph: Where the execution graph goes; None records nothing.
        events: Budget of the recording.
    """

    target: str
    arguments: tuple[str, ...]
    is_module: bool
    patterns: tuple[str, ...] = ()
    graph: Path | None = None
    events: int = 1_000_000


def run(program: Program) -> int | str | None:
    """Run it; gives what is to be handed to `sys.exit`.

    An exception that escapes is shown through `sys.excepthook`, as the interpreter does, without
    the frames of the hook. A program that ends through a signal or `os._exit` ends us with it.

    Raises:
        UserError: there is no such program, or the graph cannot be saved.
    """
    from tracepy.hook import install
    from tracepy.hook.finder import matches
    from tracepy.recorder import record

    kept = program.graph.resolve() if program.graph is not None else None
    patterns = program.patterns or _configured(program)
    instrument = not program.patterns or matches("__main__", program.patterns)
    go = run_module if program.is_module else run_path
    status: int | str | None = 0
    with install(*patterns):
        if kept is None:
            return _guarded(go, program, instrument)
        with record(events=program.events) as trace:
            status = _guarded(go, program, instrument)
    try:
        kept.write_text(trace.graph().to_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot save {program.graph}: {error.strerror or error}") from error
    return status


def _configured(program: Program) -> tuple[str, ...]:
    """The modules that the program's project marks in its configuration."""
    from tracepy.config import load
    from tracepy.target import project_of

    place = Path.cwd() if program.is_module else Path(program.target).resolve().parent
    return tuple(load(project_of(place)).get("instrument", ()))


def _guarded(go: Callable[..., None], program: Program, instrument: bool) -> int | str | None:
    """Run the program; what it raises is shown as the interpreter shows it."""
    try:
        go(program.target, program.arguments, instrument)
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
