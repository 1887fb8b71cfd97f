"""From the tables of an older tracepy to those of this one."""

from __future__ import annotations

from sqlalchemy import Connection, text, update

from tracepy.store.schema import SCHEMA_VERSION, schema_version

# Version -> what makes the next one of it.
_STEPS: dict[int, tuple[str, ...]] = {
    1: ("ALTER TABLE files ADD COLUMN before VARCHAR(64) REFERENCES contents (digest)",),
}


def migrate(connection: Connection, found: int) -> None:
    """Bring the tables from a version that is known to `SCHEMA_VERSION`.

    Done within the caller's transaction, which is to be the only one writing.
    """
    for version in range(found, SCHEMA_VERSION):
        for statement in _STEPS[version]:
            connection.execute(text(statement))
    connection.execute(update(schema_version).values(version=SCHEMA_VERSION))
