"""Runs that go, with what no other run needs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, union

from tracepy.store.running import refuse_running
from tracepy.store.runs import row_of
from tracepy.store.schema import answers, contents, evaluations, files, model_calls, runs


def remove(connection: Connection, run_ids: Sequence[str]) -> None:
    """Drop runs, and the contents of files that none of the others refers to.

    Raises:
        UserError: one of them is running.
    """
    for run_id in run_ids:
        refuse_running(row_of(connection, run_id))
    for run_id in run_ids:
        # One by one, not by the keys' cascades: not every database has these switched on.
        for table in (model_calls, answers, evaluations, files):
            connection.execute(delete(table).where(table.c.run_id == run_id))
        connection.execute(delete(runs).where(runs.c.id == run_id))
    columns = (files.c.original, files.c.new, files.c.written, files.c.before)
    used = union(*(select(column).where(column.is_not(None)) for column in columns))
    connection.execute(delete(contents).where(contents.c.digest.not_in(used)))
