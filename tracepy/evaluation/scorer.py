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
from contextlib import suppress
from typing import Any, NoReturn

from tracepy.evaluation import wire
from tracepy.evaluation.calls import Calls
from tracepy.evaluation.enclosure import Enclosure
from tracepy.objective import metrics
from tracepy.objective.callables import load
from tracepy.objective.errors import describe
from tracepy.objective.values import decode, missing

_JUDGE = 3  # its descriptor for the judge, whose number is no pipe's (`worker.reserve`)
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
    """Mark answers until the judge closes the socket, or memory has run out."""
    inbox = wire.Inbox()
    sheets: dict[int, _Sheet] = {}
    while True:
        messages = wire.receive(connection, inbox)
        if messages is None:
            return
        for message in messages:
            if "sheets" in message:
                sheets = {part: _Sheet(*rest) for part, *rest in message["sheets"]}
                continue
            answer = _marked(sheets, message["lines"])
            connection.sendall(wire.pack(answer))
            if "memory" in answer:
                return


def _marked(sheets: dict[int, _Sheet], lines: list[str]) -> dict[str, Any]:
    try:
        return {"marks": [_mark(sheets, line) for line in lines]}
    except _Unloadable as error:
        return {"unloadable": str(error)}
    except MemoryError:
        return {"memory": True}
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        return {"unreadable": f"{type(error).__name__}: {error}"[:300]}


def _mark(sheets: dict[int, _Sheet], line: str) -> list[Any]:
    """Part, index, score, words, and the first type that did not come whole."""
    part, index, kind, value, rough = json.loads(line)
    sheet = sheets[part]
    if kind == "error":
        return [part, index, 0.0, value, ""]
    metric = sheet.metric()
    try:
        result = decode(value)
        if not isinstance(metric, str) and (gap := missing(result)) is not None:
            text = f"its answer has a {gap.kind} in it, which is no data: {gap!r}"
            return [part, index, 0.0, text, rough]
        score, text = metrics.score(metric, result, json.loads(sheet.expected[index]))
    except MemoryError:
        raise
    except BaseException as error:
        return [part, index, 0.0, describe(error), ""]
    return [part, index, score, text, rough]


class _Unloadable(Exception):
    """The module of the metric cannot be imported, or has no such function."""


class _Sheet:
    """A data set: how its answers are compared, and with what."""

    def __init__(self, metric: Any, expected: list[str]) -> None:
        self._named = metric
        self.expected = expected

    def metric(self) -> Any:
        """A name, or a function of the user's, whose module is imported when first asked for."""
        if isinstance(self._named, dict):
            try:
                self._named = load(self._named["module"], self._named["function"])
            except MemoryError:
                raise
            except BaseException as error:
                raise _Unloadable(describe(error)) from error
        return self._named
