"""What must be the same after a candidate as before: files, processes, descriptors."""

from __future__ import annotations

import hashlib
import os
import resource
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Tree = dict[str, tuple[object, ...]]


def tree(roots: Iterable[str], skipped: Iterable[str] = ()) -> Tree:
    """Every file beneath `roots`: mode, time and contents. Mounts and `skipped` are passed over."""
    found: Tree = {}
    left = [os.fsencode(root) for root in roots]
    passed = {os.fsencode(path) for path in skipped}
    while left:
        folder = left.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if entry.path in passed or entry.name == b"__pycache__":
                continue
            name = entry.path.decode("utf-8", "backslashreplace")
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # a path too long to be looked at is a find too
                found[name[-200:]] = ()
                continue
            if entry.is_dir(follow_symlinks=False):
                found[name] = (status.st_mode,)
                if not os.path.ismount(entry.path):
                    left.append(entry.path)
            elif entry.is_symlink():
                found[name] = (status.st_mode, os.readlink(entry.path))  # noqa: PTH115  (bytes)
            else:
                data = Path(os.fsdecode(entry.path)).read_bytes() if entry.is_file() else b""
                digest = hashlib.sha256(data).hexdigest()
                found[name] = (status.st_mode, status.st_nlink, status.st_mtime_ns, digest)
    return found


def changes(before: Tree, after: Tree) -> list[str]:
    """Paths that came, went or changed, with which of the three."""
    words = dict.fromkeys(before.keys() - after.keys(), "gone")
    words |= dict.fromkeys(after.keys() - before.keys(), "new")
    both = before.keys() & after.keys()
    words |= {path: "changed" for path in both if before[path] != after[path]}
    return [f"{path}: {word}" for path, word in sorted(words.items())][:20]


def processes() -> dict[int, str]:
    """All processes that live, and their command lines."""
    found = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            try:
                state = Path("/proc", name, "stat").read_text("utf-8", "replace")
                line = Path("/proc", name, "cmdline").read_text("utf-8", "replace")
            except OSError:
                continue
            if state.rpartition(")")[2].split()[0] not in {"Z", "X"}:
                found[int(name)] = line.replace("\0", " ").strip()
    return found


def marked(word: str) -> dict[int, str]:
    """Those processes whose environment or command line has `word`."""
    found = {}
    for pid, line in processes().items():
        try:
            environment = Path("/proc", str(pid), "environ").read_text("utf-8", "replace")
        except OSError:
            environment = ""
        if word in line or word in environment:
            found[pid] = line
    return found


def children(pid: int) -> list[int]:
    """Processes that this one has started and that live."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in text.split()]


def descriptors(pid: int | str = "self") -> int:
    """How many files a process has open."""
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0


def queues() -> int:
    """Segments, queues and semaphores of System V, which outlive who made them."""
    count = 0
    for kind in ("shm", "msg", "sem"):
        try:
            count += len(Path("/proc/sysvipc", kind).read_text().splitlines()) - 1
        except OSError:
            continue
    return count


def manners(pid: int) -> list[object]:
    """How a process runs: its niceness, cores, limits, and what the kernel thinks of it."""
    try:
        limits = [
            resource.prlimit(pid, which) for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS)
        ]
        cores = sorted(os.sched_getaffinity(pid))
        score = Path(f"/proc/{pid}/oom_score_adj").read_text()
        return [os.getpriority(os.PRIO_PROCESS, pid), cores, limits, score]
    except OSError:
        return []


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def settled(
    look: Callable[[], object], good: Callable[[object], bool], seconds: float = 1
) -> object:
    """What `look` sees as soon as it is good, or at the end: the dying may take a moment."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if good(seen) or time.monotonic() > end:
            return seen
        time.sleep(0.01)
