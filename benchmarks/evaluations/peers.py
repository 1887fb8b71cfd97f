"""Other tools' ways to judge a candidate. Each runs in an environment that has that tool."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.evaluations import cases
from benchmarks.evaluations.bare import Evaluate

REQUIREMENTS = {"openevolve": "openevolve==0.4.0", "gepa": "gepa==0.1.4", "mutmut": "mutmut==3.8.1"}
"""What is installed for each, apart from each other."""
# As in its examples: the evaluator imports the candidate by its path and calls it.
EVALUATOR = f"""import importlib.util


def evaluate(path):
    spec = importlib.util.spec_from_file_location("candidate", path)
    shop = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shop)
    return {{"combined_score": sum(shop.price(100, 0.2, n) for n in range({cases.CALLS}))}}
"""

_evaluator: Any = None


def _ready() -> None:
    """What OpenEvolve does in a worker's process before its first candidate."""
    global _evaluator
    from openevolve.config import EvaluatorConfig
    from openevolve.evaluator import Evaluator

    config = EvaluatorConfig(cascade_evaluation=False, max_retries=0, timeout=10)
    _evaluator = Evaluator(config, "evaluator.py")


def _openevolved(text: str) -> float:
    return float(asyncio.run(_evaluator.evaluate_program(text))["combined_score"])


@contextlib.contextmanager
def openevolve(workers: int) -> Iterator[Evaluate]:
    """Its evaluator in a pool of its workers' processes, without its database and its prompts."""
    from concurrent.futures import ProcessPoolExecutor

    Path("evaluator.py").write_text(EVALUATOR)
    with ProcessPoolExecutor(workers, initializer=_ready) as executor:
        yield lambda texts: list(executor.map(_openevolved, texts))


@contextlib.contextmanager
def gepa(workers: int) -> Iterator[Evaluate]:
    """`execute_code` in its subprocess mode, which is what it has for code that is not trusted."""
    from concurrent.futures import ThreadPoolExecutor

    from gepa.utils.code_execution import ExecutionMode, execute_code

    calls = f"\nscore = sum(price(100, 0.2, n) for n in range({cases.CALLS}))\n"

    def one(text: str) -> float | None:
        mode = ExecutionMode.SUBPROCESS
        done = execute_code(text + calls, timeout=10, mode=mode, capture_variables=["score"])
        found: float | None = done.variables.get("score")
        return found

    with ThreadPoolExecutor(workers) as threads:
        yield lambda texts: list(threads.map(one, texts))


@contextlib.contextmanager
def mutmut(workers: int) -> Iterator[Callable[[Any], dict[str, Any]]]:
    """`mutmut run`: its own mutants of the module, as many as there are, by its own clock."""
    command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", str(workers)]

    def answer(_: Any) -> dict[str, Any]:
        shutil.rmtree("mutants", ignore_errors=True)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rate = re.search(r"([\d.]+) mutations/second", done.stdout)
        tried = re.findall(r"(\d+)/\1 .*?🫥 (\d+)", done.stdout)
        if not rate or not tried:
            raise RuntimeError(f"no rate in what it says: {done.stdout[-80:]!r}")
        every, untested = map(int, tried[-1])
        number = every - untested
        return {"evaluations": number, "seconds": number / float(rate[1])}

    yield answer
