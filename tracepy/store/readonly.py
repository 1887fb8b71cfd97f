"""A store in a file that can be read and not written: on a read-only disk, in another's folder."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool


def applies(path: Path) -> bool:
    """Whether a store has to be read as one that nobody writes.

    SQLite makes files beside a store even to read it, so where it cannot it must be told that
    nothing will change. Where somebody has it open, or was killed, there is a log beside it that
    cannot be left out.
    """
    if not path.is_file() or not os.access(path, os.R_OK):
        return False
    log = Path(f"{path}-wal")
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)
    return not writable and not (log.exists() and log.stat().st_size)


def connected(path: Path) -> Engine:
    """An engine that reads such a store."""

    def connect() -> sqlite3.Connection:
        name = f"file:{quote(str(path))}?mode=ro&immutable=1"
        return sqlite3.connect(name, uri=True, check_same_thread=False)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)
