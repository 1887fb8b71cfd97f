"""Runs of ours with a scripted model: what was sent to it, iteration by iteration."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tracepy
from benchmarks.models.problems import Problem
from benchmarks.models.scripted import Script
from tests.model_server import ModelServer
from tracepy import parameters
from tracepy.target import resolve

MODEL = "openai/gpt-4o-mini"
"""Its tokenizer is o200k; no request leaves this machine."""
Body = Mapping[str, Any]


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tracepy-models-") as name:
        yield Path(name).resolve()


def bodies(problem: Problem, optimizer: str, most: float = math.inf, **options: Any) -> list[Body]:
    """All requests of a run, in the order in which they came.

    Args:
        problem: What is improved.
        optimizer: Who asks.
        most: The model has nothing to suggest once it was sent more tokens than these.
        options: More of `tracepy.optimize`.
    """
    with folder() as place:
        path = problem.written(place)
        script = Script(parameters.find(resolve(str(path), place)), most)
        with ModelServer(script) as server:
            tracepy.optimize(
                path, cwd=place, optimizer=optimizer, model=(MODEL,), api_base=server.url, fresh=True, **{**problem.options, **options},
            )  # fmt: skip
            return list(server.asked)


def iterations(asked: Sequence[Body]) -> list[list[Body]]:
    """Requests by iteration: those that lead to one candidate together.

    TextGrad's are its questions for criticism and those for new values; of all others each request
    is one, but for those that tell a model what is wrong with its answer.
    """
    found: list[list[Body]] = []
    before = ""
    for body in asked:
        last = str(body["messages"][-1]["content"])
        first = str(body["messages"][0]["content"])
        kind = (
            "update" if "update step" in first else "backward" if "backward pass" in first else ""
        )
        begins = kind == "" or (kind == "backward" and before != "backward")
        if begins and (len(body["messages"]) == 2 or not found):
            found.append([])
        if not found:
            raise ValueError(f"a conversation begins in its middle: {last[:80]!r}")
        found[-1].append(body)
        before = kind
    return found
