"""What a run's judge said, as it came, under its place among all that the run asked.

Evaluations hold what became of a candidate. Of a noisy objective that is the mean of many draws,
and a run that goes on needs the draws; and a slow verdict is worth keeping before the others of
its batch are there. Each function is a part of a transaction of the caller's.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from tracepy.store.schema import answers

_NOT_KEPT = ("output",)


@dataclass(frozen=True, slots=True)
class Answer:
    """One judgement.

    Attributes:
        number: Its place among all that the run asked, from 0 (the program as it stands).
        digest: What was judged.
        late: Whether the run's time was used up by then.
        data: `Evaluation.to_dict()`, but for the output.
    """

    number: int
    digest: str
    late: bool
    data: Mapping[str, Any]


def keep(connection: Connection, run_id: str, given: Sequence[Answer]) -> None:
    """Store answers."""
    values = [
        {
            "run_id": run_id,
            "number": answer.number,
            "digest": answer.digest,
            "late": answer.late,
            "verdict": _packed(answer.data),
        }
        for answer in given
    ]
    connection.execute(insert(answers), values)


def read(connection: Connection, run_id: str, start: int, limit: int) -> list[Answer]:
    """Answers of a run from a place on, in order, so many at most."""
    query = select(answers).where(answers.c.run_id == run_id, answers.c.number >= start)
    rows = connection.execute(query.order_by(answers.c.number).limit(limit))
    return [
        Answer(row.number, row.digest, row.late, json.loads(zlib.decompress(row.verdict)))
        for row in rows
    ]


def _packed(data: Mapping[str, Any]) -> bytes:
    kept = {name: value for name, value in data.items() if name not in _NOT_KEPT}
    for name in ("graph", "images"):  # most have none
        if not kept.get(name):
            kept.pop(name, None)
    return zlib.compress(json.dumps(kept, separators=(",", ":")).encode())
