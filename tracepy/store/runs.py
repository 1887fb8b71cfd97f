"""A run's row: begun, taken up again, ended, and read back.

Each function is a part of a transaction of the caller's.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, literal, select, update

from tracepy.errors import UserError
from tracepy.store.codec import patch_bytes, storable
from tracepy.store.contents import keep_originals, read_files
from tracepy.store.ids import free_id
from tracepy.store.records import Run
from tracepy.store.running import here, refuse_running, status_of
from tracepy.store.schema import answers, evaluations, runs

# What `runs.about` holds of a run: fields of `Run`.
_ABOUT = ("base", "folder", "judge", "context", "thresholds", "environment")
_ALL_BUT_GRAPH = [column for column in runs.c if column.name != "graph"]
_ROW = 90  # bytes of an evaluation's numbers, about


def begin(
    connection: Connection,
    *,
    target: str,
    optimizer: str,
    settings: Mapping[str, Any],
    objective: str,
    files: Mapping[str, bytes],
    about: Mapping[str, Any],
) -> str:
    """A new run of this process; its id."""
    created = time.time()
    run_id = free_id(connection, created)
    row = {
        "id": run_id,
        "created": created,
        **here(),
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
        "about": json.dumps(dict(about)),
    }
    connection.execute(insert(runs).values(**row))
    keep_originals(connection, run_id, files)
    return run_id


def take_up(connection: Connection, run_id: str) -> None:
    """Make an interrupted run this process's. Raises UserError where it is not interrupted."""
    row = row_of(connection, run_id)
    refuse_running(row)
    if row.status == "finished":
        raise UserError(
            f"run {run_id} is finished, so there is nothing to resume; "
            f"`tracepy optimize {row.target}` starts another"
        )
    change(connection, run_id, {"status": "running", **here()})


def change(connection: Connection, run_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of a run."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(**values))


def row_of(connection: Connection, run_id: str) -> Row[Any]:
    """The row of a run, without its graph."""
    return connection.execute(select(*_ALL_BUT_GRAPH).where(runs.c.id == run_id)).one()


def all_rows(connection: Connection) -> list[Row[Any]]:
    """The rows of all runs, without their graphs, the newest last."""
    query = select(*_ALL_BUT_GRAPH).order_by(runs.c.created, runs.c.id)
    return list(connection.execute(query).all())


def run_of(connection: Connection, row: Row[Any]) -> Run:
    """A row with its files, and with how much was tried, as a record."""
    held = read_files(connection, row.id)
    about = json.loads(row.about) if row.about else {}
    query = select(func.max(evaluations.c.number)).where(evaluations.c.run_id == row.id)
    last = connection.scalar(query)
    recorded = 0 if last is None else last + 1
    # The row of a run that was killed is of its last best candidate, and more was tried since.
    tried = max(row.evaluations, recorded) if row.status == "running" else row.evaluations
    return Run(
        id=row.id,
        created=row.created,
        target=row.target,
        optimizer=row.optimizer,
        objective=row.objective,
        settings=json.loads(row.settings),
        status=status_of(row),
        baseline=row.baseline,
        best=row.best,
        improved=row.improved,
        evaluations=tried,
        seconds=row.seconds,
        parameters=json.loads(row.parameters),
        patch=zlib.decompress(row.patch).decode("utf-8", "surrogateescape"),
        originals=held.originals,
        new=held.new,
        written=held.written,
        before=held.before,
        applied=row.applied,
        recorded=recorded,
        fixes=json.loads(row.fixes) if row.fixes else [],
        **{name: about[name] for name in _ABOUT if name in about},
    )


def graph_of(connection: Connection, run_id: str) -> str | None:
    """The execution graph that was kept with a run, as JSON text."""
    data = connection.scalar(select(runs.c.graph).where(runs.c.id == run_id))
    return None if data is None else zlib.decompress(data).decode()


def sizes(connection: Connection) -> dict[str, int]:
    """Bytes that each run's own rows take."""
    columns = [
        *(evaluations.c[name] for name in ("changes", "verdict", "feedback", "note", "reason")),
        evaluations.c.digest,
    ]
    size = sum((func.coalesce(func.length(column), 0) for column in columns), literal(_ROW))
    tried = select(evaluations.c.run_id, func.sum(size)).group_by(evaluations.c.run_id)
    drawn = select(answers.c.run_id, func.sum(func.length(answers.c.verdict) + _ROW))
    own = func.coalesce(func.length(runs.c.graph), 0) + func.length(runs.c.patch)
    found = {row[0]: int(row[1]) for row in connection.execute(select(runs.c.id, own))}
    for query in (tried, drawn.group_by(answers.c.run_id)):
        for run_id, number in connection.execute(query):
            found[run_id] += int(number)
    return found
