"""The folder that a judge makes its files in, and what killed ones left of theirs.

Whoever uses one holds a lock on the folder itself, which ends however the process ends. So a
folder that can be locked is nobody's any more, and the next judge removes it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "tracepy-judge-"
_NO_LOCK = -1  # where folders cannot be opened (Windows)


class Scratch:
    """A new folder, private to this process.

    Args:
        place: The folder to make it in; by default the system's for temporary ones.
    """

    def __init__(self, place: Path | None = None) -> None:
        self._owner = os.getpid()
        where = tempfile.gettempdir() if place is None else str(place)
        _tidy(where)
        self._handle: int | None = None
        while self._handle is None:
            self.path = tempfile.mkdtemp(prefix=_PREFIX, dir=where)
            self._handle = _taken(self.path)

    @property
    def owned(self) -> bool:
        """Whether this process has made it, and not one that it was forked from."""
        return os.getpid() == self._owner

    def close(self) -> None:
        """Remove it with all that it holds. May be called twice; a fork of the process that made it
        leaves it where it is."""
        if self.owned:
            shutil.rmtree(self.path, ignore_errors=True)
        handle, self._handle = self._handle, None
        if handle is not None and handle != _NO_LOCK:
            os.close(handle)


def _taken(folder: str) -> int | None:
    """Lock a folder; None where another process is tidying it up, or has."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError:
        return _NO_LOCK
    if _lock(handle) is not False and Path(folder).exists():
        return handle
    os.close(handle)
    return None


def _lock(handle: int) -> bool | None:
    """Whether the lock is ours now; None where folders cannot be locked."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def _tidy(place: str) -> None:
    """Remove the folders here that were made by this user and that no process holds any more."""
    if not hasattr(os, "getuid"):
        return
    with suppress(OSError):
        for entry in list(os.scandir(place)):
            if not entry.name.startswith(_PREFIX) or not entry.is_dir(follow_symlinks=False):
                continue
            with suppress(OSError):
                if entry.stat(follow_symlinks=False).st_uid == os.getuid():
                    _remove(entry.path)


def _remove(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if _lock(handle):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
