"""One writer at a time in a folder, and what killed ones left there."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tracepy.errors import UserError

PREFIX = ".tracepy-write-"
_LEFT_BEHIND = re.compile(re.escape(PREFIX) + r"[a-z0-9_]{8}(-old)?")  # as `tempfile` names them
PATIENCE = 20.0  # seconds to wait for another writer
_RETRY = 0.02


@contextmanager
def alone(files: Iterable[Path | str]) -> Iterator[None]:
    """Hold the folders of some files against other writers of tracepy.

    The lock is one on the folder itself: it leaves no file behind, and a killed writer holds
    it no more. What such a writer left half-written beside the files is removed. Where folders
    cannot be locked (Windows, some network file systems) this does nothing. It is not
    reentrant.

    Raises:
        UserError: another writer has held one of them for too long.
    """
    # In one order, so that two writers cannot wait for each other.
    folders = sorted({os.path.realpath(Path(file).parent) for file in files})
    with ExitStack() as held:
        until = time.monotonic() + PATIENCE
        for folder in folders:
            try:
                handle = os.open(folder, os.O_RDONLY)
            except OSError:
                continue  # whoever writes there next says why that fails
            held.callback(os.close, handle)
            if _locked(handle, folder, until):
                _tidy(folder)
        yield


def _locked(handle: int, folder: str, until: float) -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES, errno.EINTR}:
                return False
        if time.monotonic() >= until:
            raise UserError(
                f"another tracepy is writing files in {folder}: try again once it has ended"
            )
        time.sleep(_RETRY)


def _tidy(folder: str) -> None:
    with suppress(OSError):
        for entry in list(os.scandir(folder)):
            if _LEFT_BEHIND.fullmatch(entry.name) and stat.S_ISREG(os.lstat(entry).st_mode):
                Path(entry.path).unlink()
