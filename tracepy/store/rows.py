"""Between rows of `evaluations` and `model_calls` and records."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from tracepy.store import verdicts
from tracepy.store.codec import storable
from tracepy.store.delta import pack, unpack
from tracepy.store.records import EvaluationRow, ModelCall


def evaluation_values(
    run_id: str,
    row: EvaluationRow,
    verdict: verdicts.Verdict | None,
    originals: Mapping[str, str],
    words: bytes,
) -> dict[str, Any]:
    """The columns of an evaluation."""
    return {
        "run_id": run_id,
        "number": row.index,
        "digest": row.digest,
        "note": storable(row.note),
        "score": row.score,
        "status": row.status,
        "feedback": storable(row.feedback[: verdicts.FEEDBACK_LIMIT]),
        "seconds": row.seconds,
        "changes": pack(row.sources, originals),
        "parent": row.parent,
        "proposer": row.proposer,
        "reason": storable(row.reason),
        "cpu": row.cpu,
        "memory": row.memory,
        "complete": row.complete,
        "passed": row.passed,
        "cases": row.cases,
        "created": row.created,
        "reused": row.reused,
        "beat": None if verdict is None else verdict.beat,
        "late": verdict is not None and verdict.late,
        "known_as": None if verdict is None else verdict.known_as,
        "verdict": None
        if verdict is None
        else verdicts.pack(verdict.data, b"" if row.index == 0 else words),
    }


def evaluation_of(row: Row[Any], originals: Mapping[str, str] | None) -> EvaluationRow:
    """A row of `evaluations`; with the changed files' texts where `originals` are given."""
    return EvaluationRow(
        row.number,
        row.digest,
        row.note,
        row.score,
        row.status,
        row.feedback,
        row.seconds,
        {} if originals is None else unpack(row.changes, originals),
        row.parent,
        row.proposer,
        row.reason,
        row.cpu,
        row.memory,
        row.complete,
        row.passed,
        row.cases,
        row.created,
        row.reused,
    )


def recorded_of(row: Row[Any], words: bytes) -> verdicts.Recorded:
    """A row of `evaluations` as the verdict that it is."""
    known = b"" if row.number == 0 else words
    # A plain row is of before the store kept verdicts, where nothing says when it was judged.
    kept = row.verdict is not None or row.created > 0
    data = verdicts.unpack(row.verdict, row._asdict(), known) if kept else None
    return verdicts.Recorded(
        row.run_id, row.number, row.digest, row.proposer, row.beat, row.late, data, row.reused
    )


def call_values(run_id: str, call: ModelCall) -> dict[str, Any]:
    """The columns of a model call."""
    return {
        "run_id": run_id,
        "number": call.number,
        "evaluation": call.evaluation,
        "model": call.model,
        "prompt": zlib.compress(storable(call.prompt).encode()),
        "answer": zlib.compress(storable(call.answer).encode()),
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
        "cost": call.cost,
        "seconds": call.seconds,
        "created": call.created,
    }


def call_of(row: Row[Any]) -> ModelCall:
    """A row of `model_calls`."""
    return ModelCall(
        row.number,
        row.evaluation,
        row.model,
        zlib.decompress(row.prompt).decode(),
        zlib.decompress(row.answer).decode(),
        row.prompt_tokens,
        row.completion_tokens,
        row.cost,
        row.seconds,
        row.created,
    )
