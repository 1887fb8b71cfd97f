"""The warm server: has the dependencies imported and forks one worker per evaluation.

Run as `python -m tracepy.evaluation.server FD`, FD a connected stream socket. In namespaces, workers
are forked and shut in ahead of the candidates that they will judge, while others are running.
"""

from __future__ import annotations

import gc
import math
import os
import selectors
import signal
import socket
import sys
import time
from collections import deque
from dataclasses import replace
from functools import partial
from typing import Any

from tracepy.evaluation import guard, linux, namespaces, primed, warm, watch, wire, worker
from tracepy.evaluation.calls import Calls
from tracepy.evaluation.child import Setting
from tracepy.evaluation.enclosure import Enclosure
from tracepy.evaluation.reach import Reach
from tracepy.evaluation.scorer import Scorers

# Seconds between the answers of one worker that are handed on while it runs.
_HEARD = 0.02

_AHEAD = 4  # workers that are forked at a time: 2 take 11 % fewer page faults than 1, 4 15 %
_MUCH = 16 * 1024  # bytes: a quarter of what a pipe holds
_POLL = 0.01  # seconds between looks for ended workers, where the system does not tell


class Server:
    """Serves requests until the other side closes the socket."""

    def __init__(self, connection: socket.socket, inbox: wire.Inbox) -> None:
        self.connection = connection
        self.inbox = inbox
        self.outgoing = bytearray()
        self.waiting: deque[dict[str, Any]] = deque()
        self.workers: dict[int, worker.Worker] = {}
        self.spare: deque[worker.Worker] = deque()
        self.config: dict[str, Any] = {}
        self.setting: Setting
        self.enclosure: Enclosure
        self.scorers: Scorers
        self.passed: list[int] = []
        self.looked = self.swept = 0.0
        self.open = True
        self.selector = selectors.DefaultSelector()

    def run(self, config: dict[str, Any]) -> None:
        """The loop."""
        self.config = config
        if linux.LINUX:
            calls = Calls()
            linux.adopt_orphans(calls)
            if config["namespaces"] == "bwrap":
                linux.die_with_parent(calls)  # bubblewrap, which waits for nothing else
            calls.run()
        connection = self.connection
        self.enclosure = Enclosure(config)
        self.scorers = Scorers(self.enclosure)
        report, codes = warm.up(self.enclosure)
        self.setting = Setting.of(config, codes)
        if self.enclosure.nest:  # all workers' folders have one name
            self.enclosure.place_temporary(self.enclosure.folder())
        if not config["primed"]:
            self._serve(report)
        elif not primed.held(self.setting, self.enclosure, partial(self._serve_primed, report)):
            connection.sendall(wire.pack(report | {"ready": False}))

    def _serve_primed(self, report: dict[str, Any], loaded: primed.Primed) -> None:
        self.setting = replace(self.setting, loaded=loaded)
        self._serve(report | {"ran": loaded.ran})

    def _serve(self, report: dict[str, Any]) -> None:
        guard.watch()
        gc.collect()
        gc.freeze()
        connection = self.connection
        connection.sendall(wire.pack(report))
        connection.setblocking(False)
        self.selector.register(connection, selectors.EVENT_READ)
        try:
            while self.open:
                self._turn()
        finally:
            self._end_all()

    def _turn(self) -> None:
        while self.waiting and self._busy() < self.config["workers"]:
            self._start(self.waiting.popleft())
        # Only where candidates cannot get at them: elsewhere they could stop them, and more.
        if self.enclosure.nest and (not self.spare or not (self.workers or self.waiting)):
            self._fork_ahead()
        for key, mask in self.selector.select(self._patience()):
            if key.fileobj is self.connection:
                if mask & selectors.EVENT_WRITE:
                    self._send()
                if mask & selectors.EVENT_READ:
                    self._receive()
            elif key.fd == self.workers[key.data].end:
                pass  # it has ended, and is reaped below
            else:
                self._read(self.workers[key.data], key.fd)
        now = time.monotonic()
        for item in self.workers.values():
            if now >= item.deadline and not item.finished:
                self._time_out(item)
            elif item.eager and not item.finished and now - item.heard > _HEARD:
                item.heard = now
                if text := item.answers():
                    self._queue({"id": item.number, "part": text})
        self._look(now)
        self._reap(now)

    def _fork_ahead(self) -> None:
        """Fork workers for candidates to come. Several at a time: after each fork, this process has
        to copy what it writes to, a hundred pages a turn, and so it does once for all of them."""
        while len(self.spare) < max(_AHEAD, self.config["workers"]):
            self.spare.append(worker.start(self.enclosure, self.setting))

    def _time_out(self, item: worker.Worker) -> None:
        """Kill a worker and say so at once: the kernel may take long to free its memory."""
        item.timed_out = item.finished = True
        used = linux.used(item.pid)
        item.kill()
        if used is not None:
            item.drain()
            self._queue(item.verdict(0, *used))
            item.told = True

    def _busy(self) -> int:
        """How many workers are judging; those that have answered only end."""
        return sum(not item.finished or item.timed_out for item in self.workers.values())

    def _read(self, item: worker.Worker, fd: int) -> None:
        if not item.read(fd):
            self.selector.unregister(fd)
        elif fd == item.reply and item.answered:
            item.finished = True
            item.kill()

    def _patience(self) -> float | None:
        """Seconds that nothing need be looked at, unless something happens; None for ever."""
        if not self.workers:
            return None
        running = [w.deadline for w in self.workers.values() if not w.finished]
        deadline = min(running, default=math.inf)
        often = watch.INTERVAL if worker.TELLS_ITS_END else _POLL
        return min(max(deadline - time.monotonic(), 0), often)

    def _look(self, now: float) -> None:
        """End workers that have taken too much, all their processes together."""
        running = [w for w in self.workers.values() if not w.finished]
        old = [w for w in running if now - w.started > watch.INTERVAL]
        for item in old:
            if item.said > watch.OUTPUT_LIMIT:
                item.excess = "output"
        if old and now - self.looked > watch.INTERVAL:
            self.looked = now
            self._listen(old)
            found = watch.excesses([w.pid for w in old], self.config["memory_limit"])
            for pid, what in found.items():
                self.workers[pid].excess = what
        for item in old:
            if item.excess:
                item.kill()

    def _listen(self, running: list[worker.Worker]) -> None:
        """Read what workers print: now and then, since to wake up for each line takes longer than
        printing it; whenever there is anything of those that print much."""
        for item in running:
            if item.output not in self.selector.get_map():
                before = item.said
                item.read(item.output)
                if item.said - before > _MUCH:
                    self.selector.register(item.output, selectors.EVENT_READ, item.pid)

    def _start(self, request: dict[str, Any]) -> None:
        item = self._ready()
        item.assign(request, self.config["timeout"])
        self.workers[item.pid] = item
        for fd in (item.reply, item.end):
            if fd >= 0:
                self.selector.register(fd, selectors.EVENT_READ, item.pid)

    def _ready(self) -> worker.Worker:
        """A worker that waits: one forked ahead, where it still lives."""
        while self.spare:
            item = self.spare.popleft()
            if item.lives():
                return item
            self._clear(item)
        return worker.start(self.enclosure, self.setting)

    def _clear(self, item: worker.Worker) -> None:
        item.close()
        self.enclosure.clear(item.scratch)

    def _reap(self, now: float) -> None:
        nested = self.enclosure.nest is not None
        ended = False
        for pid, item in list(self.workers.items()):
            done, status, used = os.wait4(pid, os.WNOHANG)
            if not done:
                continue
            ended = True
            if not nested:  # else all that it started ended with it
                item.kill()
            item.drain()
            del self.workers[pid]
            self._forget(item)
            if not nested:
                self.end_orphans()
            self._clear(item)
            if not item.told:
                cpu = used.ru_utime + used.ru_stime
                self._queue(item.verdict(status, cpu, used.ru_maxrss * worker.MAXRSS_UNIT))
        if not nested and not ended and now - self.swept > watch.INTERVAL:
            self.swept = now
            self.end_orphans(wait=False)

    def _forget(self, item: worker.Worker) -> None:
        watched = self.selector.get_map()
        for fd in item.watched:
            if fd in watched:
                self.selector.unregister(fd)

    def end_orphans(self, *, wait: bool = True) -> None:
        """Kill what workers left behind: workers adopt their own orphans, so all others are."""
        while True:
            ours = {*self.workers, *self.scorers.pids, *(item.pid for item in self.spare)}
            orphans = [pid for pid in linux.children() if pid not in ours]
            for pid in orphans:
                os.kill(pid, signal.SIGKILL)
            for pid in orphans:
                os.waitpid(pid, 0 if wait else os.WNOHANG)
            if not orphans or not wait:
                return

    def _queue(self, message: dict[str, Any]) -> None:
        self.outgoing += wire.pack(message)
        self._send()

    def _send(self) -> None:
        try:
            while self.outgoing:
                del self.outgoing[: self.connection.send(self.outgoing)]
        except BlockingIOError:
            pass  # the selector says when there is room again
        except OSError:
            self.open = False
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.outgoing else 0)
        self.selector.modify(self.connection, events)

    def _receive(self) -> None:
        messages = wire.receive(self.connection, self.inbox, self.passed)
        if messages is None:
            self.open = False
            return
        for message in messages:
            if "known" in message:
                self.setting = self.setting.knowing(message["known"])
                self._discard()
            elif "scorer" in message:
                self.scorers.start(message["scorer"], self.passed.pop(0))
            elif "stop" in message:
                self._stop(message["stop"])
            else:
                self.waiting.append(message)

    def _stop(self, number: int) -> None:
        """End a worker whose verdict is known."""
        for item in self.workers.values():
            if item.number == number:
                item.finished = True
                item.kill()

    def _discard(self) -> None:
        """End the workers that wait: what they know no longer holds."""
        while self.spare:
            item = self.spare.popleft()
            item.discard()
            self.enclosure.clear(item.scratch)

    def _end_all(self) -> None:
        self._discard()
        for item in self.workers.values():
            item.kill()
        for item in self.workers.values():
            os.waitpid(item.pid, 0)
        self.workers.clear()
        self.scorers.end()
        self.end_orphans()


def main() -> None:
    """Serve on the socket whose number is the first argument."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, children would reap themselves
    connection = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(connection.fileno(), False)
    inbox = wire.Inbox()
    messages: list[Any] | None = []
    while not messages:
        messages = wire.receive(connection, inbox)
        if messages is None:
            return
    config = messages[0]
    worker.reserve()
    if config["namespaces"] == "own":
        reach = Reach.from_dict(config["reach"])
        namespaces.enter(reach, config["scratch"], network=config["network"])
    Server(connection, inbox).run(config)


if __name__ == "__main__":
    main()
