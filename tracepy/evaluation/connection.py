"""The server process, and the socket to it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tracepy.errors import BaselineError
from tracepy.evaluation import bubblewrap, wire
from tracepy.evaluation.reach import Reach

_PASSED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
)
# One core is one worker's; and a thread pool that a library starts does not survive a fork.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# RLIMIT_NPROC counts all processes of a user, so room is left for what else is running.
_PROCESSES = 256


class ServerGone(Exception):
    """The server has closed its side: it ended or was killed."""


class Connection:
    """A server that is up and warm.

    Raises:
        BaselineError: it does not come up.
    """

    def __init__(self, config: dict[str, Any], environment: Sequence[str]) -> None:
        self.known: object = None  # what the server has been told beside the configuration
        self._owner = os.getpid()
        ours, theirs = socket.socketpair()
        self._socket = ours
        self._inbox = wire.Inbox()
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115  (closed in `close`)
        before = _enclosing(config)
        with theirs:
            self._process = subprocess.Popen(
                [
                    *before,
                    sys.executable,
                    "-P",
                    "-m",
                    "tracepy.evaluation.server",
                    str(theirs.fileno()),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._printed,
                stderr=subprocess.STDOUT,
                env=clean_environment(environment, config["scratch"]),
                start_new_session=True,
                preexec_fn=bubblewrap.before_exec() if before else None,
            )
        try:
            self.send({**config, "processes": _processes() + _PROCESSES})
            self.warmed = self.receive()[0]
        except ServerGone:
            said = self.printed()
            self.close()
            raise BaselineError(f"the worker server does not start:\n{said}") from None
        except BaseException:
            self.close()
            raise

    def send(self, message: dict[str, Any]) -> None:
        """Send one message. Raises ServerGone."""
        try:
            self._socket.sendall(wire.pack(message))
        except OSError as error:
            raise ServerGone from error

    def fileno(self) -> int:
        """What shows that there is something to receive."""
        return self._socket.fileno()

    def scorer(self, number: int, patience: float) -> socket.socket:
        """A new scorer, in place of the one that had its number: the socket to it.

        Args:
            number: Which of the server's.
            patience: Seconds that sending to it may take.

        Raises:
            ServerGone: the server has ended.
        """
        ours, theirs = socket.socketpair()
        ours.settimeout(patience)
        with theirs:
            try:
                message = wire.pack({"scorer": number})
                socket.send_fds(self._socket, [message], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise ServerGone from error
        return ours

    def receive(self) -> list[Any]:
        """Wait for at least one message. Raises ServerGone."""
        while True:
            messages = wire.receive(self._socket, self._inbox)
            if messages is None:
                raise ServerGone
            if messages:
                return messages

    def printed(self) -> str:
        """The last of what the server itself printed."""
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(size - 4000, 0))
        return self._printed.read().decode("utf-8", "replace").strip()

    def close(self) -> None:
        """End the server, which ends its workers; the hard way where it does not comply."""
        self._socket.close()
        if os.getpid() != self._owner:  # a fork: the server is not its own to end
            self._printed.close()
            return
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its workers die with it (PR_SET_PDEATHSIG)
            self._process.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._printed.close()


def _enclosing(config: dict[str, Any]) -> list[str]:
    """The command that starts the server in an isolation of its own, where one is wanted."""
    if config["namespaces"] != "bwrap":
        return []
    reach = Reach.from_dict(config["reach"])
    scratch, network = config["scratch"], config["network"]
    empty = Path(scratch, ".empty")
    empty.touch(0o444)
    return bubblewrap.command(reach, scratch, network=network, empty=str(empty))


def clean_environment(allowed: Sequence[str], scratch: str) -> dict[str, str]:
    """What a server sees of our environment: no keys, no tokens, nothing that varies."""
    found = {name: os.environ[name] for name in (*_PASSED, *allowed) if name in os.environ}
    found |= {name: os.environ.get(name, "1") for name in _ONE_THREAD}
    return {
        **found,
        "TMPDIR": scratch,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def _processes() -> int:
    """Threads of all processes on this machine: what this user has cannot be more."""
    try:
        return int(Path("/proc/loadavg").read_text("ascii").split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return 1024
