"""Runs test suites one after the other, each in a fork of a process that has pytest imported.

It is run as a script, by `running`, and imports nothing of ours but the plugin whose folder it is
given: what a suite finds loaded should be pytest and what that needs. Each line of the input is a
job in JSON; the answer is a line with how it ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
import time
from typing import Any

# Loaded once, for all: what pytest otherwise imports for every run.
import _pytest.assertion.rewrite
import _pytest.unittest  # noqa: F401
import pytest


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Fork, run pytest there, and say how it ended: CPU seconds, and whether it was stopped."""
    child = os.fork()
    if not child:
        _child(job)
    deadline = time.monotonic() + job["wall"]
    stopped = False
    while True:
        pid, status, used = os.wait4(child, os.WNOHANG)
        if pid:
            break
        if time.monotonic() > deadline:
            stopped = True
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.005)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what it started and left
    stopped = stopped or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU)
    return {"stopped": stopped, "cpu": used.ru_utime + used.ru_stime}


def _child(job: dict[str, Any]) -> None:
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (job["cpu"], job["cpu"]))
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.chdir(job["folder"])
        os.environ.pop("PYTHONSAFEPATH", None)
        os.environ.update(job["environment"])
        pytest.main(job["arguments"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=answers, flush=True)
