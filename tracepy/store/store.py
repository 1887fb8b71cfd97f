"""The run store: what was asked, what was tried, what came of it."""

from __future__ import annotations

import json
import os
import socket
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Row, func, insert, select, update

from tracepy.errors import UserError
from tracepy.store import place as places
from tracepy.store.codec import original_texts, patch_bytes, run_of, storable
from tracepy.store.contents import keep, keep_new, keep_originals, read_files
from tracepy.store.database import Database
from tracepy.store.delta import pack, unpack
from tracepy.store.records import EvaluationRow, Run, RunStatus
from tracepy.store.schema import evaluations, files, runs

HOLD_BACK = 0.5  # seconds that evaluations may wait for others to be written with
BATCH = 500  # evaluations that are written together at most
FEEDBACK_LIMIT = 4000  # characters of one evaluation's feedback that are kept


class Store:
    """A live handle on the runs of one project.

    Every method but `add` is one transaction, on disk when it returns: what was stored before
    a `kill -9` is there after it. Several processes may use one store at a time. All methods
    raise `UserError` where the database cannot be read or written.
    """

    def __init__(self, place: places.Place) -> None:
        self._database = Database(place)
        self._texts: dict[str, dict[str, str]] = {}
        self._waiting: list[tuple[str, EvaluationRow]] = []
        self._flushed = 0.0
        self._graph: tuple[str, str] | None = None

    @classmethod
    def open(cls, project: Path) -> Store:
        """The store in which runs of `project` are kept; made where there is none.

        Raises:
            UserError: it can neither be opened nor made.
        """
        return cls(places.writable(project))

    @classmethod
    def covering(cls, folder: Path) -> Store | None:
        """The store of `folder` or of the nearest folder above that has one."""
        place = places.existing(folder)
        return None if place is None else cls(place)

    @property
    def label(self) -> str:
        """Where it is, for people to read."""
        return self._database.place.label

    @property
    def place(self) -> places.Place:
        """Where it is, to open it again: `Store(place)`."""
        return self._database.place

    @property
    def note(self) -> str:
        """Why it is not where one would look first; empty where it is."""
        return self._database.place.note

    def close(self) -> None:
        """Write what is held back and let go of the database."""
        try:
            self.flush()
        finally:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def create(
        self,
        *,
        target: str,
        optimizer: str,
        settings: Mapping[str, Any],
        objective: str,
        files: Mapping[str, bytes],
    ) -> str:
        """A new run that starts from `files` (absolute path -> bytes); its id."""
        created = time.time()
        row = {
            "created": created,
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "target": storable(target),
            "optimizer": optimizer,
            "objective": storable(objective),
            "settings": json.dumps(dict(settings)),
            "status": "running",
            "improved": False,
            "evaluations": 0,
            "seconds": 0.0,
            "parameters": "[]",
            "patch": patch_bytes(""),
        }
        with self._database.writing() as connection:
            run_id = _free_id(connection, created)
            connection.execute(insert(runs).values(id=run_id, **row))
            keep_originals(connection, run_id, files)
        return run_id

    def add(self, run_id: str, rows: Sequence[EvaluationRow]) -> None:
        """Keep evaluations.

        Those that come in quick succession are written together, as a transaction for each
        would cost more than many an evaluation: a kill may lose the last `HOLD_BACK` seconds of
        them. `best`, `finish`, `evaluations` and `close` write them first.
        """
        self._waiting += [(run_id, row) for row in rows]
        now = time.monotonic()
        if now - self._flushed >= HOLD_BACK or len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what `add` holds back."""
        self._flushed = time.monotonic()
        if not self._waiting:
            return
        values = [self._values(run_id, row) for run_id, row in self._waiting]
        # Forgotten even if that fails: a full disk is told once, not again when closing.
        self._waiting = []
        with self._database.writing() as connection:
            connection.execute(insert(evaluations), values)

    def _values(self, run_id: str, row: EvaluationRow) -> dict[str, Any]:
        return {
            "run_id": run_id,
            "number": row.index,
            "digest": row.digest,
            "note": storable(row.note),
            "score": row.score,
            "status": row.status,
            "feedback": storable(row.feedback[:FEEDBACK_LIMIT]),
            "seconds": row.seconds,
            "changes": pack(row.sources, self._originals(run_id)),
        }

    def finish(
        self,
        run_id: str,
        *,
        status: RunStatus,
        baseline: float | None,
        best: float | None,
        improved: bool,
        evaluations: int,
        seconds: float,
        new: Mapping[str, bytes],
        parameters: Sequence[Mapping[str, Any]],
        patch: str,
        graph: str | None = None,
    ) -> None:
        """How a run ended; with the status `running`, the best so far of one that goes on.

        That is what a Ctrl-C or a kill leaves behind.

        Args:
            new: Absolute path to bytes of the files that the winner changes.
        """
        self.flush()
        values: dict[str, Any] = {
            "status": status,
            "baseline": baseline,
            "best": best,
            "improved": improved,
            "evaluations": evaluations,
            "seconds": seconds,
            "parameters": json.dumps([dict(item) for item in parameters]),
            "patch": patch_bytes(patch),
        }
        if graph is not None and self._graph != (run_id, graph):  # the same for each new best
            self._graph = run_id, graph
            values["graph"] = zlib.compress(storable(graph).encode())
        with self._database.writing() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(**values))
            keep_new(connection, run_id, new)

    def about_to_write(
        self, run_id: str, written: Mapping[str, bytes], before: Mapping[str, bytes]
    ) -> None:
        """Keep what files will hold and what they hold now (absolute path -> bytes).

        Done before the first of them is changed, so that a killed `apply` can be ended or taken
        back. `mark` says that it came to its end.
        """
        with self._database.writing() as connection:
            for path, data in written.items():
                row = update(files).where(files.c.run_id == run_id, files.c.path == path)
                old = before.get(path)
                kept = None if old is None else keep(connection, old)
                connection.execute(row.values(written=keep(connection, data), before=kept))

    def mark(self, run_id: str, applied: bool | None) -> None:
        """Whether what was `about_to_write` now stands in the files; None where it never did."""
        with self._database.writing() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(applied=applied))
            if not applied:
                rows = update(files).where(files.c.run_id == run_id)
                connection.execute(rows.values(written=None, before=None))

    def runs(self) -> list[Run]:
        """All runs, the newest last."""
        with self._database.reading() as connection:
            found = connection.execute(select(*_RUN_COLUMNS).order_by(runs.c.created, runs.c.id))
            return [_read_run(connection, row) for row in found.all()]

    def ids(self) -> list[str]:
        """The ids of all runs, the newest last."""
        with self._database.reading() as connection:
            return _ids(connection)

    def find(self, text: str) -> Run:
        """The run that `text` names: an id, a prefix of just one, or `last`.

        Raises:
            UserError: no run or several match; near misses are named.
        """
        with self._database.reading() as connection:
            run_id = _chosen(text, _ids(connection), self.label)
            row = connection.execute(select(*_RUN_COLUMNS).where(runs.c.id == run_id)).one()
            return _read_run(connection, row)

    def evaluations(self, run_id: str, *, sources: bool = True) -> list[EvaluationRow]:
        """All that was tried in a run, in order, with the changed files' texts if `sources`."""
        self.flush()
        texts = self._originals(run_id) if sources else {}
        query = select(evaluations).where(evaluations.c.run_id == run_id)
        with self._database.reading() as connection:
            return [
                EvaluationRow(
                    row.number,
                    row.digest,
                    row.note,
                    row.score,
                    row.status,
                    row.feedback,
                    row.seconds,
                    unpack(row.changes, texts) if sources else {},
                )
                for row in connection.execute(query.order_by(evaluations.c.number))
            ]

    def graph(self, run_id: str) -> str | None:
        """The execution graph that was kept with a run, as JSON text."""
        with self._database.reading() as connection:
            data = connection.scalar(select(runs.c.graph).where(runs.c.id == run_id))
        return None if data is None else zlib.decompress(data).decode()

    def _originals(self, run_id: str) -> dict[str, str]:
        if run_id not in self._texts:
            with self._database.reading() as connection:
                held = read_files(connection, run_id)
            self._texts[run_id] = original_texts(held.originals)
        return self._texts[run_id]


