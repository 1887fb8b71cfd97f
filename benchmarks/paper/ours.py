"""Runs of tracepy as cells: what each candidate scored, in the order in which they were judged."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tracepy
from benchmarks.paper.domain import Asked, Curve, Found
from tracepy.config import load, settings_from
from tracepy.evaluation import Job
from tracepy.evaluation.executors import judge_for
from tracepy.objective.find import find
from tracepy.result import Result
from tracepy.store import EvaluationRow, Spent, Store
from tracepy.target import resolve

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
        rows: The start and its candidates, as they were judged.
        spent: What was asked of models.
    """

    result: Result
    rows: list[EvaluationRow]
    spent: Spent

    def scores(self, steps: int) -> list[float | None]:
        """Scores from the start on, one a step."""
        return [row.score for row in self.rows[: steps + 1]]

    def winner(self) -> Mapping[str, str]:
        """What the run hands out, as rows have it."""
        return {str(change.path): change.new.decode("utf-8") for change in self.result.changes}

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
        given["allow_read"] = _packages()
        result = tracepy.optimize(target, cwd=target.parent, **given)
        with Store(result.store) as store:
            return Ran(result, list(store.each(result.run)), store.spent(result.run))


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


def judged(
    target: Path, candidates: Sequence[Mapping[str, str]], **options: Any
) -> list[float | None]:
    """Scores of programs by another objective, such as what was held out; in workers, as in runs.

    Args:
        target: The module.
        candidates: What each changes, as rows of a run have it (`EvaluationRow.sources`).
        options: Objective and limits, as `tracepy.optimize` has them.
    """
    found = resolve(str(target), target.parent)
    given = {"workers": 1, "allow_read": _packages(), **options}
    settings = settings_from(load(found.project), given)
    # Often the same program several times running: it is judged once.
    distinct = {tuple(sorted(one.items())): dict(one) for one in candidates}
    with judge_for(found, find(found, settings, found.project), settings) as judge:
        verdicts = judge.evaluate([Job(sources) for sources in distinct.values()])
    scores = dict(zip(distinct, (verdict.score for verdict in verdicts), strict=True))
    return [scores[tuple(sorted(one.items()))] for one in candidates]


def leaders(rows: Sequence[EvaluationRow], least: bool = False) -> list[EvaluationRow]:
    """The best program so far at each step."""
    found: list[EvaluationRow] = []
    for row in rows:
        best_one = found[-1] if found else None
        better = row.score is not None and (
            best_one is None
            or best_one.score is None
            or (row.score != best_one.score and (row.score < best_one.score) == least)
        )
        found.append(row if better or best_one is None else best_one)
    return found


def _packages() -> tuple[str, ...]:
    """Where what a domain needs is installed: workers must be able to read it."""
    return tuple(path for path in sys.path if path.endswith("site-packages"))


@contextmanager
def student(asked: Asked, reply: Reply) -> Iterator[None]:
    """The model that the program itself asks: the one of the cell, or the server of the tests."""
    from tests.model_server import ModelServer

    model = asked.model
    assert model is not None
    with ExitStack() as held:
        if model.name == "local":
            base = held.enter_context(ModelServer(reply)).url
            held.enter_context(_variables(STUDENT_API_BASE=base, STUDENT_MODEL="student"))
        yield


@contextmanager
def _variables(**values: str) -> Iterator[None]:
    known = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in known.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


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
    """The last iterate and the best so far, as curves; less is better.

    A run that has ended before its last step stays at what it hands out, the best.

    Args:
        ran: A run.
        steps: How many steps the curves have.
        measure: What is told of a score.
    """
    last = [None if score is None else measure(score) for score in ran.scores(steps)]
    so_far = held(best(last), steps)
    return Found({"last": [*last, *so_far[len(last) :]], "best": so_far}, ran.facts())


def held(curve: Curve, steps: int) -> list[float | None]:
    """A curve to its end: a run that has ended stays where it came to."""
    return [*curve, *[curve[-1]] * (steps + 1 - len(curve))]


def bounds(asked: Asked, optimizer: str) -> dict[str, Any]:
    """What ends a run: so many candidates after the start; a model's one after the other.

    The paper's optimizers go on from the last iterate, better or not.
    """
    if asked.model is None or optimizer == "hybrid":
        return {"evaluations": asked.steps + 1}
    return {
        "evaluations": 2 * asked.steps + 1,  # candidates are traced; some are judged again for it
        "iterations": asked.steps,
        "trainer": "sequential",
    }


def best(curve: Curve, least: bool = True) -> list[float | None]:
    """The best so far, at each step."""
    reached: float | None = None
    values: list[float | None] = []
    for value in curve:
        if value is not None and (reached is None or (value < reached) == least):
            reached = value
        values.append(reached)
    return values
