"""Tokens of the first iteration's prompts by domain and optimizer, and iterations at equal tokens."""

from __future__ import annotations

import math
import sys
from itertools import accumulate
from typing import Any

import tracepy
from benchmarks.models.counting import sent
from benchmarks.models.problems import PROBLEMS, Problem
from benchmarks.models.running import bodies, folder, iterations
from tracepy.errors import BaselineError

WAYS: dict[str, dict[str, Any]] = {
    "opro": {"optimizer": "opro"},
    "optoprime": {"optimizer": "optoprime"},
    "optoprime masked": {"optimizer": "optoprime", "mask_trace": True},
    "textgrad": {"optimizer": "textgrad"},
    "hybrid": {"optimizer": "hybrid"},
}
# Evaluations that hybrid spends on search before it asks first, and between its questions.
_SEARCH, _BETWEEN = 32, 16
_UNIT = "optoprime"
_MANY = 40  # more iterations than the tokens of one of optoprime pay for


def costs(problem: Problem, way: str, number: int, most: float = math.inf) -> list[int]:
    """Tokens sent in each of the first iterations of a run.

    Args:
        problem: What is improved.
        way: One of `WAYS`.
        number: Iterations at most.
        most: Tokens sent in all, about.
    """
    options = dict(WAYS[way])
    if way == "hybrid":
        options["evaluations"] = 4 * _SEARCH + number * (_BETWEEN + 2)
    else:
        options["iterations"] = number
    found = iterations(bodies(problem, most=most, **options))
    return [sum(map(sent, one)) for one in found][:number]


def nodes(problem: Problem) -> int:
    """Nodes of the graph that prompts are made of; 0 where the run is too long to have one."""
    with folder() as place:
        path = problem.written(place)
        options = {name: given for name, given in problem.options.items() if name == "timeout"}
        try:
            return len(tracepy.Problem(path, project=place).trace(**options).graph.nodes)
        except BaselineError:
            return 0


def rows(number: int, quick: bool = False) -> list[dict[str, Any]]:
    """A row for each domain.

    Args:
        number: Iterations of optoprime whose tokens all may spend.
        quick: Only domains that are fast, and only first prompts.
    """
    table = []
    for problem in PROBLEMS:
        if quick and problem.example:
            continue
        table.append(_row(problem, 1 if quick else number))
        print(f"tokens: {table[-1]}", file=sys.stderr, flush=True)
    return table


def _row(problem: Problem, number: int) -> dict[str, Any]:
    row: dict[str, Any] = {"domain": problem.name}
    if not problem.runs:
        return row | dict.fromkeys(WAYS, f"not run: no {problem.needs}")
    unit = costs(problem, _UNIT, number)
    row["nodes"] = nodes(problem) or "no graph"
    row |= {way: unit[0] if way == _UNIT else "" for way in WAYS}
    total = sum(unit)
    row |= {f"{way}, iterations": len(unit) if way == _UNIT else "" for way in WAYS}
    for way in WAYS:
        if way == _UNIT:
            continue
        many = 1 if number == 1 else number if way == "hybrid" else _MANY * number
        spent = costs(problem, way, many, total)
        row[way] = spent[0]
        if number > 1:
            row[f"{way}, iterations"] = sum(done <= total for done in accumulate(spent))
    row["opro's share"] = row["opro"] / row[_UNIT]
    return row


def told(number: int) -> str:
    """What the columns are."""
    return (
        "nodes: of the graph that is shown; tokens (o200k) of all that is sent for the first candidate of a model: messages, and the "
        "tools that hybrid offers; textgrad's calls together. Iterations: how many candidates "
        f"each gets for the tokens sent in {number} iterations of optoprime, answers scripted "
        "(each is new, changes one parameter, wins or loses by chance), their tokens not counted"
    )
