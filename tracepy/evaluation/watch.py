"""Limits that the kernel has for one process only, kept for all processes of a worker together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

PROCESSES = 256  # at one time, of one worker
OUTPUT_LIMIT = 256 * 1024**2  # bytes that one worker may print
INTERVAL = 0.05  # seconds between looks at workers that run for longer than that


def excesses(workers: Iterable[int], memory_limit: int) -> dict[int, str]:
    """Which of these workers have too many processes, or need too much memory with them."""
    below = _descendants()
    found = {}
    for pid in workers:
        family = _family(pid, below)
        if len(family) > PROCESSES:
            found[pid] = "processes"
        elif len(family) > 1 and sum(map(_memory, family)) > memory_limit:
            found[pid] = "memory"
    return found


def _descendants() -> dict[int, list[int]]:
    """The children of every process that can be seen."""
    below: dict[int, list[int]] = {}
    try:
        names = os.listdir("/proc")  # noqa: PTH208
    except OSError:
        return {}
    for name in names:
        if name.isdigit():
            try:
                stat = Path("/proc", name, "stat").read_text("utf-8", "replace")
            except OSError:  # it has ended
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            below.setdefault(parent, []).append(int(name))
    return below


def _family(pid: int, below: dict[int, list[int]]) -> list[int]:
    family = [pid]
    for member in family:  # it grows while it is gone through
        family += below.get(member, ())
    return family


def _memory(pid: int) -> int:
    """Bytes of a process, what it shares with others divided among them."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
