"""Shutting a forked worker in: one object of the server's, whose parts are made once."""

from __future__ import annotations

import math
import os
import resource
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from tracepy.evaluation import landlock, linux, namespaces, seccomp
from tracepy.evaluation.reach import Reach

FILE_LIMIT = 256 * 1024**2  # bytes of one file
DISK_LIMIT = 512 * 1024**2  # bytes of all files of a candidate, where it has a file system
FILES = 50_000  # and how many they may be
DESCRIPTORS = 512
NICE = 5
_LINKS = 500
_WRITABLE = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts")


class Enclosure:
    """What the server's configuration says of limits and isolation, ready for each worker."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.mode: str = config["isolation"]
        self.nest = namespaces.Nest() if config["namespaces"] else None
        self._filter: seccomp.Filter | None = None
        self._readable: tuple[str, ...] = ()
        if self.mode in {"bwrap", "landlock"} and seccomp.offered():
            self._filter = seccomp.build(network=config["network"])
        if self.mode == "landlock" and self.nest is None:
            self._readable = tuple(Reach.from_dict(config["reach"]).visible())

    @property
    def descriptors(self) -> list[int]:
        """What workers must not inherit."""
        return [self.nest.own] if self.nest else []

    def folder(self) -> str:
        """Where the next worker's files will be."""
        place: str = self.config["scratch"]
        if self.nest:
            return os.path.join(place, namespaces.WORK)  # noqa: PTH118  (each has its own mounted there)
        return tempfile.mkdtemp(dir=place)

    def clear(self, scratch: str) -> None:
        """Remove what a worker that has ended left there."""
        if not self.nest:  # else it was mounted for that worker alone, and is gone with it
            _remove(scratch)

    def fork(self) -> int:
        """As `os.fork`, into a process-id namespace where there are any."""
        return self.nest.fork() if self.nest else os.fork()

    def shut(self, scratch: str, timeout: float) -> None:
        """In the forked worker: limits and surroundings, for good. Raises OSError."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        linux.die_with_parent()
        if self.nest:
            namespaces.settle(scratch, disk=DISK_LIMIT, files=FILES)
        else:
            linux.adopt_orphans()
        _furnish(self.config["cwd"], scratch)
        if self.mode == "off":
            return
        self._limit(timeout)
        if landlock.version() and self.mode in {"bwrap", "landlock"}:
            shared = ["/dev/shm"] if self.nest else []  # else what is put there would stay
            landlock.confine_writing([scratch, *_WRITABLE, *shared])
            if self._readable:
                landlock.confine_reading([scratch, *self._readable])
        if self.nest:
            linux.drop_capabilities()
        if self._filter:
            self._filter.install()

    def _limit(self, timeout: float) -> None:
        _lower(resource.RLIMIT_CPU, math.ceil(timeout * (os.cpu_count() or 1)) + 1)
        _lower(resource.RLIMIT_FSIZE, FILE_LIMIT)
        _lower(resource.RLIMIT_CORE, 0)
        # Descriptors hold memory that no limit counts: buffers of sockets above all.
        _lower(resource.RLIMIT_NOFILE, DESCRIPTORS)
        os.nice(NICE)  # so that the server gets its turn among a thousand processes
        if linux.LINUX:
            _lower(resource.RLIMIT_AS, self.config["memory_limit"])
            _lower(resource.RLIMIT_NPROC, self.config["processes"])


def _lower(which: int, value: int) -> None:
    """Lower a limit for good, never raise it."""
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _furnish(folder: str, scratch: str) -> None:
    """The working directory: links to what lies in the user's, and a place for temporary files."""
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count >= _LINKS:
                break
            if entry.name not in {".git", ".tracepy", ".tmp", "__pycache__"}:
                os.symlink(entry.path, f"{scratch}/{entry.name}")  # noqa: PTH211
    os.chdir(scratch)
    temporary = Path(scratch, ".tmp")
    temporary.mkdir(mode=0o700)
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)


def _remove(folder: str) -> None:
    """Remove a scratch folder, though the candidate may have taken its own permissions away."""

    def unlock(function: Any, path: str, _: Any) -> None:
        with suppress(OSError):
            Path(path).parent.chmod(0o700)
            if not Path(path).is_symlink():
                Path(path).chmod(0o700)
            function(path)

    shutil.rmtree(folder, onerror=unlock)
    if Path(folder).is_dir():
        shutil.rmtree(folder, ignore_errors=True)
