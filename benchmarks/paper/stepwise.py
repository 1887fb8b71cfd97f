"""Training in steps that are each shown a few examples: one proposal a step, and what comes of it is the protocol's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.paper import ours
from benchmarks.paper.domain import Asked
from benchmarks.paper.student import reply

_TRACEBACK = "Traceback (most recent call last)"


def lines(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as a data set."""
    made = ({"input": row["input"], "expected": row["target"]} for row in rows)
    return "".join(f"{json.dumps(row)}\n" for row in made)


@dataclass
class Steps:
    """A program that is trained, as it stands in its file.

    Args:
        asked: The cell.
        target: The program; data sets stand beside it as `NAME.jsonl`.
        judging: How it is called and judged, as `tracepy.optimize` has it.
        training: The optimizer and what it is told beside.

    Attributes:
        spent: What was asked of the optimizer's model.
        failed: Whether the program, as it stood, raised in the latest step.
    """

    asked: Asked
    target: Path
    judging: Mapping[str, Any]
    training: Mapping[str, Any]
    spent: dict[str, int] = field(
        default_factory=lambda: {"calls": 0, "prompt_tokens": 0, "completion_tokens": 0}
    )
    failed: bool = False

    def share(self, name: str) -> float:
        """The share of right answers in a data set, of the program as it stands."""
        data = str(self.target.with_name(f"{name}.jsonl"))
        (score,) = ours.judged(self.target, [{}], dataset=data, **self.judging)
        return score or 0.0  # without a verdict nothing is right

    def step(self, number: int, batch: Sequence[Mapping[str, str]]) -> tuple[bool, str]:
        """Whether the answers to a few examples are right, and the program that is proposed else.

        Where none is proposed, that is the program as it stands.
        """
        data = self.target.with_name("batch.jsonl")
        data.write_text(lines(batch), encoding="utf-8")
        # A recording of its own for each step.
        one = replace(self.asked, method=f"{self.asked.method} step {number}", steps=1)
        bounds = ours.bounds(one, self.training["optimizer"])
        ran = ours.optimized(
            one, self.target, reply, dataset=str(data), **self.judging, **bounds, **self.training
        )
        start = ran.rows[0]
        # An error in a case costs the case alone: the run's status does not tell of it.
        self.failed = start.status != "ok" or _TRACEBACK in (start.feedback or "")
        for name in self.spent:
            self.spent[name] += getattr(ran.spent, name)
        proposed = [row.sources for row in ran.rows[1:] if row.score is not None and row.sources]
        kept = self.target.read_text("utf-8")
        return ran.result.baseline == 1.0, (proposed[-1][str(self.target)] if proposed else kept)
