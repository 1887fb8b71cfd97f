"""The few Linux system calls that Python does not wrap."""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522

# unshare(2)
NEW_MOUNTS, NEW_UTS, NEW_IPC = 0x20000, 0x4000000, 0x8000000
NEW_USER, NEW_PIDS, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
# mount(2)
READ_ONLY, NO_SETUID, NO_DEVICES = 1, 2, 4
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
# mount_setattr(2): one number on all machines, as all calls of 2019 and later have
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE = 442, -100, 0x8000

LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def _checked(result: int, what: str = "") -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), *([what] if what else []))
    return int(result)


def syscall(number: int, *arguments: object) -> int:
    """A raw system call. Raises OSError."""
    if _libc is None:
        raise OSError("not Linux")
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments))


def _prctl(option: int, value: int | ctypes.c_void_p, *rest: object) -> None:
    if _libc is not None:
        _checked(_libc.prctl(option, value, *(rest or (0, 0, 0))))


def adopt_orphans() -> None:
    """Descendants whose parent dies become children of this process, not of init."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies."""
    _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def no_new_privileges() -> None:
    """Give up set-user-ID programs for good, which Landlock and seccomp ask for."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def install_filter(program: ctypes.Structure) -> None:
    """Install a seccomp filter on this process. Raises OSError."""
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def unshare(flags: int) -> None:
    """New namespaces for this process, or its coming children. Raises OSError."""
    if _libc is None:
        raise OSError("not Linux")
    _checked(_libc.unshare(ctypes.c_int(flags)))


def set_namespace(fd: int, kind: int) -> None:
    """Go, or have coming children go, into the namespace that `fd` stands for. Raises OSError."""
    if _libc is None:
        raise OSError("not Linux")
    _checked(_libc.setns(ctypes.c_int(fd), ctypes.c_int(kind)))


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """mount(2). Raises OSError."""
    if _libc is None:
        raise OSError("not Linux")
    result = _libc.mount(
        os.fsencode(source),
        os.fsencode(target),
        None if kind is None else kind.encode(),
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _checked(result, target)


def make_read_only(path: str) -> None:
    """The mount at `path` and all beneath it: no writing, no set-user-ID. Raises OSError."""
    attributes = struct.pack("=QQQQ", READ_ONLY | NO_SETUID, 0, 0, 0)
    syscall(
        _MOUNT_SETATTR,
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(path),
        ctypes.c_uint(_AT_RECURSIVE),
        attributes,
        ctypes.c_size_t(len(attributes)),
    )


def drop_capabilities() -> None:
    """Give up what a user namespace, or root, had given this process. Raises OSError."""
    if _libc is None:
        return
    for number in range(64):
        try:
            _prctl(_PR_CAPBSET_DROP, number)
        except OSError:  # past the last one that the kernel knows, or none to drop
            break
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(header, bytes(24)))


def children(pid: int | None = None) -> list[int]:
    """Processes whose parent is this one, or `pid`; empty where that cannot be told."""
    task = "thread-self" if pid is None else f"{pid}/task/{pid}"
    try:
        listed = Path(f"/proc/{task}/children").read_text()
    except OSError:
        return _children_by_scan(pid or os.getpid()) if LINUX else []
    return [int(child) for child in listed.split()]


def _children_by_scan(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
    return found


def threads() -> int:
    """Threads of this process, those of C libraries included."""
    import threading

    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return threading.active_count()
