"""The judge's side of scorers: hands them answers, waits for marks, replaces those that are lost."""

from __future__ import annotations

import select
import socket
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from tracepy.evaluation import wire
from tracepy.evaluation.connection import Connection
from tracepy.evaluation.records import Evaluation, Job
from tracepy.evaluation.tally import Tally
from tracepy.objective.examples import Sheet
from tracepy.objective.record import Objective

_CHUNK = 1024**2  # characters of answers that a scorer is handed at once
_STARTING = 10.0  # seconds on top for the first ones, for which a metric's module is imported

_REMEMBERED = 100  # candidates of which it is known which cases fail
_Key = frozenset[tuple[str, str]]


@dataclass(slots=True)
class _Chunk:
    """Answers of one evaluation."""

    number: int
    lines: list[str]


@dataclass(slots=True)
class _Scorer:
    """A scorer and what it is busy with."""

    place: int
    socket: socket.socket
    inbox: wire.Inbox = field(default_factory=wire.Inbox)
    chunk: _Chunk | None = None
    deadline: float = 0.0
    fresh: bool = True


@dataclass(slots=True)
class _Course:
    """An evaluation under way."""

    job: Job
    tally: Tally
    heard: int = 0  # answers
    rest: str = ""  # of one that has not come whole
    kept: dict[str, list[str]] = field(default_factory=dict)  # by data sets, till all are there
    pending: int = 0  # chunks whose marks are not there yet
    stopped: bool = False
    found: Evaluation | None = None  # what the worker came to, once it has ended


