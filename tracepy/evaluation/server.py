"""The warm server: has the dependencies imported and forks one worker per evaluation.

Run as `python -m tracepy.evaluation.server FD`, FD a connected stream socket. In namespaces, workers
are forked and shut in ahead of the candidates that they will judge, while others are running.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
from collections import deque
from dataclasses import replace
from typing import Any

from tracepy.evaluation import guard, linux, namespaces, primed, warm, wire, worker
from tracepy.evaluation.calls import Calls
from tracepy.evaluation.child import Setting
from tracepy.evaluation.crew import Crew
from tracepy.evaluation.enclosure import Enclosure
from tracepy.evaluation.reach import Reach
from tracepy.evaluation.scorer import Scorers


class Server:
    """Serves requests until the other side closes the socket."""

    def __init__(self, connection: socket.socket, inbox: wire.Inbox) -> None:
        self.connection = connection
        self.inbox = inbox
        self.outgoing = bytearray()
        self.waiting: deque[dict[str, Any]] = deque()
        self.enclosure: Enclosure
        self.scorers: Scorers
        self.crew: Crew
        self.passed: list[int] = []
        self.open = True
        self.selector = selectors.DefaultSelector()

    def run(self, config: dict[str, Any]) -> None:
        """Get ready, and serve."""
        if linux.LINUX:
            calls = Calls()
            linux.adopt_orphans(calls)
            if config["namespaces"] == "bwrap":
                linux.die_with_parent(calls)  # bubblewrap, which waits for nothing else
            calls.run()
        self.enclosure = Enclosure(config)
        self.scorers = Scorers(self.enclosure)
        report, codes = warm.up(self.enclosure)
        setting = Setting.of(config, codes)
        if self.enclosure.nest:  # all workers' folders have one name
            self.enclosure.place_temporary(self.enclosure.folder())
        if not config["primed"]:
            self._serve(report, setting)
        elif not primed.held(
            setting,
            self.enclosure,
            lambda loaded: self._serve(
                report | {"ran": loaded.ran}, replace(setting, loaded=loaded)
            ),
        ):
            self.connection.sendall(wire.pack(report | {"ready": False}))

    def _serve(self, report: dict[str, Any], setting: Setting) -> None:
        """The loop."""
        self.crew = Crew(
            self.enclosure, setting, self.selector, self._queue, lambda: self.scorers.pids
        )
        guard.watch()
        gc.collect()
        gc.freeze()
        self.connection.sendall(wire.pack(report))
        self.connection.setblocking(False)
        self.selector.register(self.connection, selectors.EVENT_READ)
        try:
            while self.open:
                self._turn()
        finally:
            self.crew.end()
            self.scorers.end()
            self.crew.end_orphans()

    def _turn(self) -> None:
        while self.waiting and self.crew.free():
            self.crew.start(self.waiting.popleft())
        self.crew.fork_ahead(idle=not self.waiting)
        for key, mask in self.selector.select(self.crew.patience()):
            if key.fileobj is not self.connection:
                self.crew.read(key.data, key.fd)
                continue
            if mask & selectors.EVENT_WRITE:
                self._send()
            if mask & selectors.EVENT_READ:
                self._receive()
        self.crew.look_after()

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
                self.crew.setting = self.crew.setting.knowing(message["known"])
                self.crew.discard()
            elif "scorer" in message:
                self.scorers.start(message["scorer"], self.passed.pop(0))
            elif "stop" in message:
                self.crew.stop(message["stop"])
            else:
                self.waiting.append(message)


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
