"""The connection to the run store: pragmas, transactions, the schema's version, errors in words."""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError

from tracepy.errors import UserError
from tracepy.store import readonly, server
from tracepy.store.migrate import migrate
from tracepy.store.place import Place
from tracepy.store.schema import SCHEMA_VERSION, metadata, schema_version

BUSY_TIMEOUT = 15.0  # seconds to wait for another process that is writing
_RETRY = 0.01  # seconds between looks at a lock that SQLite does not wait for by itself

_CAUSES = (
    ("lock timeout", "another process has been writing for too long; try again once it has ended"),
    ("locked", "another process has held it locked for too long; try again once that has ended"),
    ("disk is full", "the disk is full; free some space, and `tracepy resume` goes on with a run"),
    ("No space left", "the server's disk is full"),
    ("read-only transaction", "the server does not let it be written"),
    ("not a database", "that file is not a tracepy store; move it away, or set $TRACEPY_STORE"),
    ("malformed", "the file is damaged; move it away and a new one is made"),
    ("readonly", "it cannot be written; set $TRACEPY_STORE to a file that can"),
    ("unable to open", "it cannot be opened; set $TRACEPY_STORE to a file that can"),
    ("disk I/O error", "the disk reports an error; set $TRACEPY_STORE to another disk"),
)


class Database:
    """An engine whose every failure is a `UserError` with one message."""

    def __init__(self, place: Place) -> None:
        """Connect, and make the tables where there are none or bring them up to date.

        Raises:
            UserError: the place is no database, cannot be reached, or is of another version.
        """
        self.place = place
        self._engine = self._connected()
        with self.reading() as connection:
            ready = self._ready(connection)
        if not ready:
            with self.writing() as connection:
                self._make_tables(connection)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store."""
        with self._explained(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is the only one writing: all of it is stored, or nothing."""
        with self._explained(), self._engine.connect() as plain:
            connection = server.writing(plain)
            with connection.begin():
                yield connection

    def compact(self) -> None:
        """Give back the space of what was removed. Other databases than SQLite do so themselves."""
        if self.place.path is None:
            return
        with self._explained(), self._engine.connect() as plain:
            connection = plain.execution_options(tracepy_bare=True)
            # While another process is at it the space stays in the file, for what comes next.
            with suppress(OperationalError):
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def disk(self) -> int | None:
        """Bytes of the database's files; None where it is no file."""
        path = self.place.path
        if path is None:
            return None
        beside = (Path(f"{path}{end}") for end in ("", "-wal", "-shm"))
        return sum(file.stat().st_size for file in beside if file.exists())

    def _connected(self) -> Engine:
        try:
            if self.place.path is None:
                return server.connected(self.place.url)
            if readonly.applies(self.place.path):
                return readonly.connected(self.place.path)
            engine = create_engine(
                self.place.url, connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": False}
            )
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
            hint = ""
            if isinstance(error, ImportError) and "psycopg" in str(error):
                hint = "; pip install 'tracepy-opt[postgres]'"
            raise UserError(f"$TRACEPY_STORE cannot be used: {_first_line(error)}{hint}") from error
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return engine

    def _ready(self, connection: Connection) -> bool:
        if not inspect(connection).has_table(schema_version.name):
            return False
        found = connection.scalar(select(schema_version.c.version))
        if found in range(1, SCHEMA_VERSION):
            return False
        if found != SCHEMA_VERSION:
            raise UserError(
                f"the run store {self.place.label} has schema version {found}, this tracepy "
                f"reads {SCHEMA_VERSION}: use the tracepy that wrote it, or move it away"
            )
        return True

    def _make_tables(self, connection: Connection) -> None:
        if self._ready(connection):  # another process may have been first
            return
        if inspect(connection).has_table(schema_version.name):
            found = connection.execute(select(schema_version.c.version)).scalar_one()
            migrate(connection, found)
        else:
            metadata.create_all(connection)
            connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except zlib.error as error:
            raise UserError(f"the run store {self.place.label} is damaged: {error}") from error
        except SQLAlchemyError as error:
            text = _first_line(getattr(error, "orig", None) or error)
            cause = next((words for part, words in _CAUSES if part in text), text)
            raise UserError(f"the run store {self.place.label}: {cause}") from error


def _configure(connection: Any, _record: object) -> None:
    # Transactions are begun by `_begin`, so that writers queue at their start instead of
    # failing half-way when two readers both want to write.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    _write_ahead(cursor)
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switch the journal's mode, once in the life of a database.

    Where two processes do so at once, SQLite refuses one of them straight away: its busy
    timeout does not hold for this switch, as a wait could be a deadlock.
    """
    until = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
        time.sleep(_RETRY)


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("tracepy_bare", False):
        return  # what cannot be done within a transaction
    writes = connection.get_execution_options().get("tracepy_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
