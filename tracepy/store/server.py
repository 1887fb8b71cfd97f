"""A store in a database server: PostgreSQL, the one that is tested."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text

# What all writers of a store wait for in turn: "trcpy" as a number. It holds within one database.
_WRITERS = 0x7472637079
_PATIENCE = 15  # seconds to wait for the server, or for another process that is writing


def connected(url: str) -> Engine:
    """An engine whose transactions behave as those on a file do.

    Who reads sees one state of the store. Who writes is the only one: what it looks up it may
    rely on, such as that an id is free or that nobody needs a content any more.

    Raises:
        ArgumentError, NoSuchModuleError, ImportError, ValueError: the URL cannot be used.
    """
    where = make_url(url)
    if where.get_backend_name() not in ("postgresql", "postgres"):
        return create_engine(where)
    engine = create_engine(
        _driven(where),
        isolation_level="REPEATABLE READ",
        pool_pre_ping=True,  # a run lasts longer than some servers keep a connection
        connect_args=_waiting(where),
    )
    event.listen(engine, "begin", _begin)
    return engine


def writing(connection: Connection) -> Connection:
    """The connection with its next transaction made one that writes."""
    options: dict[str, Any] = {"tracepy_writes": True}
    if connection.dialect.name == "postgresql":
        # What was stored while it waited for its turn is to be seen.
        options["isolation_level"] = "READ COMMITTED"
    return connection.execution_options(**options)


def _driven(url: URL) -> URL:
    """The URL with the driver that the extra `postgres` installs, where it names none."""
    plain = url.drivername in ("postgresql", "postgres")
    return url.set(drivername="postgresql+psycopg") if plain else url


def _waiting(url: URL) -> dict[str, Any]:
    return {} if "connect_timeout" in url.query else {"connect_timeout": _PATIENCE}


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("tracepy_writes", False):
        connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITERS})"))