class Scoring:
    """Evaluations whose answers are compared in scorers.

    Args:
        objective: What judges.
        sheets: Its data sets.
        timeout: Seconds that a scorer may take over some answers of a candidate.
        workers: How many scorers there may be, where they run a metric of the user's.
    """

    def __init__(
        self, objective: Objective, sheets: Mapping[int, Sheet], timeout: float, workers: int
    ) -> None:
        self._objective = objective
        self._sheets = sheets
        self._timeout = timeout
        self._sizes = {f"[{part}": len(sheet.names) for part, sheet in sheets.items()}
        self._own = not all(sheet.bounded for sheet in sheets.values())
        self._most = workers if self._own else 1
        self._scorers: list[_Scorer] = []
        self._waiting: deque[_Chunk] = deque()
        self._courses: dict[int, _Course] = {}
        self._failing: dict[_Key, tuple[str, ...]] = {}

    def before_tracing(self, jobs: Sequence[Job]) -> dict[int, Job]:
        """What is to be judged before, by its place among jobs: which cases fail is what a trace
        is for, and a worker that is not told what is expected could not say."""
        plain = {
            index: replace(job, trace=False, beat=None, gate=None)
            for index, job in enumerate(jobs)
            if job.trace
        }
        return {index: job for index, job in plain.items() if _key(job) not in self._failing}

    def begin(self, number: int, job: Job) -> tuple[Job, bool]:
        """A job is sent: as it goes to the worker, and whether its verdict may come before its
        last answer."""
        course = self._courses[number] = _Course(job, Tally(self._objective, self._sheets, job))
        if job.trace:
            job = replace(job, failing=self._failing.get(_key(job), ()))
        return job, course.tally.may_end_early

    def heard(self, number: int, text: str) -> None:
        """Answers have come: lines, the last of which may be cut."""
        course = self._courses[number]
        course.heard += text.count("\n")
        if course.heard > sum(self._sizes.values()):
            problem = "it sent more answers than there are questions"
            course.tally.fail(Evaluation("crashed", None, problem))
            return
        *lines, course.rest = (course.rest + text).split("\n")
        if not self._own:
            self._release(number, lines)
            return
        for line in lines:
            part, _, _ = line.partition(",")  # "[" and a number, or what a stranger put there
            kept = course.kept.setdefault(part, [])
            kept.append(line)
            if len(kept) == self._sizes.get(part):
                self._release(number, course.kept.pop(part))

    def _release(self, number: int, lines: list[str]) -> None:
        """Have answers marked: all of a data set at once where the metric is the user's, so that
        what it does does not depend on when they came."""
        size = 0
        chunk: list[str] = []
        for line in lines:
            chunk.append(line)
            size += len(line)
            if size >= _CHUNK and not self._own:
                self._add(_Chunk(number, chunk))
                chunk, size = [], 0
        if chunk:
            self._add(_Chunk(number, chunk))

    def _add(self, chunk: _Chunk) -> None:
        self._courses[chunk.number].pending += 1
        self._waiting.append(chunk)

    def ended(self, number: int, found: Evaluation) -> None:
        """A worker has ended: no more answers come."""
        course = self._courses[number]
        course.found = found
        for lines in course.kept.values():
            self._release(number, lines)
        course.kept.clear()

    def finished(self) -> Iterator[tuple[int, Evaluation, str]]:
        """Number, verdict and objects that are no data, of what has been judged since."""
        for number, course in list(self._courses.items()):
            if course.found is not None and not course.pending:
                del self._courses[number]
                found = course.tally.final(course.found)
                self._note(course.job, found)
                yield number, found, course.tally.objects

    def _note(self, job: Job, found: Evaluation) -> None:
        """Remember which cases fail."""
        if found.status == "ok" and found.complete and not job.trace:
            self._failing.pop(_key(job), None)
            failing = (case.name for case in found.cases if case.score < 1.0)
            self._failing[_key(job)] = tuple(failing)
            if len(self._failing) > _REMEMBERED:
                del self._failing[next(iter(self._failing))]

    def wait(self, connection: Connection) -> list[Any]:
        """Messages of the server, or none where marks have come first. Raises ServerGone."""
        self._hand_out(connection)
        busy = {item.socket.fileno(): item for item in self._scorers if item.chunk}
        poll = select.poll()
        for fd in (connection.fileno(), *busy):
            poll.register(fd, select.POLLIN)
        now = time.monotonic()
        ends = [max(item.deadline - now, 0.0) * 1000 + 1 for item in busy.values()]
        ready = {fd for fd, _ in poll.poll(min(ends, default=None))}
        now = time.monotonic()
        for fd, item in busy.items():
            if fd in ready:
                self._read(item, connection)
            elif now >= item.deadline:
                text = f"the metric did not finish within {self._timeout:g} s"
                self._fail(item, Evaluation("timeout", None, text), connection)
        return connection.receive() if connection.fileno() in ready else []

    def _hand_out(self, connection: Connection) -> None:
        while self._waiting:
            item = next((item for item in self._scorers if not item.chunk), None)
            if item is None and len(self._scorers) < self._most:
                item = self._start(connection, len(self._scorers))
                self._scorers.append(item)
            if item is None:
                return
            self._give(item, self._waiting.popleft())

    def _start(self, connection: Connection, place: int) -> _Scorer:
        item = _Scorer(place, connection.scorer(place, self._timeout))
        known = [[part, sheet.metric, sheet.expected] for part, sheet in self._sheets.items()]
        self._send(item, {"sheets": known})
        return item

    def _give(self, item: _Scorer, chunk: _Chunk) -> None:
        item.chunk = chunk
        item.deadline = time.monotonic() + self._timeout + (_STARTING if item.fresh else 0.0)
        self._send(item, {"lines": chunk.lines})

    @staticmethod
    def _send(item: _Scorer, message: Any) -> None:
        with suppress(OSError):  # it has ended: reading from it will tell
            item.socket.sendall(wire.pack(message))

    def _read(self, item: _Scorer, connection: Connection) -> None:
        try:
            messages = wire.receive(item.socket, item.inbox)
        except (ValueError, RecursionError):
            messages = [None]
        if messages is None:
            self._lost(item, connection)
        elif len(messages) > 1 or not all(isinstance(message, dict) for message in messages):
            # A metric that runs what it is given says what that likes.
            text = "the metric's process sent something else than marks"
            self._fail(item, Evaluation("crashed", None, text), connection)
        elif messages:
            self._take(item, messages[0], connection)

    def _take(self, item: _Scorer, message: dict[str, Any], connection: Connection) -> None:
        assert item.chunk is not None
        tally = self._courses[item.chunk.number].tally
        if "memory" in message:
            tally.fail(Evaluation("memory", None, "the metric needed too much memory for it"))
        if "unloadable" in message:
            tally.fail(Evaluation("error", None, str(message["unloadable"])))
        problem = message.get("unreadable")
        try:
            for mark in message.get("marks", ()):
                tally.add(mark)
        except (ValueError, TypeError, LookupError) as error:
            problem = f"{type(error).__name__}: {error}"
        if problem:
            tally.fail(Evaluation("crashed", None, f"its answers cannot be read: {problem}"[:500]))
        item.fresh = False
        self._done(item, connection)

    def _lost(self, item: _Scorer, connection: Connection) -> None:
        """A scorer ended over some answers: they are to blame where they were its first."""
        assert item.chunk is not None
        if item.fresh:
            text = "the process of the metric ended over its answers"
            self._fail(item, Evaluation("crashed", None, text), connection)
            return
        chunk, item.chunk = item.chunk, None
        self._renew(item, connection)
        self._give(self._scorers[item.place], chunk)

    def _fail(self, item: _Scorer, verdict: Evaluation, connection: Connection) -> None:
        assert item.chunk is not None
        self._courses[item.chunk.number].tally.fail(verdict)
        self._done(item, connection)
        self._renew(item, connection)

    def _done(self, item: _Scorer, connection: Connection) -> None:
        """Marks of a chunk are there; a worker whose verdict is known now is ended."""
        assert item.chunk is not None
        number, item.chunk = item.chunk.number, None
        course = self._courses[number]
        course.pending -= 1
        if course.found is None and not course.stopped and course.tally.decided() is not None:
            course.stopped = True
            connection.send({"stop": number})

    def _renew(self, item: _Scorer, connection: Connection) -> None:
        item.socket.close()
        self._scorers[item.place] = self._start(connection, item.place)

    def forget(self) -> None:
        """The server has ended, and all scorers with it."""
        for item in self._scorers:
            item.socket.close()
        self._scorers.clear()
        self._waiting.clear()
        self._courses.clear()


def _key(job: Job) -> _Key:
    return frozenset(job.sources.items())
