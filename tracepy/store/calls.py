"""Questions to models: what a run asked, what it was answered, what that cost.

Each function is a part of a transaction of the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from tracepy.store.records import ModelCall, Spent
from tracepy.store.rows import call_of, call_values
from tracepy.store.schema import model_calls


def keep(connection: Connection, run_id: str, calls: Sequence[ModelCall]) -> None:
    """Store calls; one takes the place of an earlier one of its number."""
    columns, numbers = model_calls.c, [call.number for call in calls]
    connection.execute(
        delete(model_calls).where(columns.run_id == run_id, columns.number.in_(numbers))
    )
    connection.execute(insert(model_calls), [call_values(run_id, call) for call in calls])


def came_of(connection: Connection, run_id: str, evaluations: Mapping[int, int]) -> None:
    """Store what came of calls: number of a call -> number of the first evaluation."""
    columns = model_calls.c
    for call, evaluation in evaluations.items():
        connection.execute(
            update(model_calls)
            .where(columns.run_id == run_id, columns.number == call, columns.evaluation.is_(None))
            .values(evaluation=evaluation)
        )


def results(connection: Connection, run_id: str) -> dict[int, int]:
    """Which evaluations came of calls: number of the evaluation -> number of its last call."""
    columns = model_calls.c
    query = select(columns.evaluation, columns.number).where(
        columns.run_id == run_id, columns.evaluation.is_not(None)
    )
    return {
        row.evaluation: row.number for row in connection.execute(query.order_by(columns.number))
    }


def read(
    connection: Connection, run_id: str, evaluations: Iterable[int] | None = None
) -> list[ModelCall]:
    """The calls of a run, in order: all, or those that these evaluations came of."""
    query = select(model_calls).where(model_calls.c.run_id == run_id)
    if evaluations is not None:
        query = query.where(model_calls.c.evaluation.in_(list(evaluations)))
    return [call_of(row) for row in connection.execute(query.order_by(model_calls.c.number))]


def spent(connection: Connection, run_id: str) -> dict[str, Spent]:
    """What the calls of a run took, by the model's name, in the order of their first calls."""
    columns = model_calls.c
    query = (
        select(
            columns.model,
            func.count(),
            func.count(columns.cost),
            func.coalesce(func.sum(columns.prompt_tokens), 0),
            func.coalesce(func.sum(columns.completion_tokens), 0),
            func.coalesce(func.sum(columns.cost), 0.0),
        )
        .where(columns.run_id == run_id)
        .group_by(columns.model)
        .order_by(func.min(columns.number))
    )
    return {
        model: Spent(calls, int(prompt), int(made), float(cost) if priced == calls else None)
        for model, calls, priced, prompt, made, cost in connection.execute(query)
    }
