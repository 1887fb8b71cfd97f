"""Runs of tracepy as cells: what each candidate scored, in the order in which they were judged."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tracepy
from benchmarks.paper.domain import Asked, Curve, Found
from tracepy.result import Result
from tracepy.store import EvaluationRow, Spent, Store

Reply = Callable[[Sequence[dict[str, Any]], Any], Any]
"""Answers a request as the tests' server wants it: from its messages and the tools it offers."""

# The paper's optimizers and its ablations (sections 5 and C), and ours.
WAYS: dict[str, dict[str, Any]] = {
    "optoprime": {"optimizer": "optoprime"},
    "optoprime no memory": {"optimizer": "optoprime", "memory": 0},
    "optoprime masked": {"optimizer": "optoprime", "mask_trace": True},
    "optoprime scalar": {"optimizer": "optoprime", "score_only": True},
    "opro": {"optimizer": "opro"},
    "textgrad": {"optimizer": "textgrad"},
    "hybrid": {"optimizer": "hybrid"},
}


@dataclass(frozen=True)
class Ran:
    """A run.

    Attributes:
        result: What it came to.
        rows: The start and its candidates, as they were judged; those that only made the winner
            small are not among them.
        spent: What was asked of models.
    """

    result: Result
    rows: list[EvaluationRow]
    spent: Spent

    def scores(self, steps: int) -> list[float | None]:
        """Scores from the start on, one a step."""
        return [row.score for row in self.rows[: steps + 1]]

    def facts(self) -> dict[str, Any]:
        """What of it is kept beside its curves."""
        found: dict[str, Any] = {
            "baseline": self.result.baseline,
            "best": self.result.best,
            "evaluations": self.result.evaluations,
            "parameters": {one["name"]: one["new"] for one in self.result.parameters},
        }
        if self.spent.calls:
            found |= {
                "calls": self.spent.calls,
                "prompt_tokens": self.spent.prompt_tokens,
                "completion_tokens": self.spent.completion_tokens,
            }
        return found


def optimized(asked: Asked, target: Path, reply: Reply | None = None, **options: Any) -> Ran:
    """Improve a module.

    Args:
        asked: The cell.
        target: The module, in a folder of its own.
        reply: Answers in place of a model, where the model is `local`.
        options: Of `tracepy.optimize`.
    """
    with ExitStack() as held:
        given: dict[str, Any] = {"workers": 1, "fresh": True, "seed": asked.seed, **options}
        if asked.model is not None:
            given |= held.enter_context(answered(asked, reply))
        given["allow_read"] = tuple(path for path in sys.path if path.endswith("site-packages"))
        result = tracepy.optimize(target, cwd=target.parent, **given)
        with Store(result.store) as store:
            rows = [row for row in store.each(result.run) if row.proposer != "shrink"]
            return Ran(result, rows, store.spent(result.run))


@contextmanager
def answered(asked: Asked, reply: Reply | None) -> Iterator[dict[str, Any]]:
    """The options that say who answers."""
    model = asked.model
    assert model is not None
    name = f"{asked.domain}-{asked.method}-{asked.seed}.jsonl".replace(" ", "-")
    if model.replay is not None:
        yield {"replay": str(Path(model.replay).resolve() / name)}
        return
    kept: dict[str, Any] = {}
    if model.record is not None:
        folder = Path(model.record).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        kept["record"] = str(folder / name)
    if model.name != "local":
        yield {"model": (model.name,), "api_base": model.api_base, **kept}
        return
    from tests.model_server import ModelServer

    if reply is None:
        raise ValueError(f"{asked.domain} has no server that computes answers")
    with ModelServer(reply) as server:
        yield {"model": ("openai/gpt-4o-mini",), "api_base": server.url, **kept}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with TemporaryDirectory(prefix="tracepy-paper-") as name:
        yield Path(name).resolve()


def project(place: Path, files: Mapping[str, str]) -> None:
    """Write a project's files; what `tracepy.optimize` is told stands in the call."""
    for name, text in {"pyproject.toml": "[tool.tracepy]\n", **files}.items():
        (place / name).write_text(text, encoding="utf-8")


def found(ran: Ran, steps: int, measure: Callable[[float], float] = float) -> Found:
    """The last iterate and the best so far, as curves.

    Args:
        ran: A run.
        steps: How many steps the curves have.
        measure: What is told of a score.
    """
    last = [None if score is None else measure(score) for score in ran.scores(steps)]
    return Found({"last": last, "best": best(last)}, ran.facts())


def best(curve: Curve, least: bool = True) -> list[float | None]:
    """The best so far, at each step."""
    reached: float | None = None
    values: list[float | None] = []
    for value in curve:
        if value is not None and (reached is None or (value < reached) == least):
            reached = value
        values.append(reached)
    return values
