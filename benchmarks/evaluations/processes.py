"""What Linux says of a process and of those below it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class State:
    """What a contender holds while it rests.

    Attributes:
        descriptors: Open ones, of its process and of those below.
        own: MiB of resident memory of its process.
        below: The same of all processes below it.
        processes: How many those are, ended ones that nobody waited for included.
        mounts: Those in sight of all of them.
        files: Files and folders in its place for temporary ones, seen from outside and from within.
    """

    descriptors: int
    own: float
    below: float
    processes: int
    mounts: int
    files: int


def state(pid: int, scratch: Path) -> State:
    """The state of a process and of those below it."""
    family = below(pid)
    everyone = [pid, *family]
    return State(
        sum(_count(_PROC / str(one) / "fd") for one in everyone),
        memory(pid),
        sum(map(memory, family)),
        len(family),
        sum(len(_lines(_PROC / str(one) / "mountinfo")) for one in everyone),
        _entries(scratch) + sum(_entries(Path(f"/proc/{one}/root{scratch}")) for one in family),
    )


def below(pid: int) -> list[int]:
    """The processes that a process started, and those that these started."""
    parents = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (stat := _lines(folder / "stat")):
            parents[int(folder.name)] = int(stat[0].rpartition(")")[2].split()[1])
    family = [pid]
    for member in family:  # it grows while it is gone through
        family += [child for child, parent in parents.items() if parent == member]
    return family[1:]


def memory(pid: int) -> float:
    """MiB of resident memory."""
    for line in _lines(_PROC / str(pid) / "status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu(pid: int) -> float:
    """CPU seconds of a process and of those below it, those that ended and were waited for too."""
    ticks = 0
    for one in (pid, *below(pid)):
        for stat in _lines(_PROC / str(one) / "stat"):
            ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8", "replace").splitlines()
    except OSError:  # it has ended, or is not ours to see
        return []


def _count(folder: Path) -> int:
    try:
        return len(list(folder.iterdir()))
    except OSError:
        return 0


def _entries(folder: Path) -> int:
    return sum(len(folders) + len(files) for _, folders, files in os.walk(folder))
