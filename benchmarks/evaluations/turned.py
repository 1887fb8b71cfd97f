"""Candidates that fail the first test: told by a loaded program, and from the beginning."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.evaluations.ours import BATCH

FUNCTIONS = 20
BROKEN = 7
WAYS = {"a loaded program": True, "from the beginning": False}
_WARM = 64  # candidates: by then the program is loaded


def write(folder: Path) -> str:
    """A project of small functions, one of them wrong, with a test each; the program's text."""
    text = "\n\n".join(
        f"def price{i}(count):\n    total = count + {i}\n    return total * 2\n"
        for i in range(FUNCTIONS)
    )
    wanted = [f"{'1 + ' if i == BROKEN else ''}(3 + {i}) * 2" for i in range(FUNCTIONS)]
    tests = "".join(
        f"\n\ndef test_{i}():\n    assert shop.price{i}(3) == {right}\n"
        for i, right in enumerate(wanted)
    )
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_text(text)
    (folder / "test_shop.py").write_text(f"import shop\n{tests}")
    return text


def rows(rounds: int, seconds: float) -> list[dict[str, Any]]:
    """A row for each way and number of workers, which take turns.

    Args:
        rounds: How often each has its turn.
        seconds: How long a turn is, about.
    """
    here = Path.cwd()
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        text = write(folder)
        os.chdir(folder)
        try:
            for workers in (1, 2):
                found += _raced(folder, text, workers, rounds, seconds)
        finally:
            os.chdir(here)
    return found


def _raced(
    folder: Path, text: str, workers: int, rounds: int, seconds: float
) -> list[dict[str, Any]]:
    from tracepy.evaluation import Job, Judge
    from tracepy.objective.find import pytest_objective
    from tracepy.settings import Settings
    from tracepy.target import resolve

    objective = pytest_objective(("test_shop.py",), Settings(), folder)
    target = resolve("shop.py", folder)
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    judges = {way: Judge(target, objective, workers=workers) for way in WAYS}
    numbers = iter(range(1, 10**9))
    try:
        for way, sieved in WAYS.items():
            if not sieved:
                judges[way]._sieve = None
            judges[way].baseline()
        baseline = judges["from the beginning"].baseline()
        failing = tuple(case.name for case in baseline.cases if not case.score)

        def judged(way: str, most: int, until: float) -> int:
            done = 0
            while done < most and time.perf_counter() < until:
                texts = [
                    text.replace(f"count + {BROKEN}\n", f"count + {BROKEN} + 2 * {next(numbers)}\n")
                    for _ in range(BATCH)
                ]
                jobs = [
                    Job({str(folder / "shop.py"): one}, first=failing, beat=baseline.score)
                    for one in texts
                ]
                verdicts = judges[way].evaluate(jobs)
                if any(verdict.complete or verdict.score for verdict in verdicts):
                    raise RuntimeError(f"a verdict that cannot be: {verdicts}")
                done += len(verdicts)
            return done

        for way in WAYS:
            judged(way, _WARM, float("inf"))
        for _ in range(rounds):
            for way in WAYS:
                start = time.perf_counter()
                count = judged(way, 10**9, start + seconds)
                rates[way].append(count / (time.perf_counter() - start))
    finally:
        for judge in judges.values():
            judge.close()
    anew = rates["from the beginning"]
    return [
        {
            "what": way,
            "workers": workers,
            "per second": statistics.median(found),
            "least": min(found),
            "most": max(found),
            "times": statistics.median(a / b for a, b in zip(found, anew, strict=True)),
        }
        for way, found in rates.items()
    ]
