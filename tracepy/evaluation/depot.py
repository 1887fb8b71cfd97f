"""The shipments that a worker's process holds, and the judges that work on them."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tracepy.evaluation.judge import Judge
from tracepy.evaluation.shipment import Shipment, unpack

# Seconds without a task after which a shipment is put away: an executor may outlive the run, and
# not every kind tells its processes that a run is over.
IDLE = 60.0
# Waits for the end of its input, which comes however the worker ends, and removes the folder.
_KEEPER = 'cat >/dev/null; for i in 1 2 3 4 5; do rm -rf -- "$1" && exit; sleep 1; done'


class Place:
    """One shipment, unpacked: `copy` holds its files, `scratch` what judges make.

    Thread-safe: each thread that asks has a judge to itself.
    """

    def __init__(self, shipment: Shipment) -> None:
        self.folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="tracepy-shipment-")))
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "tracepy-keeper", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.copy, self.scratch = self.folder / "copy", self.folder / "scratch"
        try:
            self.copy.mkdir()
            self.scratch.mkdir()
            unpack(shipment, self.copy)
        except BaseException:
            self.close()
            raise
        self._lock = threading.Lock()
        self._free: list[tuple[str, Judge]] = []
        self._busy = 0
        self._closed = False
        self._timer: threading.Timer | None = None

    @contextmanager
    def judge(self, key: str, make: Callable[[], Judge]) -> Iterator[Judge]:
        """A judge that is nobody else's meanwhile: a free one with that key, else a new one."""
        with self._lock:
            self._busy += 1
            fitting = [item for item in self._free if item[0] == key]
            if fitting:
                self._free.remove(fitting[-1])
        judge: Judge | None = None
        try:
            judge = fitting[-1][1] if fitting else make()
            yield judge
        finally:
            with self._lock:
                self._busy -= 1
                keep = judge is not None and not self._closed
                if keep and judge is not None:
                    self._free.append((key, judge))
                self._rest()
            if judge is not None and not keep:
                judge.close()

    def close(self) -> None:
        """End the judges and remove the files; a judge at work ends when it is done."""
        if hasattr(self, "_lock"):
            with self._lock:
                self._closed = True
                free, self._free = self._free, []
                if self._timer is not None:
                    self._timer.cancel()
            for _, judge in free:
                judge.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait()

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._busy and not self._closed:
            self._timer = threading.Timer(IDLE, self._away)
            self._timer.daemon = True
            self._timer.start()

    def _away(self) -> None:
        with self._lock:
            if self._busy:
                return
        for digest, place in list(_places.items()):
            if place is self:
                forget(digest)


_places: dict[str, Place] = {}
_lock = threading.Lock()


def store(shipment: Shipment) -> None:
    """Unpack a shipment, unless it is here already."""
    with _lock:
        if shipment.digest not in _places:
            _places[shipment.digest] = Place(shipment)


def place(digest: str) -> Place | None:
    """The shipment of that digest, if it is here."""
    with _lock:
        return _places.get(digest)


def forget(digest: str) -> None:
    """Put a shipment away, with the judges that work on it."""
    with _lock:
        gone = _places.pop(digest, None)
    if gone is not None:
        gone.close()


@atexit.register
def _forget_all() -> None:
    for digest in list(_places):
        forget(digest)


def _after_fork() -> None:
    """A forked child must not end the judges of its parent."""
    global _lock
    _lock = threading.Lock()
    _places.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
