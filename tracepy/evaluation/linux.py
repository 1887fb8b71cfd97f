"""The few Linux system calls that Python does not wrap: made at once, or put on a list."""

from __future__ import annotations

import os
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tracepy.evaluation.calls import Calls, call

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
AT_FDCWD = -100
_AT_RECURSIVE = 0x8000

LINUX = sys.platform.startswith("linux")


def adopt_orphans(calls: Calls) -> None:
    """Descendants whose parent dies become children of this process, not of init."""
    calls.add("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(calls: Calls) -> None:
    """Have the kernel kill this process when its parent dies."""
    calls.add("prctl", _PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def no_new_privileges(calls: Calls) -> None:
    """Give up set-user-ID programs for good, which Landlock and seccomp ask for."""
    calls.add("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def install_filter(calls: Calls, program: bytes) -> None:
    """Install a seccomp filter, as `struct sock_filter`s."""
    pointed = struct.pack("@HP", len(program) // 8, calls.hold(program))
    calls.add("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, pointed, 0, 0)


def unshare(flags: int) -> None:
    """New namespaces for this process, or its coming children. Raises OSError."""
    call("unshare", flags)


def mount(
    calls: Calls, source: str, target: str, kind: str | None, flags: int, options: str = ""
) -> None:
    """mount(2)."""
    kind_of = None if kind is None else kind.encode()
    calls.add("mount", os.fsencode(source), target, kind_of, flags, options.encode() or None)


def make_read_only(calls: Calls, path: str) -> None:
    """The mount at `path` and all beneath it: no writing, no set-user-ID."""
    attributes = struct.pack("=QQQQ", READ_ONLY | NO_SETUID, 0, 0, 0)
    calls.add("mount_setattr", AT_FDCWD, path, _AT_RECURSIVE, attributes, len(attributes))


def limit(calls: Calls, which: int, value: int) -> None:
    """Set a limit of this process, the hard one too."""
    calls.add("prlimit64", 0, which, struct.pack("=QQ", value, value), None)


def drop_capabilities(calls: Calls) -> None:
    """Give up what a user namespace, or root, had given this process."""
    for number in range(_last_capability() + 1):
        calls.add("prctl", _PR_CAPBSET_DROP, number, 0, 0, 0, lenient=True)  # none to drop
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    calls.add("capset", header, bytes(24))


def _last_capability() -> int:
    with suppress(OSError, ValueError):
        return int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    return 63


def succeeds(work: Callable[[], object]) -> bool:
    """Whether a forked child could do it. That a caller ignores SIGCHLD, so that no status of a
    child can be had, is no matter."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(read)
            work()
            os.write(write, b"1")
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        found = stream.read(1) == b"1"
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
    return found


def used(pid: int) -> tuple[float, int] | None:
    """Seconds of CPU time that a process and what it has waited for took, and the most bytes that
    it had in memory; None where that cannot be told."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
    except OSError:
        return None
    peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), "0")
    return sum(map(int, stat[11:15])) / os.sysconf("SC_CLK_TCK"), int(peak) * 1024


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
