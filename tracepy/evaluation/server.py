"""The warm server: has the dependencies imported and forks one worker per evaluation.

Run as `python -m tracepy.evaluation.server FD`, FD a connected stream socket.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections import deque
from typing import Any

from tracepy.evaluation import guard, linux, namespaces, warm, watch, wire, worker
from tracepy.evaluation.enclosure import Enclosure
from tracepy.evaluation.reach import Reach
from tracepy.evaluation.scorer import Scorers

# Seconds between the answers of one worker that are handed on while it runs.
_HEARD = 0.02


class Server:
    """Serves requests until the other side closes the socket."""

    def __init__(self, connection: socket.socket, inbox: wire.Inbox) -> None:
        self.connection = connection
        self.inbox = inbox
        self.outgoing = bytearray()
        self.waiting: deque[dict[str, Any]] = deque()
        self.workers: dict[int, worker.Worker] = {}
        self.config: dict[str, Any] = {}
        self.enclosure: Enclosure
        self.scorers: Scorers
        self.passed: list[int] = []
        self.looked = 0.0
        self.open = True
        self.selector = selectors.DefaultSelector()
        self._wake, wake = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(wake, False)
        self._own = [self._wake, wake, connection.fileno()]
        self._own.append(self.selector.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def run(self, config: dict[str, Any]) -> None:
        """The loop."""
        self.config = config
        linux.adopt_orphans()
        connection = self.connection
        self.enclosure = Enclosure(config)
        self.scorers = Scorers(self.enclosure)
        report = warm.up(self.enclosure)
        guard.watch()
        gc.collect()
        gc.freeze()
        connection.sendall(wire.pack(report))
        connection.setblocking(False)
        self.selector.register(connection, selectors.EVENT_READ)
        self.selector.register(self._wake, selectors.EVENT_READ)
        try:
            while self.open:
                self._turn()
        finally:
            self._end_all()

    def _turn(self) -> None:
        while self.waiting and len(self.workers) < self.config["workers"]:
            self._start(self.waiting.popleft())
        deadline = min((w.deadline for w in self.workers.values()), default=None)
        wait = None
        if deadline is not None:
            wait = min(max(deadline - time.monotonic(), 0), watch.INTERVAL)
        for key, mask in self.selector.select(wait):
            if key.fileobj is self.connection:
                if mask & selectors.EVENT_WRITE:
                    self._send()
                if mask & selectors.EVENT_READ:
                    self._receive()
            elif key.fd == self._wake:
                os.read(self._wake, 4096)
            elif not self.workers[key.data].read(key.fd):
                self.selector.unregister(key.fd)
        now = time.monotonic()
        for item in list(self.workers.values()):
            if now >= item.deadline and not item.timed_out:
                item.timed_out = True
                item.kill()
            if item.request["eager"] and now - item.heard > _HEARD and (text := item.answers()):
                item.heard = now
                self._queue({"id": item.request["id"], "part": text})
        self._look(now)
        self._reap()

    def _look(self, now: float) -> None:
        """End workers that have taken too much, all their processes together."""
        old = [w for w in self.workers.values() if now - w.started > watch.INTERVAL]
        for item in old:
            if item.said > watch.OUTPUT_LIMIT:
                item.excess = "output"
        if old and now - self.looked > watch.INTERVAL:
            self.looked = now
            found = watch.excesses([w.pid for w in old], self.config["memory_limit"])
            for pid, what in found.items():
                self.workers[pid].excess = what
        for item in old:
            if item.excess:
                item.kill()

    def _others(self) -> list[int]:
        """Descriptors that are none of a new process's business."""
        others = list(self._own)
        for item in self.workers.values():
            others += [item.reply, item.output]
        return others

    def _start(self, request: dict[str, Any]) -> None:
        item = worker.start(self.enclosure, request, self._others())
        self.workers[item.pid] = item
        self.selector.register(item.reply, selectors.EVENT_READ, item.pid)
        self.selector.register(item.output, selectors.EVENT_READ, item.pid)

    def _reap(self) -> None:
        ended = False
        for pid, item in list(self.workers.items()):
            done, status, used = os.wait4(pid, os.WNOHANG)
            if not done:
                continue
            ended = True
            item.kill()
            item.drain()
            del self.workers[pid]
            self._forget(item)
            self.end_orphans()
            item.close()
            self.enclosure.clear(item.scratch)
            self._queue(item.verdict(status, used))
        if not ended:
            self.end_orphans(wait=False)

    def _forget(self, item: worker.Worker) -> None:
        watched = self.selector.get_map()
        for fd in (item.reply, item.output):
            if fd in watched:
                self.selector.unregister(fd)

    def end_orphans(self, *, wait: bool = True) -> None:
        """Kill what workers left behind: workers adopt their own orphans, so all others are."""
        while True:
            known = {*self.workers, *self.scorers.pids}
            orphans = [pid for pid in linux.children() if pid not in known]
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
        for message in messages or ():
            if "scorer" in message:
                self.scorers.start(message["scorer"], self.passed.pop(0), self._others())
            elif "stop" in message:
                for item in self.workers.values():
                    if item.request["id"] == message["stop"]:
                        item.kill()
            else:
                self.waiting.append(message)

    def _end_all(self) -> None:
        for item in self.workers.values():
            item.kill()
        for item in self.workers.values():
            os.waitpid(item.pid, 0)
        self.workers.clear()
        self.scorers.end()
        self.end_orphans()


def main() -> None:
    """Serve on the socket whose number is the first argument."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(connection.fileno(), False)
    inbox = wire.Inbox()
    messages: list[Any] | None = []
    while not messages:
        messages = wire.receive(connection, inbox)
        if messages is None:
            return
    config = messages[0]
    if config["namespaces"] == "own":
        reach = Reach.from_dict(config["reach"])
        namespaces.enter(reach, config["scratch"], network=config["network"])
    Server(connection, inbox).run(config)


if __name__ == "__main__":
    main()
