"""Shutting a forked worker in: one object of the server's, whose parts are made once."""

from __future__ import annotations

import math
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tracepy.evaluation import landlock, linux, namespaces, seccomp, watch
from tracepy.evaluation.calls import Calls
from tracepy.evaluation.reach import Reach

FILE_LIMIT = 256 * 1024**2  # bytes of one file
DISK_LIMIT = 512 * 1024**2  # bytes of all files of a candidate, where it has a file system
FILES = 50_000  # and how many they may be
DESCRIPTORS = 512
NICE = 5
_LINKS = 500
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx")
_TEMPORARY = ".tmp"


class Enclosure:
    """What the server's configuration says of limits and isolation, ready for each worker."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.mode: str = config["isolation"]
        self.nest = namespaces.Nest() if config["namespaces"] else None
        self._filter: seccomp.Filter | None = None
        self._readable: tuple[str, ...] = ()
        self._made: dict[float, Calls] = {}
        self._listed = 0  # when what lists have links to was changed last
        self._count = 0
        self._seconds = self._cpu(config["timeout"])
        if self.mode in {"bwrap", "landlock"} and seccomp.offered():
            self._filter = seccomp.build(network=config["network"])
        if self.mode == "landlock" and self.nest is None:
            system, others = Reach.from_dict(config["reach"]).parted(config["project"])
            self._readable = tuple(others.visible())
            if system.hidden:  # hundreds of rules: made once, for the server and all it forks
                landlock.limit_reading(system.visible())

    def folder(self) -> str:
        """Where the next worker's files will be."""
        place: str = self.config["scratch"]
        if self.nest:
            return os.path.join(place, namespaces.WORK)  # noqa: PTH118  (each has its own mounted there)
        while True:
            self._count += 1
            path = f"{place}/{self._count}"
            with suppress(FileExistsError):  # a server that was killed has left its own there
                os.mkdir(path, 0o700)  # noqa: PTH102
                return path

    def clear(self, scratch: str) -> None:
        """Remove what a worker that has ended left there."""
        if not self.nest:  # else it was mounted for that worker alone, and is gone with it
            _remove(scratch)

    def fork(self) -> int:
        """As `os.fork`, into a process-id namespace where there are any."""
        return self.nest.fork() if self.nest else os.fork()

    def prepared(self, scratch: str, timeout: float) -> Calls:
        """What `shut` will do, put together before the fork, where this is Linux.

        Args:
            scratch: The worker's folder.
            timeout: Seconds that it may take at most.
        """
        if (listed := self._state()) != self._listed:
            self._listed = listed
            self._made.clear()
        calls = self._made.get(timeout)
        if calls is None:
            calls = Calls()
            if linux.LINUX:
                self._put_together(calls, scratch, timeout)
            calls.seal()
            if self.nest:  # else each worker has another folder
                self._made[timeout] = calls
        return calls

    def shut(self, scratch: str, calls: Calls) -> None:
        """In the forked worker: limits and surroundings, for good. Raises OSError."""
        if linux.LINUX:
            calls.run()
        else:
            self._shut_elsewhere(scratch)

    def place_temporary(self, scratch: str) -> None:
        """Have libraries put temporary files where a worker may write."""
        temporary = f"{scratch}/{_TEMPORARY}"
        if os.environ.get("TMPDIR") != temporary:
            os.environ["TMPDIR"] = temporary
        if (module := sys.modules.get("tempfile")) is not None:
            vars(module)["tempdir"] = None  # it looks once, and may have looked before

    def hurry(self) -> None:
        """In the worker: it gets the CPU time of an evaluation that is not traced."""
        if self.mode != "off":
            resource.setrlimit(resource.RLIMIT_CPU, (self._seconds, self._seconds))

    def _put_together(self, calls: Calls, scratch: str, timeout: float) -> None:
        calls.add("setsid")
        linux.die_with_parent(calls)
        if self.nest:
            namespaces.settle(
                calls, scratch, disk=DISK_LIMIT, files=FILES, processes=watch.PROCESSES
            )
        else:
            linux.adopt_orphans(calls)
        for target, link in self._links(scratch):
            # Lenient: a path may be too long to lead to.
            calls.add("symlinkat", target, linux.AT_FDCWD, link, lenient=True)
        calls.add("chdir", scratch)
        calls.add("mkdirat", linux.AT_FDCWD, f"{scratch}/{_TEMPORARY}", 0o700)
        if self.mode == "off":
            return
        for which, value in self._limits(timeout):
            linux.limit(calls, which, value)
        # So that the server gets its turn among a thousand processes.
        calls.add("setpriority", os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + NICE)
        if landlock.version() and self.mode in {"bwrap", "landlock"}:
            shared = ["/dev/shm"] if self.nest else []  # else what is put there would stay
            terminals = filter(os.path.isdir, ["/dev/pts"])
            devices = filter(os.path.exists, _DEVICES)
            landlock.confine_writing(calls, [scratch, *shared, *terminals], devices)
            if self._readable:
                landlock.confine_reading(calls, [scratch], self._readable)
        if self.nest:
            linux.drop_capabilities(calls)
        if self._filter:
            self._filter.install(calls)

    def _shut_elsewhere(self, scratch: str) -> None:
        os.setsid()
        for target, link in self._links(scratch):
            os.symlink(target, link)  # noqa: PTH211
        os.chdir(scratch)
        os.mkdir(_TEMPORARY, 0o700)  # noqa: PTH102
        if self.mode != "off":
            for which, value in self._limits(self.config["timeout"]):
                resource.setrlimit(which, (value, value))
            os.nice(NICE)

    def _state(self) -> int:
        """When names were last added to the user's working directory, or taken away; 0 where it is
        gone."""
        try:
            return os.stat(self.config["cwd"]).st_mtime_ns  # noqa: PTH116
        except OSError:
            return 0

    def _links(self, scratch: str) -> Iterator[tuple[str, str]]:
        """The working directory has links to what lies in the user's: what each leads to, and
        where it is. None where that cannot be listed."""
        with suppress(OSError), os.scandir(self.config["cwd"]) as entries:
            for count, entry in enumerate(entries):
                if count >= _LINKS:
                    break
                if entry.name not in {".git", ".tracepy", _TEMPORARY, "__pycache__"}:
                    yield entry.path, f"{scratch}/{entry.name}"

    def _limits(self, timeout: float) -> Iterator[tuple[int, int]]:
        wanted = {
            resource.RLIMIT_CPU: self._cpu(timeout),
            resource.RLIMIT_FSIZE: FILE_LIMIT,
            resource.RLIMIT_CORE: 0,
            # Descriptors hold memory that no limit counts: buffers of sockets above all.
            resource.RLIMIT_NOFILE: DESCRIPTORS,
        }
        if linux.LINUX:
            wanted[resource.RLIMIT_AS] = self.config["memory_limit"]
            wanted[resource.RLIMIT_NPROC] = self.config["processes"]
        for which, value in wanted.items():
            hard = resource.getrlimit(which)[1]  # never to be raised
            yield which, value if hard == resource.RLIM_INFINITY else min(value, hard)

    def _cpu(self, timeout: float) -> int:
        seconds = math.ceil(timeout * (os.cpu_count() or 1)) + 1
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        return seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)


def _remove(folder: str) -> None:
    """Remove a scratch folder, though the candidate may have taken its own permissions away."""

    def unlock(function: Any, path: str, _: Any) -> None:
        with suppress(OSError):
            Path(path).parent.chmod(0o700)
            if not Path(path).is_symlink():
                Path(path).chmod(0o700)
            function(path)

    import shutil  # late: workers are forked with what is imported, and need it not

    shutil.rmtree(folder, onerror=unlock)
    if Path(folder).is_dir():
        shutil.rmtree(folder, ignore_errors=True)
