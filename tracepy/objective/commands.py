"""A shell command as the objective, run in a copy of the project that holds the candidate."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import IO

from tracepy.evaluation.records import Evaluation
from tracepy.objective import shell
from tracepy.objective.context import Context
from tracepy.objective.record import Objective

_KEPT = 64 * 1024


def run(objective: Objective, context: Context) -> Evaluation:
    """One run of the command; stdout's last line may be the score."""
    command = objective.spec["command"]
    tree = context.scratch / ".project"
    try:
        shell.mirror(context.project, tree, context.job.sources)
    except UnicodeEncodeError as error:
        return Evaluation("error", None, f"a source does not fit its file's encoding: {error}")
    folder = tree / objective.spec.get("folder", ".")
    root = tree / os.path.relpath(context.root, context.project)
    inherited = os.environ.get("PYTHONPATH")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{root}{os.pathsep}{inherited}" if inherited else str(root),
        "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}",  # noqa: PTH120
    }
    process = subprocess.Popen(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    said, complained = bytearray(), bytearray()
    readers = [
        threading.Thread(target=_last, args=(stream, into), daemon=True)
        for stream, into in ((process.stdout, said), (process.stderr, complained))
    ]
    for reader in readers:
        reader.start()
    status = process.wait()
    for reader in readers:
        reader.join(1.0)  # a process that it left behind may hold the pipe open
    sys.stdout.write(said.decode("utf-8", "replace"))
    sys.stderr.write(complained.decode("utf-8", "replace"))
    found = shell.verdict(status, said.decode("utf-8", "replace"), "the command", folder)
    if status in {126, 127} and not context.job.sources:
        text = complained.decode("utf-8", "replace").strip()
        return Evaluation("error", None, f"the command cannot be run: {text}")
    return found


def _last(stream: IO[bytes], into: bytearray) -> None:
    """Read a stream to its end, keeping the last of it."""
    while data := os.read(stream.fileno(), 1 << 16):
        into += data
        del into[:-_KEPT]
