"""The process in which answers are compared: no code of a candidate ever runs in it.

The server forks it and shuts it in as a worker, for it reads what strangers have sent and may run a
metric of the user's on it. What is expected comes from the judge by a socket of its own, which the
server never reads: workers are forked from the server.
"""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

from tracepy.evaluation import linux, wire
from tracepy.evaluation.calls import Calls
from tracepy.evaluation.enclosure import Enclosure
from tracepy.objective import metrics
from tracepy.objective.callables import load
from tracepy.objective.errors import describe
from tracepy.objective.values import decode, missing

_JUDGE = 3  # its descriptor for the judge, whose number is no pipe's (`worker.reserve`)
_MOST = 64 * 1024**2  # bytes of marks
_LIFE = 1e6  # seconds of CPU time; how long it takes over an answer is the judge's concern


class Scorers:
    """The scorers of a server, by the numbers that the judge gives them."""

    def __init__(self, enclosure: Enclosure) -> None:
        self._enclosure = enclosure
        self._running: dict[int, tuple[int, str]] = {}

    @property
    def pids(self) -> list[int]:
        """Their processes."""
        return [pid for pid, _ in self._running.values()]

    def start(self, number: int, connection: int) -> None:
        """Start one in place of what had its number.

        Args:
            number: Whose place it takes.
            connection: The socket to the judge; closed here.
        """
        self.end(number)
        scratch = self._enclosure.folder()
        calls = self._enclosure.prepared(scratch, _LIFE)
        pid = self._enclosure.fork()
        if pid == 0:
            _become(self._enclosure, connection, scratch, calls)
        os.close(connection)
        self._running[number] = pid, scratch

    def end(self, *numbers: int) -> None:
        """End some, or all."""
        for number in numbers or list(self._running):
            if number in self._running:
                pid, scratch = self._running.pop(number)
                for kill in (os.killpg, os.kill):
                    with suppress(ProcessLookupError, PermissionError):
                        kill(pid, signal.SIGKILL)
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)
                self._enclosure.clear(scratch)


def _become(enclosure: Enclosure, connection: int, scratch: str, calls: Calls) -> NoReturn:
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for fd in (1, 2):
            os.dup2(nowhere, fd)
        os.dup2(connection, _JUDGE, inheritable=False)
        os.closerange(_JUDGE + 1, os.sysconf("SC_OPEN_MAX"))
        enclosure.shut(scratch, calls)
        serve(socket.socket(fileno=_JUDGE))
    finally:
        os._exit(0)


def serve(connection: socket.socket) -> None:
    """Mark answers until the judge closes the socket, or the process that does it has ended."""
    inbox = wire.Inbox()
    sheets = _Sheets()
    while True:
        messages = wire.receive(connection, inbox)
        if messages is None:
            return
        for message in messages:
            if "sheets" in message:
                sheets = _Sheets(message["sheets"])
                continue
            data = sheets.marked(message["lines"])
            if not data:
                return
            connection.sendall(wire.frame(data))


class _Sheets:
    """The data sets, and how their answers are compared.

    Metrics of the user's run in a process of their own for each candidate, forked from where they
    were imported: what they remember, or are made to do, ends with it, so that no score depends on
    who was judged before.
    """

    def __init__(self, sheets: Sequence[Sequence[Any]] = ()) -> None:
        self._metrics = {part: metric for part, metric, _ in sheets}
        self._expected = {part: expected for part, _, expected in sheets}
        self._apart = False
        self._helpers: frozenset[int] = frozenset()
        self._problem = ""
        try:
            self._load()
        except BaseException as error:
            self._problem = describe(error)

    def _load(self) -> None:
        for part, named in self._metrics.items():
            if isinstance(named, dict):
                self._metrics[part] = load(named["module"], named["function"])
                # Threads do not survive a fork: a metric that has some runs here.
                self._apart = linux.threads() == 1
        self._helpers = frozenset(linux.children())

    def marked(self, lines: list[str]) -> bytes:
        """What is to be said to some answers of a candidate, as JSON; empty where it cannot be."""
        if self._problem:
            return json.dumps({"unloadable": self._problem}).encode("ascii")
        if not self._apart:
            return self._marks(lines)
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.dup2(write, _JUDGE)
                os.closerange(_JUDGE + 1, os.sysconf("SC_OPEN_MAX"))
                with os.fdopen(_JUDGE, "wb") as stream:
                    stream.write(wire.frame(self._marks(lines)))
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as stream:  # whose end a process left behind may hold open
            data = wire.unframed(stream, _MOST)
        self._end_others()
        return data

    def _end_others(self) -> None:
        """Kill who has marked, and what it left behind."""
        while others := set(linux.children()) - self._helpers:
            for pid in others:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with suppress(ChildProcessError):  # the metric's module has it reaped
                    os.waitpid(pid, 0)

    def _marks(self, lines: list[str]) -> bytes:
        try:
            answer: dict[str, Any] = {"marks": [self._mark(line) for line in lines]}
        except MemoryError:
            answer = {"memory": True}
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            answer = {"unreadable": f"{type(error).__name__}: {error}"[:300]}
        return json.dumps(answer).encode("ascii")

    def _mark(self, line: str) -> list[Any]:
        """Part, index, score, words, and the first type that did not come whole."""
        part, index, kind, value, rough = json.loads(line)
        metric, expected = self._metrics[part], self._expected[part][index]
        if kind == "error":
            return [part, index, 0.0, value, ""]
        try:
            result = decode(value)
            if not isinstance(metric, str) and (gap := missing(result)) is not None:
                text = f"its answer has a {gap.kind} in it, which is no data: {gap!r}"
                return [part, index, 0.0, text, rough]
            score, text = metrics.score(metric, result, json.loads(expected))
        except MemoryError:
            raise
        except BaseException as error:
            return [part, index, 0.0, describe(error), ""]
        return [part, index, score, text, rough]
