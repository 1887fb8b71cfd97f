"""The run store: what was asked, what was tried, what came of it."""

from __future__ import annotations

import json
import os
import socket
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Row, func, insert, literal, select, update

from tracepy.errors import UserError
from tracepy.store import place as places
from tracepy.store.codec import Files, original_texts, patch_bytes, run_of, storable
from tracepy.store.contents import keep, keep_new, keep_originals, read_files
from tracepy.store.database import Database
from tracepy.store.records import EvaluationRow, ModelCall, Run, RunStatus
from tracepy.store.removal import remove
from tracepy.store.rows import (
    call_of,
    call_values,
    evaluation_of,
    evaluation_values,
    recorded_of,
)
from tracepy.store.schema import evaluations, files, model_calls, runs
from tracepy.store.verdicts import Recorded, Verdict, words

HOLD_BACK = 0.5  # seconds that evaluations may wait for others to be written with
BATCH = 500  # evaluations that are written together at most


class Store:
    """A live handle on the runs of one project.

    Every method but `add` is one transaction, on disk when it returns: what was stored before
    a `kill -9` is there after it. Several processes may use one store at a time. All methods
    raise `UserError` where the database cannot be read or written.
    """

    def __init__(self, place: places.Place) -> None:
        self._database = Database(place)
        self._texts: dict[str, dict[str, str]] = {}
        self._words: dict[str, bytes] = {}
        self._waiting: list[tuple[str, EvaluationRow, Verdict | None]] = []
        self._seconds: dict[str, float] = {}
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
        about: Mapping[str, Any] | None = None,
    ) -> str:
        """A new run that starts from `files` (absolute path -> bytes); its id.

        Args:
            about: The fields of `Run` from `base` on.
        """
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
            "about": json.dumps(dict(about or {})),
        }
        with self._database.writing() as connection:
            run_id = _free_id(connection, created)
            connection.execute(insert(runs).values(id=run_id, **row))
            keep_originals(connection, run_id, files)
        return run_id

    def reopen(self, run_id: str) -> None:
        """Take a run up again that was interrupted: it is this process's now.

        Raises:
            UserError: it is finished, or another process runs it.
        """
        with self._database.writing() as connection:
            row = connection.execute(select(*_RUN_COLUMNS).where(runs.c.id == run_id)).one()
            status = run_of(row, Files({}, {}, {}, {})).status
            if status == "running":
                raise UserError(f"run {run_id} is running: process {row.pid} on {row.host}")
            if status == "finished":
                raise UserError(
                    f"run {run_id} is finished, so there is nothing to resume; "
                    f"`tracepy optimize {row.target}` starts another"
                )
            mine = {"status": "running", "pid": os.getpid(), "host": socket.gethostname()}
            connection.execute(update(runs).where(runs.c.id == run_id).values(**mine))

    def add(
        self,
        run_id: str,
        rows: Sequence[EvaluationRow],
        whole: Sequence[Verdict] = (),
        *,
        seconds: float | None = None,
    ) -> None:
        """Keep evaluations.

        Those that come in quick succession are written together, as a transaction for each
        would cost more than many an evaluation: a kill may lose the last `HOLD_BACK` seconds of
        them. What one call gives is stored whole or not at all. `best`, `finish`, `evaluations`
        and `close` write them first.

        Args:
            run_id: Whose they are.
            rows: The evaluations.
            whole: The whole verdict on each of them, where the run may be gone on with.
            seconds: Wall-clock time of the run so far.
        """
        verdicts: Sequence[Verdict | None] = whole or [None] * len(rows)
        self._waiting += [(run_id, *pair) for pair in zip(rows, verdicts, strict=True)]
        if seconds is not None:
            self._seconds[run_id] = seconds
        now = time.monotonic()
        if now - self._flushed >= HOLD_BACK or len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what `add` holds back."""
        self._flushed = time.monotonic()
        if not self._waiting:
            return
        values = [
            evaluation_values(run_id, row, verdict, *self._known(run_id, row, verdict))
            for run_id, row, verdict in self._waiting
        ]
        # Forgotten even if that fails: a full disk is told once, not again when closing.
        self._waiting = []
        seconds, self._seconds = self._seconds, {}
        with self._database.writing() as connection:
            connection.execute(insert(evaluations), values)
            for run_id, spent in seconds.items():
                row = update(runs).where(runs.c.id == run_id)
                connection.execute(row.values(seconds=spent))

    def _known(
        self, run_id: str, row: EvaluationRow, verdict: Verdict | None
    ) -> tuple[dict[str, str], bytes]:
        """What a run's rows are written against: the originals, and the baseline's words."""
        if row.index == 0 and verdict is not None:
            self._words[run_id] = words(verdict.data)
        return self._originals(run_id), self._words_of(run_id)

    def add_calls(self, run_id: str, calls: Sequence[ModelCall]) -> None:
        """Keep model calls. They cost money, so they are written at once."""
        if calls:
            values = [call_values(run_id, call) for call in calls]
            with self._database.writing() as connection:
                connection.execute(insert(model_calls), values)

    def calls(self, run_id: str) -> list[ModelCall]:
        """The model calls of a run, in order."""
        query = select(model_calls).where(model_calls.c.run_id == run_id)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(model_calls.c.number))
            return [call_of(row) for row in found]

    def known(self, keys: Sequence[str]) -> dict[str, Recorded]:
        """Verdicts by what they are known as (`Verdict.known_as`), of whatever run."""
        found: dict[str, Recorded] = {}
        for run_id, row, verdict in self._waiting:
            known = None if verdict is None else verdict.known_as
            if verdict is not None and known is not None and known in keys:
                data = dict(verdict.data)
                found[known] = Recorded(
                    run_id, row.index, row.digest, row.proposer, verdict.beat, False, data
                )
        query = select(*_VERDICT_COLUMNS).where(evaluations.c.known_as.in_(keys))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        for stored in rows:
            if stored.known_as not in found:
                words = self._words_of(stored.run_id)
                found[stored.known_as] = recorded_of(stored, words)
        return found

    def recorded(self, run_id: str, start: int = 0, limit: int = BATCH) -> list[Recorded]:
        """Whole verdicts of a run from a number on, so many at most."""
        known = self._words_of(run_id)
        query = (
            select(*_VERDICT_COLUMNS)
            .where(evaluations.c.run_id == run_id, evaluations.c.number >= start)
            .order_by(evaluations.c.number)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [recorded_of(row, known) for row in connection.execute(query)]

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

    def remove(self, run_ids: Sequence[str]) -> None:
        """Drop runs with all that was tried, and give the space back.

        Raises:
            UserError: one of them is running; none is dropped then.
        """
        with self._database.writing() as connection:
            for run_id in run_ids:
                row = connection.execute(select(*_RUN_COLUMNS).where(runs.c.id == run_id)).one()
                if run_of(row, Files({}, {}, {}, {})).status == "running":
                    raise UserError(f"run {run_id} is running: process {row.pid} on {row.host}")
            remove(connection, run_ids)
        self._database.compact()

    def sizes(self) -> dict[str, int]:
        """Bytes that each run's own rows take; files that runs share are not counted.

        Their sum is less than the file's size: indexes and pages have a share of their own.
        """
        columns = [
            *(evaluations.c[name] for name in ("changes", "verdict", "feedback", "note", "reason")),
            evaluations.c.digest,
        ]
        size = sum((func.coalesce(func.length(column), 0) for column in columns), literal(_ROW))
        tried = select(evaluations.c.run_id, func.sum(size)).group_by(evaluations.c.run_id)
        own = func.coalesce(func.length(runs.c.graph), 0) + func.length(runs.c.patch)
        with self._database.reading() as connection:
            found = {row[0]: int(row[1]) for row in connection.execute(select(runs.c.id, own))}
            for run_id, number in connection.execute(tried):
                found[run_id] += int(number)
        return found

    def disk(self) -> int | None:
        """Bytes of the store's files; None where it is no file."""
        return self._database.disk()

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
        texts = self._originals(run_id) if sources else None
        query = select(evaluations).where(evaluations.c.run_id == run_id)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(evaluations.c.number))
            return [evaluation_of(row, texts) for row in found]

    def each(self, run_id: str) -> Iterator[EvaluationRow]:
        """As `evaluations`, some at a time: the texts of all candidates need not be held at once."""
        self.flush()
        texts, start = self._originals(run_id), 0
        while True:
            query = select(evaluations).where(
                evaluations.c.run_id == run_id, evaluations.c.number >= start
            )
            with self._database.reading() as connection:
                page = connection.execute(query.order_by(evaluations.c.number).limit(BATCH)).all()
            if not page:
                return
            yield from (evaluation_of(row, texts) for row in page)
            start = page[-1].number + 1

    def evaluation(self, run_id: str, number: int) -> EvaluationRow:
        """One candidate of a run. Raises UserError where there is none of this number."""
        self.flush()
        query = select(evaluations).where(
            evaluations.c.run_id == run_id, evaluations.c.number == number
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise UserError(f"run {run_id} has no candidate {number}; `tracepy show` lists some")
        return evaluation_of(row, self._originals(run_id))

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

    def _words_of(self, run_id: str) -> bytes:
        if run_id not in self._words:
            query = select(*_VERDICT_COLUMNS).where(
                evaluations.c.run_id == run_id, evaluations.c.number == 0
            )
            with self._database.reading() as connection:
                row = connection.execute(query).one_or_none()
            if row is None:
                return b""
            self._words[run_id] = words(recorded_of(row, b"").data or {})
        return self._words[run_id]


_RUN_COLUMNS = [column for column in runs.c if column.name != "graph"]
_ROW = 90  # bytes of an evaluation's numbers, about
_VERDICT_COLUMNS = [column for column in evaluations.c if column.name != "changes"]


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
    query = select(func.max(evaluations.c.number)).where(evaluations.c.run_id == run.id)
    last = connection.scalar(query)
    recorded = 0 if last is None else last + 1
    # The row of a run that was killed is of its last best candidate, and more was tried since.
    tried = max(run.evaluations, recorded) if row.status == "running" else run.evaluations
    return replace(run, evaluations=tried, recorded=recorded)


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
