"""Namespaces of the server's own, and one more of each kind that matters for each worker.

What is dear, a user and a network namespace, is made once; process ids, mounts and IPC anew for
every candidate, which costs 0.2 ms. Sources: namespaces(7), pid_namespaces(7), user_namespaces(7).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tracepy.evaluation import linux
from tracepy.evaluation.calls import Calls
from tracepy.evaluation.reach import Reach

_PLAIN = linux.NO_SETUID | linux.NO_DEVICES
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1",
          "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx"}  # fmt: skip
_SHARED_MEMORY = "64m"
_SERVERS_OWN = "64m"
_FEWEST = 301  # the kernel takes no less
WORK = "work"  # the folder in the server's that each worker's own file system is mounted on


def enter(reach: Reach, scratch: str, *, network: bool) -> None:
    """Go on in new namespaces, as their first process; who called waits for its end.

    Raises:
        OSError: this machine does not let us.
    """
    user, group = os.getuid(), os.getgid()
    flags = linux.NEW_USER | linux.NEW_MOUNTS | linux.NEW_PIDS | linux.NEW_IPC | linux.NEW_UTS
    linux.unshare(flags | (0 if network else linux.NEW_NETWORK))
    with suppress(FileNotFoundError):  # kernels before 3.19 have no such switch
        Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    pid = os.fork()
    if pid:
        os.closerange(3, 256)  # the socket's end must close when the server does
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    calls = Calls()
    linux.die_with_parent(calls)
    linux.mount(calls, "none", "/", None, linux.PRIVATE | linux.RECURSIVE)
    calls.run()
    _lay_out(reach, scratch)


class Nest:
    """Forks children into process-id namespaces of their own."""

    def __init__(self) -> None:
        self.own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._new, self._back = Calls(), Calls()
        self._new.add("unshare", linux.NEW_PIDS)
        self._back.add("setns", self.own, linux.NEW_PIDS)

    def fork(self) -> int:
        """As `os.fork`; the child is the first process of a new namespace, and all in it
        die with it."""
        self._new.run()
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid:  # a second namespace can only be made from where this process is itself
                self._back.run()
        return pid


def settle(calls: Calls, scratch: str, *, disk: int, files: int, processes: int) -> None:
    """For a forked child: mounts that no other candidate sees, and that end with it.

    Args:
        calls: Gets the calls that make them.
        scratch: The mount point of its folder.
        disk: Bytes that its files may take.
        files: How many they may be.
        processes: How many it may be at one time, where the system can be told.
    """
    calls.add("unshare", linux.NEW_MOUNTS | linux.NEW_IPC)
    if os.path.basename(scratch) == WORK:  # noqa: PTH119
        linux.make_read_only(calls, os.path.dirname(scratch))  # noqa: PTH120
    options = f"mode=700,size={disk},nr_inodes={files}"
    linux.mount(calls, "tmpfs", scratch, "tmpfs", _PLAIN, options)
    shared = f"mode=1777,size={_SHARED_MEMORY},nr_inodes=1000"
    linux.mount(calls, "tmpfs", "/dev/shm", "tmpfs", _PLAIN, shared)
    linux.mount(calls, "proc", "/proc", "proc", _PLAIN)
    limit_processes(calls, processes)
    linux.make_read_only(calls, "/proc")


def limit_processes(calls: Calls, most: int) -> None:
    """No more processes than that at one time in this process-id namespace, as Linux 6.14 and later
    can be told: the limit that holds for root, and the instant that it is reached."""
    number = str(max(most, _FEWEST)).encode()
    path = "/proc/sys/kernel/pid_max"
    held = calls.add("openat", linux.AT_FDCWD, path, os.O_WRONLY | os.O_CLOEXEC, 0, lenient=True)
    calls.add("write", held, number, len(number), lenient=True)
    calls.add("close", held, lenient=True)


def _lay_out(reach: Reach, scratch: str) -> None:
    """The tree of files: masks, what is kept of them, devices; all of it read-only."""
    kept = {
        path: os.open(path, os.O_PATH | os.O_CLOEXEC)
        for path in (*reach.readable, scratch)
        if path == scratch or path.startswith(tuple(f"{mask}/" for mask in reach.masked))
        if os.path.lexists(path)  # it was there when the judge was made
    }
    devices = {name: os.open(f"/dev/{name}", os.O_PATH | os.O_CLOEXEC) for name in _DEVICES}
    for folder in reach.masked:
        if not folder.startswith("/dev"):
            _mount("tmpfs", folder, "tmpfs", _PLAIN, "mode=755,size=4m")
    for path, held in sorted(kept.items()):
        _bind(held, path)
    _make_devices(devices)
    for path in reach.hidden:
        if os.path.isdir(path):  # noqa: PTH112
            _mount("tmpfs", path, "tmpfs", _PLAIN | linux.READ_ONLY, "mode=755,size=4k")
        elif os.path.exists(path):  # noqa: PTH110
            _mount("/dev/.empty", path, None, linux.BIND)
    _mount("proc", "/proc", "proc", _PLAIN)
    _at_once(linux.make_read_only, "/")
    if scratch != "/":  # libraries that the server imports look for a place for temporary files
        _mount("tmpfs", scratch, "tmpfs", _PLAIN, f"mode=700,size={_SERVERS_OWN}")
        os.mkdir(os.path.join(scratch, WORK), 0o700)  # noqa: PTH102, PTH118
    for held in (*kept.values(), *devices.values()):
        os.close(held)


def _make_devices(held: dict[str, int]) -> None:
    _mount("tmpfs", "/dev", "tmpfs", linux.NO_SETUID, "mode=755,size=64k")
    for name, device in held.items():
        _bind(device, f"/dev/{name}")
    for name in ("pts", "shm"):
        os.mkdir(f"/dev/{name}")  # noqa: PTH102
    with suppress(OSError):  # some kernels keep it from containers; then there are no terminals
        options = "newinstance,ptmxmode=0666,mode=620"
        _mount("devpts", "/dev/pts", "devpts", linux.NO_SETUID, options)
    for name, target in _LINKS.items():
        os.symlink(target, f"/dev/{name}")  # noqa: PTH211
    Path("/dev/.empty").touch(0o444)


def _at_once(step: Callable[..., None], *arguments: Any) -> None:
    """Do now what could be put on a list. Raises OSError."""
    calls = Calls()
    step(calls, *arguments)
    calls.run()


def _mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    _at_once(linux.mount, source, target, kind, flags, options)


def _bind(held: int, path: str) -> None:
    """What a descriptor stands for, at a path that need not be there yet."""
    source = f"/proc/self/fd/{held}"
    if not os.path.lexists(path):
        if os.path.isdir(source):  # noqa: PTH112
            os.makedirs(path)  # noqa: PTH103
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
            Path(path).touch()
    elif os.path.samefile(source, path):  # noqa: PTH121  # within something that was kept before
        return
    _mount(source, path, None, linux.BIND | linux.RECURSIVE)


def works() -> bool:
    """Whether a child could make them."""
    return linux.LINUX and linux.succeeds(_make_all)


def _make_all() -> None:
    enter(Reach(), "/", network=False)
    nest = Nest()
    inner = nest.fork()
    if inner == 0:
        status = 1
        try:
            calls = Calls()
            place = "/mnt" if os.path.isdir("/mnt") else "/var"  # noqa: PTH112
            settle(calls, place, disk=1 << 16, files=10, processes=300)
            calls.run()
            status = 0
        finally:
            os._exit(status)
    if os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]):
        raise OSError("a child's own namespaces")
