"""Numerical optimization (paper, section 5.1): the input of a random computation, from its output.

The start is -1.0; a step is one evaluation. What is measured is |y - y*|.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.numbers.paper import numerical, program
from benchmarks.paper import ours
from benchmarks.paper.domain import Asked, Domain, Found, Method
from tests import solving

_START = -1.0
_RATE = 0.1  # Adam's, as in the paper


def _ours(asked: Asked, **options: Any) -> Found:
    with ours.folder() as place:
        ours.project(place, {"graph.py": program(asked.seed)})
        given = {"goal": 0.0, **ours.bounds(asked, options["optimizer"]), **options}
        ran = ours.optimized(asked, place / "graph.py", solving.number, **given)
    return ours.found(ran, asked.steps, abs)


def _adam(asked: Asked) -> Found:
    """Adam on |y - y*|, by PyTorch's differentiation."""
    import torch

    steps, goal = numerical(asked.seed)
    x = torch.tensor(_START, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([x], lr=_RATE)
    last: list[float | None] = []
    for _ in range(asked.steps + 1):
        values: list[Any] = [x]
        for operation, first, constant, second in steps:
            left, right = values[first], values[second] if constant is None else constant
            values.append(_applied(operation, left, right))
        loss = abs(values[-1] - goal)
        last.append(float(loss))
        optimizer.zero_grad()
        if loss.requires_grad:
            loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
        optimizer.step()
    return Found({"last": last, "best": ours.best(last)})


def _applied(operation: str, left: Any, right: Any) -> Any:
    match operation:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right if right != 0 else left


DOMAIN = Domain(
    name="numerical",
    title="Numerical optimization: |y - y*|",
    methods={
        "adam": Method(_adam, packages=("torch",)),
        "search": Method(partial(_ours, optimizer="search")),
        **{
            name: Method(partial(_ours, **options), asks=True, packages=("litellm",))
            for name, options in ours.WAYS.items()
            if name != "optoprime scalar"
        },
    },
    seeds=tuple(range(30)),
    steps=10,
    quick=(6, 10),
    curves={"last": "last iterate", "best": "best so far"},
    at=(0, 1, 2, 5, 10),
    published={
        "adam": {0: 5.80, 1: 2.88, 2: 1.83, 5: 0.82, 10: 0.38},
        "optoprime no memory": {0: 4.74, 1: 2.15, 2: 1.41, 5: 0.73, 10: 0.73},
        "optoprime masked": {0: 10.27, 1: 4.43, 2: 4.35, 5: 2.67, 10: 1.34},
    },
    requirements=("torch==2.13.0",),
    log=True,
    note="The paper's problems are drawn by the same rules, and are not these one by one; its "
    "starts differ between methods, although all begin at -1. Its Trace had no memory here.",
)
