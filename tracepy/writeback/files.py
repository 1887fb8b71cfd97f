"""Writing files: all of them or none, and never over a stranger's edit."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracepy.errors import ConflictError, UserError
from tracepy.writeback.locks import PREFIX, alone


@dataclass(frozen=True, slots=True)
class Change:
    """What one file is to become.

    Attributes:
        path: The file; a symbolic link is followed, and stays one.
        original: What the file is taken to hold, and must still hold.
        new: What it is to hold.
    """

    path: Path | str
    original: bytes
    new: bytes


@dataclass(slots=True)
class _Prepared:
    """A change made ready beside its file, so that only a rename is left to do."""

    file: Path
    change: Change
    ready: Path
    backup: Path | None = None


def write(changes: Sequence[Change]) -> None:
    """Write all changes, or none of them.

    Each new text is written to a temporary file in the same folder, synced, given the old file's
    permissions, owner and extended attributes, and renamed over it. Other hard links to the file
    keep the old text. Of several files, a `kill -9` between two renames leaves some old and some
    new, each of them whole; `tracepy.store.outcome` remembers both sides beforehand.

    Raises:
        ConflictError: a file is gone, or is not `original` any more. Nothing was changed.
        UserError: a file or folder cannot be written, or the disk is full. Nothing was changed.
    """
    with alone(change.path for change in changes):
        replace(changes)


def replace(changes: Sequence[Change]) -> None:
    """`write`, for who holds the files' folders already (`tracepy.writeback.alone`)."""
    files = [_checked(change) for change in changes]
    if len(set(files)) != len(files):
        raise ValueError("two changes are for the same file")
    prepared: list[_Prepared] = []
    try:
        for file, change in zip(files, changes, strict=True):
            if change.new != change.original:
                prepared.append(_prepare(file, change))
        _commit(prepared)
    finally:
        for item in prepared:
            for path in (item.ready, item.backup):
                if path is not None:
                    path.unlink(missing_ok=True)


def read(path: Path | str) -> bytes:
    """What a regular file holds; never waits, as reading a pipe would.

    Raises:
        ConflictError: it is gone, or something else has taken its place.
        UserError: it cannot be read.
    """
    try:
        # Windows has neither pipes with names in folders nor this flag.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise ConflictError(f"{path} is no regular file any more, so nothing was written")
            return stream.read()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConflictError(f"{path} is gone, so nothing was written") from error
    except OSError as error:
        if error.errno in {errno.EISDIR, errno.ENXIO} or Path(path).is_dir():
            raise ConflictError(
                f"{path} is no regular file any more, so nothing was written"
            ) from error
        what = error.strerror or str(error)
        raise UserError(f"cannot read {path}, so nothing was written: {what}") from error


def _checked(change: Change) -> Path:
    """The real file, after everything that can be known beforehand has been looked at."""
    path = Path(change.path)
    try:
        file = path.resolve(strict=True)
        _unchanged(file, change)
        mode = file.stat().st_mode
        # Root may write anything, so permissions are read, not tried.
        if not mode & 0o222 or not os.access(file, os.W_OK):
            raise UserError(
                f"{path} is read-only, so nothing was written: make it writable "
                f"(chmod u+w {path}) and apply again, or take the diff with --patch FILE"
            )
        folder = file.parent
        if not folder.stat().st_mode & 0o222 or not os.access(folder, os.W_OK | os.X_OK):
            raise UserError(
                f"the folder {folder} is read-only, so {path} cannot be replaced and nothing was "
                f"written: make it writable (chmod u+w {folder}) and apply again"
            )
    except FileNotFoundError as error:
        raise ConflictError(f"{path} is gone, so nothing was written") from error
    except OSError as error:
        raise _failed(path, error) from error
    return file


def _unchanged(file: Path, change: Change) -> None:
    if read(file) != change.original:
        raise ConflictError(
            f"{change.path} changed on disk, so nothing was written: "
            "undo that edit and apply again, or apply the patch by hand"
        )


def _prepare(file: Path, change: Change) -> _Prepared:
    ready: Path | None = None
    try:
        before = file.stat()
        handle, name = tempfile.mkstemp(prefix=PREFIX, dir=file.parent)
        ready = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(change.new)
            stream.flush()
            _like(stream.fileno(), file, before)
            os.fsync(stream.fileno())
        return _Prepared(file, change, ready)
    except BaseException as error:
        if ready is not None:
            ready.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _failed(file, error) from error
        raise


def _like(handle: int, file: Path, before: os.stat_result) -> None:
    """Give an open file the owner, extended attributes (ACLs too) and permissions of another."""
    now = os.fstat(handle)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        os.fchown(handle, before.st_uid, before.st_gid)
    if hasattr(os, "listxattr"):
        try:
            for name in os.listxattr(file):
                os.setxattr(handle, name, os.getxattr(file, name))
        except OSError as error:
            # Labels that only the system may set are set by it on the new file as well.
            if error.errno not in {errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.ENODATA}:
                raise
    os.fchmod(handle, stat.S_IMODE(before.st_mode))


def _commit(prepared: list[_Prepared]) -> None:
    """Rename all; where one fails, put those already renamed back."""
    done: list[_Prepared] = []
    current: Path | None = None
    try:
        if len(prepared) > 1:
            for item in prepared:
                current = item.file
                item.backup = _backup(item)
        for item in prepared:
            current = item.file
            _unchanged(item.file, item.change)
            done.append(item)  # before the rename: an interrupt may fall right behind it
            item.ready.replace(item.file)
    except BaseException as error:
        _roll_back(done)
        if isinstance(error, OSError) and current is not None:
            raise _failed(current, error) from error
        raise
    for folder in {item.file.parent for item in prepared}:
        _sync(folder)


def _roll_back(done: list[_Prepared]) -> None:
    """Put back what was renamed; one that cannot be put back does not keep the others."""
    stuck: list[str] = []
    for item in reversed(done):
        try:
            # Where the new text still waits under its own name, the rename did not happen.
            if item.backup is not None and not item.ready.exists():
                item.backup.replace(item.file)
        except OSError as error:
            stuck.append(f"{item.file} ({error.strerror}; the old text is in {_saved(item)})")
            item.backup = None  # so that nobody tidies it away
    if stuck:
        raise UserError(
            f"not all files could be written, and these stay changed: {', '.join(stuck)}"
        )


def _saved(item: _Prepared) -> Path | None:
    """The old text under a name that the next writer does not take for a leftover."""
    if item.backup is None:
        return None
    name = item.file.with_name(f"{item.file.name}.before-tracepy")
    with suppress(OSError):
        return item.backup.replace(name)
    return item.backup


def _backup(item: _Prepared) -> Path:
    """A second name for the file as it is, so that putting it back needs no space on the disk."""
    with tempfile.NamedTemporaryFile(prefix=PREFIX, dir=item.file.parent) as unused:
        name = Path(f"{unused.name}-old")
    try:
        name.hardlink_to(item.file)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
            raise
        copy = _prepare(item.file, Change(item.file, b"", item.change.original))
        copy.ready.replace(name)
    return name


def _sync(folder: Path) -> None:
    """Make a rename last over a power cut, where folders can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _failed(path: Path, error: OSError) -> UserError:
    what = error.strerror or str(error)
    return UserError(f"cannot write {path}, so nothing was written: {what}")
