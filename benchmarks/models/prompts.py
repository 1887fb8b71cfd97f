"""Seconds to build a prompt, by the number of events: each in a process of its own.

python -m benchmarks.models.prompts SHAPE EVENTS
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.models.counting import count
from benchmarks.models.running import folder

SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
BUDGET = 8_000
"""Tokens that the prompt may have."""
_HEAD = """\
RATE = 0.1  # tracepy: train
"""
SHAPES = {
    "a loop with calls": (
        _HEAD
        + """

def step(x, i):  # tracepy: train
    if i % 3 == 0:
        return x + RATE
    return x * 0.99


def judged():
    x = 1.0
    for i in range(EVENTS // 7):
        x = step(x, i)
    return x
"""
    ),
    "lists": (
        _HEAD
        + """

def judged():
    items = []
    for i in range(EVENTS // 5):
        items.append(i * RATE)
    total = 0.0
    for item in items:
        total += item
    return total
"""
    ),
    "recursion": (
        _HEAD
        + """

def down(n):
    if n == 0:
        return RATE
    return down(n - 1) + n


def judged():
    return down(EVENTS // 4)
"""
    ),
}


def measure(shape: str, events: int) -> dict[str, Any]:
    """Record a program of that shape, and build the prompt of its graph, twice over."""
    import numpy  # noqa: F401  # some 0.1 s, once in a run

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(2_000_000)
    try:
        _built("lists", 50)  # what is imported and read once
        return _built(shape, events)
    finally:
        sys.setrecursionlimit(limit)


def _built(shape: str, events: int) -> dict[str, Any]:
    from tests.tracepy.prompting import task_of, verdict
    from tracepy.hook import install
    from tracepy.optimizers.generative.prompt import render, view
    from tracepy.recorder import record

    with folder() as place:
        text = SHAPES[shape].replace("EVENTS", str(events))
        task = task_of(place, text)
        sys.path.insert(0, str(place))
        importlib.invalidate_caches()
        sys.modules.pop("sample", None)
        with install("sample"):
            program = importlib.import_module("sample")
        with record(events=100_000_000) as trace:
            program.judged()
        sys.path.remove(str(place))
        del sys.modules["sample"]
        graph = trace.graph()
        plain = verdict(0.0, "The output should be larger.")

        def prompt(**about: Any) -> tuple[float, str]:
            start = perf_counter()
            evaluation = verdict(0.0, plain.feedback) if "text" not in about else about["text"]
            shown = view(task, {}, evaluation, graph=about.get("graph"))
            made = render(shown, budget=BUDGET, count=count)
            return perf_counter() - start, made

        memory, made = prompt(graph=graph)
        from dataclasses import replace

        saved, same = prompt(text=replace(plain, graph=graph.to_json()))
        assert same == made
        return {
            "events": trace.events, "nodes": len(graph.nodes), "in memory": memory,
            "from JSON": saved, "tokens": count(made),
        }  # fmt: skip


def rows(quick: bool, rounds: int = 1) -> list[dict[str, Any]]:
    """A row for each shape and size; the median of the rounds."""
    table = []
    for shape in SHAPES:
        for size in SIZES[:3] if quick else SIZES:
            if shape == "recursion" and size > 100_000:
                continue  # the interpreter's own stack ends
            print(f"prompts: {shape}, {size}", file=sys.stderr, flush=True)
            runs = [_child(shape, size) for _ in range(1 if quick else rounds)]
            row: dict[str, Any] = {"shape": shape}
            for key, value in runs[0].items():
                row[key] = median(run[key] for run in runs) if isinstance(value, float) else value
            table.append(row)
    return table


def told() -> str:
    """What the columns are."""
    return (
        f"seconds, each in a process of its own: view and render, {BUDGET:,} tokens allowed (o200k); "
        "from JSON: the graph is read from its text first, as it comes from a worker. Workers keep "
        "300,000 events at most; a program that is asked about again is viewed once"
    )


def _child(shape: str, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.models.prompts", shape, str(size)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
