"""The workers of a server: forked, given candidates, watched, ended and reaped."""

from __future__ import annotations

import math
import os
import selectors
import signal
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Any

from tracepy.evaluation import linux, watch, worker
from tracepy.evaluation.child import Setting
from tracepy.evaluation.enclosure import Enclosure

# Seconds between the answers of one worker that are handed on while it runs.
_HEARD = 0.02

_AHEAD = 4  # workers that are forked at a time: 2 take 11 % fewer page faults than 1, 4 15 %
_MUCH = 16 * 1024  # bytes: a quarter of what a pipe holds
_POLL = 0.01  # seconds between looks for ended workers, where the system does not tell


class Crew:
    """Workers of one server.

    Args:
        enclosure: Shuts them in.
        setting: What their candidates are judged by.
        selector: Where their pipes are waited for, by their process ids.
        tell: Takes a message for the judge.
        others: Process ids of other children of this process.

    Attributes:
        setting: May be replaced; workers that were forked ahead are then to be discarded.
    """

    def __init__(
        self,
        enclosure: Enclosure,
        setting: Setting,
        selector: selectors.BaseSelector,
        tell: Callable[[dict[str, Any]], None],
        others: Callable[[], Collection[int]],
    ) -> None:
        self.enclosure = enclosure
        self.setting = setting
        self._config = enclosure.config
        self._selector = selector
        self._tell = tell
        self._others = others
        self._workers: dict[int, worker.Worker] = {}
        self._spare: deque[worker.Worker] = deque()
        self._looked = self._swept = 0.0

    def free(self) -> bool:
        """Whether one more may judge. Those that have answered only end."""
        busy = sum(not item.finished or item.timed_out for item in self._workers.values())
        most: int = self._config["workers"]
        return busy < most

    def start(self, request: dict[str, Any]) -> None:
        """Give a candidate to a worker."""
        item = self._ready()
        item.assign(request, self._config["timeout"])
        self._workers[item.pid] = item
        for fd in (item.reply, item.end):
            if fd >= 0:
                self._selector.register(fd, selectors.EVENT_READ, item.pid)

    def fork_ahead(self, *, idle: bool) -> None:
        """Fork workers for candidates to come. Several at a time: after each fork, this process has
        to copy what it writes to, a hundred pages a turn, and so it does once for all of them.

        Args:
            idle: Whether nothing waits to be judged.
        """
        # Only where candidates cannot get at them: elsewhere they could stop them, and more.
        if not self.enclosure.nest or (self._spare and not (idle and not self._workers)):
            return
        while len(self._spare) < max(_AHEAD, self._config["workers"]):
            self._spare.append(worker.start(self.enclosure, self.setting))

    def patience(self) -> float | None:
        """Seconds that nothing need be looked at, unless something happens; None for ever."""
        if not self._workers:
            return None
        running = [w.deadline for w in self._workers.values() if not w.finished]
        deadline = min(running, default=math.inf)
        often = watch.INTERVAL if worker.TELLS_ITS_END else _POLL
        return min(max(deadline - time.monotonic(), 0), often)

    def read(self, pid: int, fd: int) -> None:
        """Something has come through a worker's pipe."""
        item = self._workers[pid]
        if fd == item.end:
            return  # it has ended, and is reaped soon
        if not item.read(fd):
            self._selector.unregister(fd)
        elif fd == item.reply and item.answered:
            item.finished = True
            item.kill()

    def look_after(self) -> None:
        """End workers whose time is over or that took too much; take in what has ended."""
        now = time.monotonic()
        for item in self._workers.values():
            if now >= item.deadline and not item.finished:
                self._time_out(item)
            elif item.eager and not item.finished and now - item.heard > _HEARD:
                item.heard = now
                if text := item.answers():
                    self._tell({"id": item.number, "part": text})
        self._look(now)
        self._reap(now)

    def stop(self, number: int) -> None:
        """End a worker whose verdict is known."""
        for item in self._workers.values():
            if item.number == number:
                item.finished = True
                item.kill()

    def discard(self) -> None:
        """End the workers that wait: what they know no longer holds."""
        while self._spare:
            item = self._spare.popleft()
            item.discard()
            self.enclosure.clear(item.scratch)

    def end(self) -> None:
        """End all."""
        self.discard()
        for item in self._workers.values():
            item.kill()
        for item in self._workers.values():
            os.waitpid(item.pid, 0)
        self._workers.clear()

    def end_orphans(self, *, wait: bool = True) -> None:
        """Kill what workers left behind: workers adopt their own orphans, so all others are."""
        while True:
            ours = {*self._workers, *self._others(), *(item.pid for item in self._spare)}
            orphans = [pid for pid in linux.children() if pid not in ours]
            for pid in orphans:
                os.kill(pid, signal.SIGKILL)
            for pid in orphans:
                os.waitpid(pid, 0 if wait else os.WNOHANG)
            if not orphans or not wait:
                return

    def _ready(self) -> worker.Worker:
        """A worker that waits: one forked ahead, where it still lives."""
        while self._spare:
            item = self._spare.popleft()
            if item.lives():
                return item
            self._clear(item)
        return worker.start(self.enclosure, self.setting)

    def _clear(self, item: worker.Worker) -> None:
        item.close()
        self.enclosure.clear(item.scratch)

    def _time_out(self, item: worker.Worker) -> None:
        """Kill a worker and say so at once: the kernel may take long to free its memory."""
        item.timed_out = item.finished = True
        used = linux.used(item.pid)
        item.kill()
        if used is not None:
            item.drain()
            self._tell(item.verdict(0, *used))
            item.told = True

    def _look(self, now: float) -> None:
        """End workers that have taken too much, all their processes together."""
        running = [w for w in self._workers.values() if not w.finished]
        old = [w for w in running if now - w.started > watch.INTERVAL]
        for item in old:
            if item.said > watch.OUTPUT_LIMIT:
                item.excess = "output"
        if old and now - self._looked > watch.INTERVAL:
            self._looked = now
            self._listen(old)
            found = watch.excesses([w.pid for w in old], self._config["memory_limit"])
            for pid, what in found.items():
                self._workers[pid].excess = what
        for item in old:
            if item.excess:
                item.kill()

    def _listen(self, running: list[worker.Worker]) -> None:
        """Read what workers print: now and then, since to wake up for each line takes longer than
        printing it; whenever there is anything of those that print much."""
        for item in running:
            if item.output not in self._selector.get_map():
                before = item.said
                item.read(item.output)
                if item.said - before > _MUCH:
                    self._selector.register(item.output, selectors.EVENT_READ, item.pid)

    def _reap(self, now: float) -> None:
        nested = self.enclosure.nest is not None
        ended = False
        for pid, item in list(self._workers.items()):
            done, status, used = os.wait4(pid, os.WNOHANG)
            if not done:
                continue
            ended = True
            if not nested:  # else all that it started ended with it
                item.kill()
            item.drain()
            del self._workers[pid]
            self._forget(item)
            if not nested:
                self.end_orphans()
            self._clear(item)
            if not item.told:
                cpu = used.ru_utime + used.ru_stime
                self._tell(item.verdict(status, cpu, used.ru_maxrss * worker.MAXRSS_UNIT))
        if not nested and not ended and now - self._swept > watch.INTERVAL:
            self._swept = now
            self.end_orphans(wait=False)

    def _forget(self, item: worker.Worker) -> None:
        watched = self._selector.get_map()
        for fd in item.watched:
            if fd in watched:
                self._selector.unregister(fd)
