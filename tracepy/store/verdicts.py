"""Whole verdicts: all that an optimizer may have read of an evaluation, to be read once more.

An `EvaluationRow` is for people. To go on with a run as if it had never stopped, and to take a
verdict over instead of judging again, nothing may be missing: the cases, the trace's facts, the
feedback at full length. Most cases are worded like the baseline's, so what these are compressed
with knows those words already.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FEEDBACK_LIMIT = 4000  # characters of one evaluation's feedback that its row keeps
_WINDOW = 32768  # bytes that zlib looks back
_IN_ROW = ("status", "score", "feedback", "seconds", "cpu", "memory")
_NOT_KEPT = ("output", *_IN_ROW)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict as it goes into the store.

    Attributes:
        data: `Evaluation.to_dict()`.
        beat: What it had to beat.
        late: Whether the run's time was used up by then.
        known_as: Equal for evaluations that must come out the same; None where no other may take
            this one's verdict over.
    """

    data: Mapping[str, Any]
    beat: float | None = None
    late: bool = False
    known_as: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A verdict as it comes out of the store.

    Attributes:
        run: The run that it is of.
        number: The evaluation's number in that run.
        digest: What was judged.
        proposer: What proposed it.
        beat: What it had to beat.
        late: Whether the run's time was used up by then.
        data: What `Evaluation.from_dict` takes; None where the store did not keep it.
        reused: The run whose verdict it was.
    """

    run: str
    number: int
    digest: str
    proposer: str
    beat: float | None
    late: bool
    data: dict[str, Any] | None
    reused: str | None = None


def words(data: Mapping[str, Any]) -> bytes:
    """What the verdicts of a run have in common: the cases of its baseline."""
    return _json(data.get("cases", ()))[-_WINDOW:]


def pack(data: Mapping[str, Any], known: bytes = b"") -> bytes | None:
    """What the columns of a row do not hold of a verdict; None where that is nothing."""
    rest = {name: value for name, value in data.items() if name not in _NOT_KEPT}
    for name in ("graph", "images"):  # most verdicts have none
        if not rest.get(name):
            rest.pop(name, None)
    if len(data["feedback"]) > FEEDBACK_LIMIT or "\0" in data["feedback"]:
        rest["feedback"] = data["feedback"]
    if rest == {"cases": rest["cases"], "complete": True, "trace": None} and not rest["cases"]:
        return None
    packer = zlib.compressobj(6, zdict=known) if known else zlib.compressobj(6)
    return packer.compress(_json(rest)) + packer.flush()


def unpack(packed: bytes | None, columns: Mapping[str, Any], known: bytes = b"") -> dict[str, Any]:
    """`Evaluation.to_dict()`, but for output and graph."""
    row = {name: columns[name] for name in _IN_ROW}
    if packed is None:
        return row
    opened = zlib.decompressobj(zdict=known) if known else zlib.decompressobj()
    return {**row, **json.loads(opened.decompress(packed) + opened.flush())}


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
