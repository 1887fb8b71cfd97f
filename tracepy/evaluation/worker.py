"""One running worker as the server sees it."""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from tracepy.evaluation import child
from tracepy.evaluation.calls import Calls
from tracepy.evaluation.enclosure import Enclosure
from tracepy.objective import answers

OUTPUT_KEPT = 16 * 1024
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, KiB here
# A traced evaluation gets so many times the user's timeout, and so many seconds on top: the
# recording's budget bounds what it adds, and rewritten code is slower even when nothing is recorded.
TRACED_FACTOR = 3.0
TRACED_ALLOWANCE = 10.0
TELLS_ITS_END = hasattr(os, "pidfd_open")  # by a descriptor that can be waited for
_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)
_PIPE_BYTES = 1024**2  # bytes; more takes privileges
_HEAD = 160  # bytes that the first line of a reply has at most
_DESCRIPTORS = os.sysconf("SC_OPEN_MAX")


@dataclass(slots=True)
class Worker:
    """A forked process, its pipes and its folder.

    It is shut in and waits from the moment that it is forked, ahead of the candidate, whose time
    begins when it is `assigned`.
    """

    pid: int
    scratch: str
    ask: int
    reply: int
    output: int
    end: int
    nonce: str = ""
    number: int = 0
    deadline: float = math.inf
    started: float = math.inf
    replied: bytearray = field(default_factory=bytearray)
    printed: bytearray = field(default_factory=bytearray)
    overflow: bool = False
    reply_limit: int = child.REPLY_LIMIT
    timed_out: bool = False
    excess: str = ""
    said: int = 0
    finished: bool = False  # nothing that it does counts any more
    told: bool = False  # its verdict has gone out
    heard: float = 0.0  # when answers were handed on last
    asked: bool = False  # answers come before the verdict
    eager: bool = False  # and are wanted as they come
    _handed: int = 0  # bytes of answers that were handed on
    _looked: int = 0  # bytes in which the verdict was looked for
    _verdict: int = -1  # where it begins

    def assign(self, request: dict[str, Any], timeout: float) -> None:
        """Give it a candidate.

        Args:
            request: The judge's.
            timeout: Seconds that it may take without a trace.
        """
        traced = request["job"].get("trace")
        self.number = request["id"]
        self.asked, self.eager = request["asked"], request["eager"]
        self.nonce = os.urandom(16).hex()
        self.reply_limit = child.REPLY_LIMIT if traced else child.UNTRACED_LIMIT
        self.reply_limit += answers.LIMIT if self.asked else 0
        with contextlib.suppress(OSError):  # it has ended, of which its verdict will tell
            _write(self.ask, child.request(request["job"], self.nonce.encode("ascii")))
        os.close(self.ask)
        self.started = self.heard = time.monotonic()
        self.deadline = self.started + (longest(timeout) if traced else timeout)

    @property
    def watched(self) -> list[int]:
        """Descriptors on which something may happen."""
        return [fd for fd in (self.reply, self.output, self.end) if fd >= 0]

    def read(self, fd: int) -> bool:
        """Take what is in a pipe; False at its end."""
        try:
            data = os.read(fd, 1 << 18)
        except BlockingIOError:
            return True
        if fd == self.output:
            self.said += len(data)
            self.printed += data
            del self.printed[:-OUTPUT_KEPT]
        elif len(self.replied) + len(data) > self.reply_limit:
            self.overflow = True
        else:
            self.replied += data
        return bool(data)

    def answers(self) -> str:
        """The whole lines of answers that have come since they were asked for last."""
        end = self._answered_to()
        text = self.replied[self._handed : end].decode("ascii", "replace")
        self._handed = end
        return text

    def _answered_to(self) -> int:
        """Where the verdict begins, or a line that has not come whole."""
        if self.asked and self._verdict < 0:
            secret = self.nonce.encode("ascii")
            self._verdict = self.replied.find(secret, max(self._looked - len(secret), 0))
            self._looked = len(self.replied)
        if self._verdict >= 0 or not self.asked:
            return max(self._verdict, 0)
        return self.replied.rfind(b"\n") + 1

    def drain(self) -> None:
        """Take what is still in the pipes, without waiting; at most what pipes hold."""
        for fd in (self.reply, self.output):
            for _ in range(64):
                before = len(self.replied), bytes(self.printed[-64:])
                if not self.read(fd) or before == (len(self.replied), bytes(self.printed[-64:])):
                    break

    def kill(self) -> None:
        """Kill the worker and its process group."""
        for send in (os.killpg, os.kill):
            try:
                send(self.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue

    def close(self) -> None:
        """Close the pipes."""
        for fd in self.watched:
            os.close(fd)

    def lives(self) -> bool:
        """Whether it waits for a candidate still; where it does not, it is reaped."""
        if os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            return True
        os.close(self.ask)
        return False

    def discard(self) -> None:
        """End it before it was assigned anything."""
        self.kill()
        os.close(self.ask)
        self.close()
        os.waitpid(self.pid, 0)

    def verdict(self, status: int, cpu: float, memory: int) -> dict[str, Any]:
        """What goes back to the judge.

        Args:
            status: The wait status of the process.
            cpu: Seconds of CPU time that it used.
            memory: The most bytes of memory that it had.
        """
        reply, tampered = self._reply()
        return {
            "id": self.number,
            "reply": reply,
            "answers": self.answers(),
            "tampered": tampered,
            "how": self._how(status),
            "seconds": time.monotonic() - self.started,
            "cpu": cpu,
            "memory": memory,
            "output": self.printed.decode("utf-8", "replace"),
        }

    @property
    def answered(self) -> bool:
        """Whether its verdict is here: it has nothing left to do but to end."""
        head = self._head()
        return head is not None and len(self.replied) == sum(head)

    def _head(self) -> tuple[int, int, int] | None:
        """Bytes up to the end of a reply's head, of its verdict, and of why it is not to be
        believed; None where no reply came that has the secret."""
        start = self._answered_to()
        end = self.replied.find(b"\n", start, start + _HEAD)
        words = bytes(self.replied[start : max(end, start)]).split(b" ")
        if len(words) != 3 or words[0] != self.nonce.encode("ascii"):
            return None
        return end + 1, int(words[1]), int(words[2])

    def _reply(self) -> tuple[str | None, str]:
        """The verdict, where one came that counts, and why it is not to be believed, if so."""
        head = self._head()
        if head is None or len(self.replied) != sum(head):
            return None, ""
        start, size, _ = head
        data = bytes(self.replied[start:])
        return data[:size].decode("ascii", "replace"), data[size:].decode("utf-8", "replace")

    def _how(self, status: int) -> list[Any]:
        if self.timed_out:
            return ["timeout", 0]
        if self.excess:
            return [self.excess, 0]
        if os.WIFSIGNALED(status):
            return ["signal", os.WTERMSIG(status)]
        if self.overflow or self._answered_to() < len(self.replied):
            return ["garbage", len(self.replied)]
        return ["exit", os.waitstatus_to_exitcode(status)]


def longest(timeout: float) -> float:
    """Seconds for a traced evaluation, from those for one that is not."""
    return TRACED_FACTOR * timeout + TRACED_ALLOWANCE


def start(enclosure: Enclosure, setting: child.Setting) -> Worker:
    """Fork a worker, which waits for a candidate."""
    scratch = enclosure.folder()
    timeout = enclosure.config["timeout"]
    calls = enclosure.prepared(scratch, longest(timeout))
    asked, ask = os.pipe()
    output, out = os.pipe()
    reply, answer = os.pipe()
    folder = Path(scratch)
    pid = enclosure.fork()
    if pid == 0:
        _become(enclosure, setting, folder, calls, (asked, out, answer))
    for fd in (asked, out, answer):
        os.close(fd)
    if _PIPE_SIZE is not None:  # what is printed is looked at now and then only
        with contextlib.suppress(OSError):
            fcntl.fcntl(output, _PIPE_SIZE, _PIPE_BYTES)
    os.set_blocking(output, False)
    os.set_blocking(reply, False)
    end = os.pidfd_open(pid) if TELLS_ITS_END else -1
    return Worker(pid, scratch, ask, reply, output, end)


def reserve() -> None:
    """In the server, at its start: see that the numbers which descriptors have in a worker are
    no pipe's."""
    while (held := os.open(os.devnull, os.O_RDONLY)) <= child.ANSWER:
        pass
    os.close(held)


def _become(
    enclosure: Enclosure,
    setting: child.Setting,
    folder: Path,
    calls: Calls,
    pipes: tuple[int, int, int],
) -> NoReturn:
    status = 1
    asked, out, answer = pipes
    scratch = str(folder)
    try:
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.dup2(asked, child.ASK, inheritable=False)
        os.dup2(answer, child.ANSWER, inheritable=False)
        os.closerange(child.ANSWER + 1, _DESCRIPTORS)
        enclosure.shut(scratch, calls)
        if not enclosure.nest:
            enclosure.place_temporary(scratch)
        job = child.receive()
        if job is not None:
            if not job.trace:
                enclosure.hurry()
            child.main(setting, job, folder)
        status = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        # Not sys.exit: neither the server's nor the candidate's exit handlers are to run.
        os._exit(status)


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
