"""One running worker as the server sees it."""

from __future__ import annotations

import os
import resource
import secrets
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from tracepy.evaluation import child
from tracepy.evaluation.enclosure import Enclosure
from tracepy.objective import answers

OUTPUT_KEPT = 16 * 1024
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, KiB here
# A traced evaluation gets so many times the user's timeout, and so many seconds on top: the
# recording's budget bounds what it adds, and rewritten code is slower even when nothing is recorded.
TRACED_FACTOR = 3.0
TRACED_ALLOWANCE = 10.0


@dataclass(slots=True)
class Worker:
    """A forked process, its pipes and its folder."""

    request: dict[str, Any]
    nonce: str
    pid: int
    scratch: str
    reply: int
    output: int
    deadline: float
    started: float
    replied: bytearray = field(default_factory=bytearray)
    printed: bytearray = field(default_factory=bytearray)
    overflow: bool = False
    reply_limit: int = child.REPLY_LIMIT
    timed_out: bool = False
    excess: str = ""
    said: int = 0
    heard: float = 0.0  # when answers were handed on last
    _handed: int = 0  # bytes of answers that were

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
        end = self._end_of_answers()
        text = self.replied[self._handed : end].decode("ascii", "replace")
        self._handed = end
        return text

    def _end_of_answers(self) -> int:
        """Where the verdict begins, or a line that has not come whole."""
        if not self.request["asked"]:
            return 0
        end = self.replied.find(self.nonce.encode("ascii"), self._handed)
        return end if end >= 0 else self.replied.rfind(b"\n") + 1

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
        os.close(self.reply)
        os.close(self.output)

    def verdict(self, status: int, used: resource.struct_rusage) -> dict[str, Any]:
        """What goes back to the judge, from the wait status of the process and what it used."""
        reply, tampered = self._reply()
        return {
            "id": self.request["id"],
            "reply": reply,
            "answers": self.answers(),
            "tampered": tampered,
            "how": self._how(status),
            "seconds": time.monotonic() - self.started,
            "cpu": used.ru_utime + used.ru_stime,
            "memory": used.ru_maxrss * _MAXRSS_UNIT,
            "output": self.printed.decode("utf-8", "replace"),
        }

    def _reply(self) -> tuple[str | None, str]:
        """The verdict, where one came that counts, and why it is not to be believed, if so."""
        head, _, rest = bytes(self.replied[self._end_of_answers() :]).partition(b"\n")
        words = head.split(b" ")
        if len(words) != 3 or words[0] != self.nonce.encode("ascii"):
            return None, ""
        size, why = int(words[1]), int(words[2])
        if size + why != len(rest):
            return None, ""
        return rest[:size].decode("ascii", "replace"), rest[size:].decode("utf-8", "replace")

    def _how(self, status: int) -> list[Any]:
        if self.timed_out:
            return ["timeout", 0]
        if self.excess:
            return [self.excess, 0]
        if os.WIFSIGNALED(status):
            return ["signal", os.WTERMSIG(status)]
        if self.overflow or self._end_of_answers() < len(self.replied):
            return ["garbage", len(self.replied)]
        return ["exit", os.waitstatus_to_exitcode(status)]


def start(enclosure: Enclosure, request: dict[str, Any], others: list[int]) -> Worker:
    """Fork a worker for a request. `others` are file descriptors that it must not have."""
    config = enclosure.config
    request["nonce"] = nonce = secrets.token_hex(16)
    timeout = config["timeout"]
    if request["job"].get("trace"):
        timeout = TRACED_FACTOR * timeout + TRACED_ALLOWANCE
    scratch = enclosure.folder()
    output, out = os.pipe()
    reply, answer = os.pipe()
    pid = enclosure.fork()
    if pid == 0:
        del nonce  # the guard takes the request's and keeps it where no candidate finds it
        unwanted = [*others, *enclosure.descriptors, output, reply]
        _become(enclosure, request, scratch, timeout, out, answer, unwanted)
    os.close(out)
    os.close(answer)
    os.set_blocking(output, False)
    os.set_blocking(reply, False)
    now = time.monotonic()
    limit = child.REPLY_LIMIT if request["job"].get("trace") else child.UNTRACED_LIMIT
    limit += answers.LIMIT if request["asked"] else 0
    return Worker(
        request,
        nonce,
        pid,
        scratch,
        reply,
        output,
        now + timeout,
        now,
        reply_limit=limit,
        heard=now,
    )


def _become(
    enclosure: Enclosure,
    request: dict[str, Any],
    scratch: str,
    timeout: float,
    out: int,
    answer: int,
    others: list[int],
) -> None:
    status = 1
    try:
        os.setsid()
        os.dup2(out, 1)
        os.dup2(out, 2)
        for fd in (*others, out):
            os.close(fd)
        enclosure.shut(scratch, timeout)
        child.main(enclosure.config, request, scratch, answer)
        status = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        # Not sys.exit: neither the server's nor the candidate's exit handlers are to run.
        os._exit(status)
