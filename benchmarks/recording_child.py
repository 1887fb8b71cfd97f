"""One program under one mode in a process of its own, told by `benchmarks/recording.py` what to do.

    python recording_child.py MODE WORKLOAD full|small|NUMBER

Answers each line on its standard input with a line of JSON: `run` with the CPU seconds of one
run, `memory` with what a recording of one run takes, `rss` with the process's greatest size.
It runs in the environments of peers too, where tracepy is not: everything is imported late.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import sys
import time
import traceback
import tracemalloc
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

from recording_program import HERE, Around, Program, Unfit

EVERYTHING = 10**9


def plain(program: Program) -> Around:
    """Python as it is."""
    return nullcontext


def hook(program: Program) -> Around:
    """The import hook is there and means other modules."""
    import tracepy

    tracepy.install("no_such_module", "other.*")
    return nullcontext


def marked(program: Program) -> Around:
    """Instrumented, nothing is recorded."""
    import tracepy

    tracepy.install(*program.marked)
    return nullcontext


def recorded(events: int | None) -> Callable[[Program], Around]:
    """Instrumented and recorded, with a budget of events or the default one."""

    def mode(program: Program) -> Around:
        import tracepy

        tracepy.install(*program.marked)
        return tracepy.record if events is None else lambda: tracepy.record(events=events)

    return mode


OURS: dict[str, Callable[[Program], Around]] = {
    "plain": plain,
    "hook": hook,
    "marked": marked,
    "full": recorded(EVERYTHING),
    "default": recorded(None),
    "spent": recorded(1000),
}


def prepared(mode: str, program: Program) -> Around:
    """Make ready what a mode needs before the program is imported."""
    if mode in OURS:
        return OURS[mode](program)
    peers = importlib.import_module("recording_peers")
    around: Around = peers.PEERS[mode](program)
    return around


def cpu(run: Callable[[], Any], around: Around) -> float:
    """CPU seconds of one run, starting and ending the recording included."""
    gc.collect()
    start = time.process_time()
    with around():
        run()
    return time.process_time() - start


def memory(run: Callable[[], Any], around: Around) -> dict[str, Any]:
    """What the recording of one run holds once the run is over, and how much was recorded."""
    traces: list[Any] = []

    def recording() -> None:
        with around() as trace:
            run()
        traces.append(trace)

    recording()  # what is known of the modules without running them is decoded once
    tracemalloc.start()
    before = _held(run)
    held = _held(recording) - before
    tracemalloc.stop()
    trace = traces[-1]
    return {"bytes": held, "complete": trace.complete, "events": getattr(trace, "events", None)}


def _held(run: Callable[[], Any]) -> int:
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    run()
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before


def greatest_size() -> int:
    """The most bytes of memory that this process has had."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return size if sys.platform == "darwin" else size * 1024
    # Not what getrusage says, which on Linux begins with the size of the process that started us.
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def sized(module: ModuleType, size: str) -> Callable[[], Any]:
    """A run of the size that was asked for."""
    number = {"full": getattr(module, "SIZE", 0), "small": getattr(module, "SMALL", 0)}.get(size)
    number = int(size) if number is None else number
    return lambda: module.run(number)


def main() -> None:
    """Answer until the standard input ends."""
    mode, name, size = sys.argv[1:]
    # What a program or a peer prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    sys.path.insert(0, str(HERE / "recording_workloads"))
    try:
        around = prepared(mode, Program.of(name))
        # OpenTrace's program carries annotations: the one that is run says so by its name.
        module = importlib.import_module(getattr(around, "module", name))
        run = sized(module, size)
        answers.write(json.dumps({"ready": True}) + "\n")
        for line in sys.stdin:
            answer: dict[str, Any]
            match line.strip():
                case "run":
                    answer = {"cpu": cpu(run, around)}
                case "memory":
                    answer = memory(run, around)
                case _:
                    answer = {"rss": greatest_size()}
            answers.write(json.dumps(answer) + "\n")
    except Unfit as error:
        answers.write(json.dumps({"failed": str(error)}) + "\n")
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        text = f"{type(error).__name__}: {str(error)[:120]} ({where})"
        answers.write(json.dumps({"failed": text}) + "\n")


if __name__ == "__main__":
    main()