_RUN_COLUMNS = [column for column in runs.c if column.name != "graph"]


def _ids(connection: Connection) -> list[str]:
    return list(connection.scalars(select(runs.c.id).order_by(runs.c.created, runs.c.id)))


def _free_id(connection: Connection, created: float) -> str:
    """A time-ordered id; its last four digits are the fraction of the second in 65536ths."""
    tick = int(created * 65536)
    while True:
        seconds, fraction = divmod(tick, 65536)
        moment = datetime.fromtimestamp(seconds, UTC)
        run_id = f"{moment:%Y%m%d-%H%M%S}-{fraction:04x}"
        if connection.scalar(select(runs.c.id).where(runs.c.id == run_id)) is None:
            return run_id
        tick += 1


def _read_run(connection: Connection, row: Row[Any]) -> Run:
    run = run_of(row, read_files(connection, row.id))
    if row.status == "running":  # its row is of the last best candidate, and more was tried since
        query = select(func.count()).where(evaluations.c.run_id == run.id)
        run = replace(run, evaluations=max(run.evaluations, connection.scalar(query) or 0))
    return run


def _chosen(text: str, ids: list[str], label: str) -> str:
    if not ids:
        raise UserError(f"no runs yet in {label}")
    if text == "last":
        return ids[-1]
    if text in ids:
        return text
    matches = [run_id for run_id in ids if run_id.startswith(text)] if text else []
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise UserError(f"{text!r} could be {_listed(matches)}: give more of it")
    from difflib import get_close_matches

    near = get_close_matches(text, ids, 3, 0.6) or ids[:-4:-1]
    raise UserError(f"no run {text!r}; there is {_listed(near)}, or `last`")


def _listed(ids: Sequence[str], limit: int = 5) -> str:
    more = f" and {len(ids) - limit} more" if len(ids) > limit else ""
    return ", ".join(ids[:limit]) + more
