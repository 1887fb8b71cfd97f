"""What was tried in the runs of a store: written and read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import insert, select

from tracepy.errors import UserError
from tracepy.store import runs
from tracepy.store.calls import came_of
from tracepy.store.codec import original_texts
from tracepy.store.contents import read_files
from tracepy.store.database import Database
from tracepy.store.records import EvaluationRow
from tracepy.store.rows import evaluation_of, evaluation_values, recorded_of
from tracepy.store.schema import evaluations
from tracepy.store.verdicts import Recorded, Verdict, words

BATCH = 500  # evaluations that are read together at most
_VERDICT_COLUMNS = [column for column in evaluations.c if column.name != "changes"]


class Evaluations:
    """The evaluations of all runs.

    A row does not stand by itself: candidates are written against the texts that their run
    started from, verdicts against the words of its baseline. Both are read once a run.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._texts: dict[str, dict[str, str]] = {}
        self._words: dict[str, bytes] = {}

    def add(
        self,
        run_id: str,
        rows: Sequence[EvaluationRow],
        whole: Sequence[Verdict],
        seconds: float | None,
        calls: Mapping[int, int],
    ) -> None:
        """Keep evaluations; as `Store.add`."""
        verdicts: Sequence[Verdict | None] = whole or [None] * len(rows)
        values = [
            evaluation_values(run_id, row, verdict, *self._against(run_id, row, verdict))
            for row, verdict in zip(rows, verdicts, strict=True)
        ]
        with self._database.writing() as connection:
            connection.execute(insert(evaluations), values)
            came_of(connection, run_id, calls)
            if seconds is not None:
                runs.change(connection, run_id, {"seconds": seconds})

    def known(self, keys: Sequence[str]) -> dict[str, Recorded]:
        """As `Store.known`."""
        found: dict[str, Recorded] = {}
        query = select(*_VERDICT_COLUMNS).where(evaluations.c.known_as.in_(keys))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        for stored in rows:
            if stored.known_as not in found:
                found[stored.known_as] = recorded_of(stored, self._words_of(stored.run_id))
        return found

    def recorded(self, run_id: str, start: int, limit: int) -> list[Recorded]:
        """As `Store.recorded`."""
        known = self._words_of(run_id)
        query = (
            select(*_VERDICT_COLUMNS)
            .where(evaluations.c.run_id == run_id, evaluations.c.number >= start)
            .order_by(evaluations.c.number)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [recorded_of(row, known) for row in connection.execute(query)]

    def all(self, run_id: str, *, sources: bool) -> list[EvaluationRow]:
        """As `Store.evaluations`."""
        texts = self._originals(run_id) if sources else None
        query = select(evaluations).where(evaluations.c.run_id == run_id)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(evaluations.c.number))
            return [evaluation_of(row, texts) for row in found]

    def each(self, run_id: str) -> Iterator[EvaluationRow]:
        """As `Store.each`."""
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

    def one(self, run_id: str, number: int) -> EvaluationRow:
        """As `Store.evaluation`."""
        query = select(evaluations).where(
            evaluations.c.run_id == run_id, evaluations.c.number == number
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise UserError(f"run {run_id} has no candidate {number}; `tracepy show` lists some")
        return evaluation_of(row, self._originals(run_id))

    def _against(
        self, run_id: str, row: EvaluationRow, verdict: Verdict | None
    ) -> tuple[dict[str, str], bytes]:
        """What a row is written against: its run's originals, and the baseline's words."""
        if row.index == 0 and verdict is not None:
            self._words[run_id] = words(verdict.data)
        return self._originals(run_id), self._words_of(run_id)

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
