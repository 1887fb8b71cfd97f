"""Whose a run is: the process that runs it, and whether that still lives."""

from __future__ import annotations

import os
import socket
from typing import Any

from sqlalchemy import Row

from tracepy.errors import UserError
from tracepy.store.records import RunStatus


def here() -> dict[str, Any]:
    """The columns of a run that say that it is this process's."""
    return {"pid": os.getpid(), "host": socket.gethostname()}


def status_of(row: Row[Any]) -> RunStatus:
    """`running` holds only while its process does; a killed one was interrupted."""
    status: RunStatus = row.status
    if status == "running" and row.host == socket.gethostname() and not _alive(row.pid):
        return "interrupted"
    return status


def refuse_running(row: Row[Any]) -> None:
    """Raises UserError where a process is at the run."""
    if status_of(row) == "running":
        raise UserError(f"run {row.id} is running: process {row.pid} on {row.host}")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
