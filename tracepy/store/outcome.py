"""Bringing a run's winner into the files, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tracepy.errors import ConflictError, UserError
from tracepy.store.message import message as about
from tracepy.store.records import Run
from tracepy.store.store import Store
from tracepy.writeback import Change, Plan, alone, plan, read, replace
from tracepy.writeback.commit import Commit, Destination, prepare


@dataclass(frozen=True, slots=True)
class Written:
    """What `apply` did.

    Attributes:
        paths: The files that were written.
        merged: Those of them that hold other edits, too.
        commit: The commit that was made.
    """

    paths: list[str]
    merged: list[str]
    commit: Commit | None = None


def apply(
    store: Store,
    run: Run,
    new: Mapping[str, bytes] | None = None,
    *,
    write: bool = True,
    to: Destination | None = None,
    message: str = "",
) -> Written:
    """Write the run's best candidate to its files, and remember that.

    A file that is not what the run started from any more gets both changes, where they do not
    meet.

    Args:
        store: The store that the run is from.
        run: A run of it.
        new: Absolute path -> bytes made of the originals, where only some of the changes are
            wanted.
        write: False leaves the files alone, where only a commit is wanted.
        to: Where a commit of the changes goes, if one is wanted.
        message: The commit's message, by default what is known of the run.

    Raises:
        ConflictError: a file changed in the same place, or is gone; nothing has changed then.
        UserError: the run found nothing, is applied already, a file cannot be written, or there
            cannot be such a commit. Nothing has changed then, either.
    """
    wanted = wanted_of(run, new)
    with alone(wanted), ExitStack() as undo:
        run = store.find(run.id)  # whoever held the files until now may have written them
        made = planned(run, wanted) if write else Plan()
        if write and not made.changes:
            if run.written and not run.applied:  # killed between the last file and the store
                store.mark(run.id, applied=True)
            if to is None:
                raise UserError(f"run {run.id} is applied already: the files hold what it found")
        commit = None
        if to is not None:
            with _patch_named(run):
                commit = prepare(run.originals, wanted, to, message or about(run))
            undo.callback(commit.unstage)
            commit.stage()
        if made.changes:
            _write(store, run, made)
            undo.callback(_unwrite, store, run, made)
        if commit is not None:
            commit.show(f"tracepy: run {run.id}")
        undo.pop_all()
        if made.changes:
            _mark_applied(store, run)
    return Written([str(change.path) for change in made.changes], made.merged, commit)


def wanted_of(run: Run, new: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """What is to be written of a run. Raises UserError where that is nothing."""
    wanted = dict(run.new if new is None else new)
    if not wanted:
        raise UserError(f"run {run.id} found nothing better, so there is nothing to write")
    return wanted


def planned(run: Run, new: Mapping[str, bytes]) -> Plan:
    """What `apply` would do. Raises ConflictError, which names the patch."""
    with _patch_named(run):
        return plan(run.originals, new)


@contextmanager
def _patch_named(run: Run) -> Iterator[None]:
    try:
        yield
    except ConflictError as error:
        raise ConflictError(f"{error}\nThe patch is kept: tracepy diff {run.id}") from error


def revert(store: Store, run: Run) -> list[str]:
    """Put back what the files held before `apply`; their paths.

    A run whose `apply` was killed is taken back as well.

    Raises:
        ConflictError: a file is not what `apply` wrote any more; nothing is written then.
        UserError: the run was never applied, or a file cannot be written.
    """
    with alone(run.written):
        run = store.find(run.id)
        if not run.written:
            state = "is reverted already" if run.applied is False else "was never applied"
            raise UserError(f"run {run.id} {state}, so there is nothing to take back")
        changes = [
            Change(path, data, before)
            for path, data in sorted(run.written.items())
            if read(path) != (before := _before(run, path))
        ]
        if not changes:
            store.mark(run.id, applied=False)
            raise UserError(
                f"the files hold what run {run.id} started from, so nothing was written"
            )
        try:
            replace(changes)
        except ConflictError as error:
            raise ConflictError(
                f"{error}\nWhat the run did is kept: tracepy diff {run.id} | git apply -R"
            ) from error
        store.mark(run.id, applied=False)
    return [str(change.path) for change in changes]


def _write(store: Store, run: Run, made: Plan) -> None:
    now = {**made.there, **{str(change.path): change.original for change in made.changes}}
    before = {
        path: old
        for path, data in now.items()
        # What this run wrote itself is no state to go back to.
        if (old := _before(run, path) if data == run.written.get(path) else data)
        != run.originals[path]
    }
    store.about_to_write(run.id, made.new, before)
    try:
        replace(made.changes)
    except BaseException:
        # A file that could not be put back keeps its place in the store, for `revert`.
        if not any(_holds(change.path, change.new) for change in made.changes):
            _forget(store, run)
        raise


def _mark_applied(store: Store, run: Run) -> None:
    try:
        store.mark(run.id, applied=True)
    except UserError as error:
        raise UserError(
            f"the files are written, but the store cannot be told: {error}\n"
            f"Once that is mended, `tracepy apply {run.id}` or `tracepy revert {run.id}` ends it."
        ) from error


def _unwrite(store: Store, run: Run, made: Plan) -> None:
    replace([Change(item.path, item.new, item.original) for item in made.changes])
    _forget(store, run)


def _forget(store: Store, run: Run) -> None:
    """Nothing was written: what the store held of the run before holds again."""
    with suppress(UserError):  # why nothing was written is what is to be told
        store.mark(run.id, applied=None if run.written else run.applied)
        if run.written:
            store.about_to_write(run.id, run.written, run.before)
        if run.applied:
            store.mark(run.id, applied=True)


def _holds(path: Path | str, data: bytes) -> bool:
    try:
        return read(path) == data
    except UserError:
        return False


def _before(run: Run, path: str) -> bytes:
    return run.before.get(path, run.originals[path])
