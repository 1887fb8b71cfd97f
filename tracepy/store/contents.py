"""Whole files in the store, each content once."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, or_, select, update

from tracepy.store.schema import contents, files


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a run: absolute path -> bytes; which is which, `Run` says."""

    originals: dict[str, bytes] = field(default_factory=dict)
    new: dict[str, bytes] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)
    before: dict[str, bytes] = field(default_factory=dict)


def _keep(connection: Connection, data: bytes) -> str:
    """Keep a content once; its digest."""
    digest = hashlib.sha256(data).hexdigest()
    known = select(contents.c.digest).where(contents.c.digest == digest)
    if connection.scalar(known) is None:
        connection.execute(insert(contents).values(digest=digest, data=zlib.compress(data)))
    return digest


def keep_originals(connection: Connection, run_id: str, originals: Mapping[str, bytes]) -> None:
    """What a run started from: absolute path -> bytes."""
    for path, data in originals.items():
        digest = _keep(connection, data)
        connection.execute(insert(files).values(run_id=run_id, path=path, original=digest))


def keep_new(connection: Connection, run_id: str, new: Mapping[str, bytes]) -> None:
    """What a run's best candidate makes of its files, in place of the best before it."""
    of_run = files.c.run_id == run_id
    before = connection.scalars(select(files.c.new).where(of_run, files.c.new.is_not(None))).all()
    connection.execute(update(files).where(of_run).values(new=None))
    for path, data in new.items():
        row = update(files).where(of_run, files.c.path == path)
        if connection.execute(row.values(new=_keep(connection, data))).rowcount != 1:
            raise ValueError(f"{path} is not among the files that run {run_id} started from")
    for digest in before:
        _forget(connection, digest)


def keep_written(
    connection: Connection, run_id: str, written: Mapping[str, bytes], before: Mapping[str, bytes]
) -> None:
    """What a run's files are about to hold, and what they hold where that is not the original."""
    for path, data in written.items():
        row = update(files).where(files.c.run_id == run_id, files.c.path == path)
        old = before.get(path)
        kept = None if old is None else _keep(connection, old)
        connection.execute(row.values(written=_keep(connection, data), before=kept))


def drop_written(connection: Connection, run_id: str) -> None:
    """Nothing of a run stands in its files any more."""
    rows = update(files).where(files.c.run_id == run_id)
    connection.execute(rows.values(written=None, before=None))


def _forget(connection: Connection, digest: str) -> None:
    """Drop a content that no run refers to any more: a best candidate that was beaten."""
    columns = (files.c.original, files.c.new, files.c.written, files.c.before)
    users = or_(*(column == digest for column in columns))
    if connection.scalar(select(files.c.run_id).where(users).limit(1)) is None:
        connection.execute(delete(contents).where(contents.c.digest == digest))


def read_files(connection: Connection, run_id: str) -> Files:
    """All the files of a run."""
    rows = select(files).where(files.c.run_id == run_id).order_by(files.c.path)
    held = Files()
    for row in connection.execute(rows).all():
        for digest, into in (
            (row.original, held.originals),
            (row.new, held.new),
            (row.written, held.written),
            (row.before, held.before),
        ):
            if digest is not None:
                query = select(contents.c.data).where(contents.c.digest == digest)
                data = connection.execute(query).scalar_one()
                into[row.path] = zlib.decompress(data)
    return held
