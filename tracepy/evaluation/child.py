"""What a forked worker does: shut itself in, apply the candidate, run the objective, report."""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracepy.evaluation import landlock, linux
from tracepy.evaluation.recording import Recorder
from tracepy.evaluation.records import Evaluation, Job
from tracepy.hook import install
from tracepy.objective.context import Context, unrecorded
from tracepy.objective.errors import describe
from tracepy.objective.record import Objective
from tracepy.objective.run import run

OUTPUT_FILE_LIMIT = 256 * 1024**2
REPLY_LIMIT = 32 * 1024**2


def main(config: dict[str, Any], request: dict[str, Any], scratch: str, reply: int) -> None:
    """Run one evaluation in this process and write the verdict to `reply`."""
    evaluation = _evaluate(config, Job.from_dict(request["job"]), Path(scratch), request)
    _flush()
    _write(reply, request["nonce"], evaluation)


def enclose(config: dict[str, Any], scratch: str) -> None:
    """Limits and surroundings of a worker."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    linux.adopt_orphans()
    linux.die_with_parent()
    link_folder(config["cwd"], scratch)
    os.chdir(scratch)
    temporary = Path(scratch, ".tmp")
    temporary.mkdir(mode=0o700)
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    if config["isolation"] == "off":
        return
    cpu = math.ceil(config["timeout"] * (os.cpu_count() or 1)) + 1
    lower(resource.RLIMIT_CPU, cpu)
    lower(resource.RLIMIT_FSIZE, OUTPUT_FILE_LIMIT)
    lower(resource.RLIMIT_CORE, 0)
    if config["isolation"] == "landlock":
        landlock.confine([scratch, "/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx"])
        landlock.deny_network()
    if linux.LINUX:
        lower(resource.RLIMIT_AS, config["memory_limit"])
        lower(resource.RLIMIT_NPROC, config["processes"])


def lower(which: int, value: int) -> None:
    """Lower a limit for good, never raise it."""
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def link_folder(folder: str, scratch: str, most: int = 500) -> None:
    """Links to what lies in the user's folder, so that relative paths are found from `scratch`."""
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count >= most:
                break
            if entry.name not in {".git", ".tracepy", ".tmp", "__pycache__"}:
                Path(scratch, entry.name).symlink_to(entry.path)


def _evaluate(
    config: dict[str, Any], job: Job, scratch: Path, request: dict[str, Any]
) -> Evaluation:
    objective = Objective.from_dict(config["objective"])
    recorder = Recorder() if job.trace else None
    context = Context(
        job,
        config["modules"],
        Path(config["root"]),
        Path(config["project"]),
        scratch,
        tuple(request["expected"]),
        recorder.record if recorder else unrecorded,
    )
    try:
        install(*(config["modules"] if job.trace else ()), sources=job.sources)
        found = run(objective, context)
    except MemoryError:
        found = Evaluation("memory", None, f"needed more memory than {_size(config)}")
    except BaseException as error:
        found = Evaluation("error", None, describe(error))
    if recorder is None:
        return found
    facts, graph, problem = recorder.close()
    text = f"{found.feedback}\n{problem}" if problem else found.feedback
    return replace(found, trace=facts, graph=graph, feedback=text)


def _size(config: dict[str, Any]) -> str:
    return f"{config['memory_limit'] / 1024**2:.0f} MiB"


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # closed or replaced by the candidate
            continue


def _write(reply: int, nonce: str, evaluation: Evaluation) -> None:
    data = json.dumps(evaluation.to_dict()).encode("ascii")
    message = b"%s %d\n" % (nonce.encode("ascii"), len(data)) + data
    view = memoryview(message)
    while view:
        view = view[os.write(reply, view) :]
