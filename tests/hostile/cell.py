"""Starts the process that judges hostile candidates, where it can do no harm, and talks to it.

The cell has its own users, processes, mounts, network and queues: whatever gets out of the
evaluation's sandbox still is in there. Without namespaces there is no cell, and candidates that
need one are skipped.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
_UNSHARE = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount", "--ipc", "--net",
            "--mount-proc", "--kill-child"]  # fmt: skip
# Another sandbox can be tried from outside: HOSTILE_SANDBOX=limits pytest tests/hostile
SANDBOX = os.environ.get("HOSTILE_SANDBOX", "auto")
HOME = "/home/ann"  # as the table has it; without a cell it is another folder
_KEY = "a-secret-of-the-owner"
# Seconds that one candidate may take before its judge is given up; the slow ones take ten.
_PATIENCE = 60.0


class Lost(Exception):
    """The judge ended or came to no verdict; the message is what it printed last."""


@lru_cache
def offered() -> bool:
    """Whether this machine lets us make a cell."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False)
    return tried.returncode == 0


class Cell:
    """A judge in a cell; another one whenever it is lost."""

    def __init__(self, folder: Path, sandbox: str = "auto") -> None:
        self.folder = folder
        self.sandbox = sandbox
        self._process: subprocess.Popen[bytes] | None = None
        self._requests = self._reports = -1
        self._home = self._temporary = ""
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115  (closed in `close`)

    def judge(self, source: str, *, timeout: float, **request: Any) -> dict[str, Any]:
        """What became of a candidate, and of all round it.

        Args:
            source: The module.
            timeout: Seconds that it may take.
            request: `kind` of the objective; `memory`, in MiB; `brief` where the good one is
                judged beside it only, not before and after.

        Raises:
            Lost: nothing can be said of it.
        """
        if self._process is None:
            self._start()
        source = source.replace(HOME, self._home).replace(
            "/tmp/outside", f"{self._temporary}/outside"
        )
        request |= {"source": source, "timeout": timeout}
        report = self._asked(request, _PATIENCE + 3 * timeout)
        if (
            report["changed"]
            or report["processes"]
            or report["queues"]
            or report["server"] != "same"
        ):
            self._end()  # it got through: the next one is to find all as it should be
        return report

    def ended(self) -> dict[str, Any]:
        """What is left once the judges are closed. Raises Lost."""
        report = self._asked(None, _PATIENCE)
        self._end()
        return report

    def close(self) -> None:
        """End the cell with all that is in it."""
        self._end()
        self._printed.close()

    def _asked(self, request: dict[str, Any] | None, patience: float) -> dict[str, Any]:
        if self._process is None:
            self._start()
        try:
            os.write(self._requests, json.dumps(request).encode() + b"\n")
            line = self._line(patience)
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            self._end()
            self._printed.seek(0)
            said = self._printed.read().decode("utf-8", "replace")[-2000:]
            raise Lost(f"the judge was lost with its candidate:\n{said}")
        report: dict[str, Any] = json.loads(line)
        return report

    def _line(self, patience: float) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([self._reports], [], [], patience)[0]:
                break
            data = os.read(self._reports, 1 << 16)
            if not data:
                break
            line += data
        return line

    def _start(self) -> None:
        theirs, self._requests = os.pipe()
        self._reports, answers = os.pipe()
        self._printed.seek(0)
        self._printed.truncate()
        self._home = home = HOME if offered() else tempfile.mkdtemp(dir=self.folder)
        kept = sorted({str(REPOSITORY), sys.prefix, sys.base_prefix}) if offered() else []
        self._temporary = temporary = "/tmp" if offered() else tempfile.mkdtemp(dir=self.folder)
        inside = [sys.executable, "-m", "tests.hostile.inside", str(theirs), str(answers), home]
        self._process = subprocess.Popen(
            [*(_UNSHARE if offered() else []), *inside, self.sandbox, *kept],
            cwd=REPOSITORY,
            env={
                "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
                "HOME": home,
                "TMPDIR": temporary,
                "PYTHONDONTWRITEBYTECODE": "1",
                "OPENAI_API_KEY": _KEY,
            },
            pass_fds=[theirs, answers],
            stdin=subprocess.DEVNULL,
            stdout=self._printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.close(theirs)
        os.close(answers)

    def _end(self) -> None:
        if self._process is None:
            return
        os.close(self._requests)
        os.close(self._reports)
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()  # unshare takes the whole cell with it
            self._process.wait()
        self._process = None
