"""From the tables of an older tracepy to those of this one."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, LargeBinary, text, update

from tracepy.store.schema import SCHEMA_VERSION, answers, model_calls, schema_version

_Step = str | Callable[[Connection], None]


def _blob(table: str, name: str) -> Callable[[Connection], None]:
    def add(connection: Connection) -> None:
        kind = LargeBinary().compile(connection.dialect)  # BLOB, BYTEA, ...
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {name} {kind}"))

    return add


def _calls(connection: Connection) -> None:
    model_calls.create(connection, checkfirst=True)


def _answers(connection: Connection) -> None:
    answers.create(connection, checkfirst=True)


# Version -> what makes the next one of it: plain SQL that databases agree on, so that an old step
# does not change when the tables do.
_STEPS: dict[int, tuple[_Step, ...]] = {
    1: ("ALTER TABLE files ADD COLUMN before VARCHAR(64) REFERENCES contents (digest)",),
    2: (
        "ALTER TABLE runs ADD COLUMN about TEXT",
        "ALTER TABLE evaluations ADD COLUMN parent INTEGER",
        "ALTER TABLE evaluations ADD COLUMN proposer VARCHAR(100) NOT NULL DEFAULT ''",
        "ALTER TABLE evaluations ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE evaluations ADD COLUMN cpu FLOAT NOT NULL DEFAULT 0",
        "ALTER TABLE evaluations ADD COLUMN memory BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE evaluations ADD COLUMN complete BOOLEAN NOT NULL DEFAULT true",
        "ALTER TABLE evaluations ADD COLUMN passed INTEGER",
        "ALTER TABLE evaluations ADD COLUMN cases INTEGER",
        "ALTER TABLE evaluations ADD COLUMN created FLOAT NOT NULL DEFAULT 0",
        "ALTER TABLE evaluations ADD COLUMN reused VARCHAR(40)",
        "ALTER TABLE evaluations ADD COLUMN beat FLOAT",
        "ALTER TABLE evaluations ADD COLUMN late BOOLEAN NOT NULL DEFAULT false",
        _blob("evaluations", "verdict"),
        "ALTER TABLE evaluations ADD COLUMN known_as VARCHAR(64)",
        "CREATE INDEX evaluations_known_as ON evaluations (known_as)",
        "UPDATE evaluations SET proposer = 'baseline' WHERE number = 0",
        _calls,
    ),
    3: (_answers, "ALTER TABLE runs ADD COLUMN process VARCHAR(100)"),
    4: ("ALTER TABLE runs ADD COLUMN fixes TEXT",),
}


def migrate(connection: Connection, found: int) -> None:
    """Bring the tables from a version that is known to `SCHEMA_VERSION`.

    Done within the caller's transaction, which is to be the only one writing.
    """
    for version in range(found, SCHEMA_VERSION):
        for statement in _STEPS[version]:
            if callable(statement):
                statement(connection)
            else:
                connection.execute(text(statement))
    connection.execute(update(schema_version).values(version=SCHEMA_VERSION))
