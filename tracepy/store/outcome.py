"""Bringing a run's winner into the files, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tracepy.errors import ConflictError, UserError
from tracepy.store.records import Run
from tracepy.store.store import Store
from tracepy.writeback import Change, write


def apply(store: Store, run: Run, new: Mapping[str, bytes] | None = None) -> list[str]:
    """Write the run's best candidate to its files, and remember that; the paths written.

    Args:
        store: The store that the run is from.
        run: A run of it.
        new: Absolute path -> bytes, where only some of the changes are wanted.

    Raises:
        ConflictError: a file is not what the run started from; nothing is written then.
        UserError: the run found nothing, is applied already, or a file cannot be written.
    """
    wanted = dict(run.new if new is None else new)
    if not wanted:
        raise UserError(f"run {run.id} found nothing better, so there is nothing to write")
    if all(_held(path) == data for path, data in wanted.items()):
        raise UserError(f"run {run.id} is applied already: the files hold what it found")
    try:
        write([Change(path, run.originals[path], data) for path, data in sorted(wanted.items())])
    except ConflictError as error:
        raise ConflictError(f"{error}\nThe patch is kept: tracepy diff {run.id}") from error
    store.mark(run.id, applied=True, written=wanted)
    return sorted(wanted)


def revert(store: Store, run: Run) -> list[str]:
    """Put back what the run started from; the paths written.

    Raises:
        ConflictError: a file is not what `apply` wrote any more; nothing is written then.
        UserError: the run was never applied, or a file cannot be written.
    """
    if not run.applied:
        state = "is reverted already" if run.applied is False else "was never applied"
        raise UserError(f"run {run.id} {state}, so there is nothing to take back")
    written = sorted(run.written.items())
    if all(_held(path) == run.originals[path] for path, _ in written):
        store.mark(run.id, applied=False)
        raise UserError(f"the files hold what run {run.id} started from, so nothing was written")
    try:
        write([Change(path, data, run.originals[path]) for path, data in written])
    except ConflictError as error:
        raise ConflictError(
            f"{error}\nWhat the run did is kept: tracepy diff {run.id} | patch -R -p1"
        ) from error
    store.mark(run.id, applied=False)
    return [path for path, _ in written]


def _held(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except OSError:
        return None
