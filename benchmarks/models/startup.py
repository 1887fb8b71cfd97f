"""When the first question of a run reaches its model, with litellm imported meanwhile or only then.

python -m benchmarks.models.startup MODE URL FOLDER
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.models.running import MODEL, folder
from tests.model_server import ModelServer

MODES = ("meanwhile", "at the first question", "no model")
PROGRAM = """\
import time

X = 0.0  # tracepy: train


# tracepy: objective
def judged():
    time.sleep({seconds})
    return -abs(X - 3.0)
"""
_ANSWER = '{"reasoning": "", "answer": "", "suggestion": {"program:X": 3.0}}'


def child(mode: str, url: str) -> None:
    """One run of one iteration, in this process."""
    import tracepy
    from tracepy import llm
    from tracepy.llm import client

    if mode == MODES[1]:
        ask = client.Client.ask

        def late(self: Any, *args: Any, **options: Any) -> Any:
            client._load()
            return ask(self, *args, **options)

        client.Client.ask = late  # type: ignore[method-assign]
        client.loaded = lambda: None
        llm.preload = lambda _: None
    asks = {"optimizer": "optoprime", "model": (MODEL,), "api_base": url}
    options = asks if mode != MODES[2] else {"optimizer": "search"}
    tracepy.optimize("program.py", iterations=1, fresh=True, timeout=60.0, **options)


def _run(mode: str, seconds: float) -> tuple[float, float]:
    """Seconds from the process's start to the first question, and to its end."""
    came: list[float] = []

    def answered(*_: Any) -> str:
        came.append(perf_counter())
        return _ANSWER

    with folder() as place, ModelServer(answered) as server:
        (place / "program.py").write_text(PROGRAM.format(seconds=seconds))
        (place / "pyproject.toml").write_text("[tool.tracepy]\n")
        start = perf_counter()
        subprocess.run(
            [sys.executable, "-m", "benchmarks.models.startup", mode, server.url],
            check=True, cwd=place, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        end = perf_counter() - start
    return (came[0] - start if came else float("nan"), end)


def rows(quick: bool, rounds: int = 2) -> list[dict[str, Any]]:
    """A row for each length of the objective; modes take turns."""
    table = []
    for seconds in (0.5,) if quick else (0.0, 2.0):
        found: dict[str, list[tuple[float, float]]] = {mode: [] for mode in MODES}
        for _ in range(1 if quick else rounds):
            for mode in MODES:
                found[mode].append(_run(mode, seconds))
        row: dict[str, Any] = {"objective, s": seconds}
        for mode in MODES[:2]:
            row[f"first question, {mode}"] = median(first for first, _ in found[mode])
        for mode in MODES:
            row[f"run, {mode}"] = median(end for _, end in found[mode])
        hidden = median(
            late[0] - early[0] for early, late in zip(found[MODES[0]], found[MODES[1]], strict=True)
        )
        row["hidden"] = hidden
        table.append(row)
    return table


def told() -> str:
    """What the columns are."""
    return (
        "seconds from the start of the process, median of two; the objective sleeps as long as is said; "
        "hidden: median difference, round by round, of when the first question came"
    )


if __name__ == "__main__":
    child(*sys.argv[1:])
