"""The few Linux system calls that Python does not wrap."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38

LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def syscall(number: int, *arguments: object) -> int:
    """A raw system call. Raises OSError."""
    if _libc is None:
        raise OSError("not Linux")
    result = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return int(result)


def _prctl(option: int, value: int | ctypes.c_void_p, *rest: object) -> None:
    if _libc is None:
        return
    if _libc.prctl(option, value, *(rest or (0, 0, 0))) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def adopt_orphans() -> None:
    """Descendants whose parent dies become children of this process, not of init."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies."""
    _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def no_new_privileges() -> None:
    """Give up set-user-ID programs for good, which Landlock and seccomp ask for."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def seccomp(program: ctypes.Structure) -> None:
    """Install a seccomp filter on this process. Raises OSError."""
    _prctl(22, 2, ctypes.byref(program), 0, 0)


def children() -> list[int]:
    """Processes whose parent is this one; empty where that cannot be told."""
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    except OSError:
        return _children_by_scan() if LINUX else []
    return [int(pid) for pid in listed.split()]


def _children_by_scan() -> list[int]:
    me = os.getpid()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == me:
                found.append(int(entry.name))
    return found


def threads() -> int:
    """Threads of this process, those of C libraries included."""
    import threading

    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return threading.active_count()
