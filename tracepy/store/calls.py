"""Questions to models: what a run asked, what it was answered, what that cost.

Each function is a part of a transaction of the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select

from tracepy.store.records import ModelCall, Spent
from tracepy.store.rows import call_of, call_values
from tracepy.store.schema import model_calls


def keep(connection: Connection, run_id: str, calls: Sequence[ModelCall]) -> None:
    """Store calls."""
    connection.execute(insert(model_calls), [call_values(run_id, call) for call in calls])


def read(connection: Connection, run_id: str) -> list[ModelCall]:
    """All calls of a run, in order."""
    query = select(model_calls).where(model_calls.c.run_id == run_id)
    return [call_of(row) for row in connection.execute(query.order_by(model_calls.c.number))]


def spent(connection: Connection, run_id: str) -> Spent:
    """What the calls of a run took."""
    columns = model_calls.c
    query = select(
        func.count(),
        func.count(columns.cost),
        func.coalesce(func.sum(columns.prompt_tokens), 0),
        func.coalesce(func.sum(columns.completion_tokens), 0),
        func.coalesce(func.sum(columns.cost), 0.0),
    ).where(columns.run_id == run_id)
    calls, priced, prompt, completion, cost = connection.execute(query).one()
    return Spent(calls, int(prompt), int(completion), float(cost) if priced == calls else None)
