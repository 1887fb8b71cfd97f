"""Whose a run is: the process that runs it, and whether that still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from tracepy.errors import UserError
from tracepy.store.records import RunStatus

_DEAD = "dead"


def here() -> dict[str, Any]:
    """The columns of a run that say that it is this process's."""
    pid = os.getpid()
    return {"pid": pid, "host": socket.gethostname(), "process": _process(pid)}


def status_of(row: Row[Any]) -> RunStatus:
    """`running` holds only while its process does; a killed one was interrupted."""
    status: RunStatus = row.status
    if status == "running" and row.host == socket.gethostname() and not _alive(row):
        return "interrupted"
    return status


def refuse_running(row: Row[Any]) -> None:
    """Raises UserError where a process is at the run."""
    if status_of(row) == "running":
        raise UserError(f"run {row.id} is running: process {row.pid} on {row.host}")


def _alive(row: Row[Any]) -> bool:
    """Whether the run's process lives: not a dead one that nobody buried, nor one that has its
    number by now."""
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    found = _process(row.pid)
    if found is None or row.process is None:
        return found != _DEAD
    return bool(found == row.process)


def _process(pid: int) -> str | None:
    """What tells a process from later ones of its number; None where the system does not say."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return None
    fields = state.rpartition(")")[2].split()  # from the third on: the second may hold anything
    return _DEAD if fields[0] in ("Z", "X") else f"{boot} {fields[19]}"
