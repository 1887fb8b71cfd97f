"""tracepy's way to judge: `Judge`, with each objective and each sandbox."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.evaluations.bare import Evaluate

OBJECTIVES: dict[str, dict[str, Any]] = {
    "callable": {"objective": "judge:score"},
    "dataset": {"dataset": "examples.jsonl", "call": "shop:price", "metric": "close"},
    "pytest": {"pytest": ("test_shop.py",)},
}
# As many as a trainer gives to the judge in one call.
BATCH = 8


def judge(objective: str, sandbox: str = "auto", workers: int = 1, timeout: float = 30.0) -> Any:
    """A judge of the project in the current folder."""
    from tracepy.evaluation import Judge
    from tracepy.objective.find import find
    from tracepy.settings import Settings
    from tracepy.target import resolve

    folder = Path.cwd()
    target = resolve("shop.py", folder)
    found = find(target, Settings(**OBJECTIVES[objective]), folder)
    return Judge(target, found, workers=workers, timeout=timeout, sandbox=sandbox)


def jobs(texts: Sequence[str]) -> list[Any]:
    """A job for each text of the program."""
    from tracepy.evaluation import Job

    path = str(Path("shop.py").resolve())
    return [Job({path: text}) for text in texts]


@contextlib.contextmanager
def tracepy(workers: int, objective: str, sandbox: str) -> Iterator[Evaluate]:
    """A judge that has judged the baseline."""
    with judge(objective, sandbox, workers) as ready:
        ready.baseline()

        def evaluate(texts: Sequence[str]) -> list[float | None]:
            found: list[float | None] = []
            for first in range(0, len(texts), BATCH):
                verdicts = ready.evaluate(jobs(texts[first : first + BATCH]))
                found += [verdict.score for verdict in verdicts]
            return found

        yield evaluate


ENDLESS = {
    "while True: pass": "while True:\n        pass",
    "time.sleep(100)": "import time\n    time.sleep(100)",
    "ignores all signals": (
        "import contextlib, signal\n"
        "    for number in signal.valid_signals():\n"
        "        with contextlib.suppress(Exception):\n"
        "            signal.signal(number, signal.SIG_IGN)\n"
        "    while True:\n        pass"
    ),
    "holds 1 GB": "held = b'x' * 2**30\n    while True:\n        pass",
}
"""Bodies of candidates that never come back."""


@contextlib.contextmanager
def overshoot(workers: int, timeout: str) -> Iterator[Callable[[Any], dict[str, Any]]]:
    """How long after its time a candidate's verdict is there, and a bare fork's end."""
    limit = float(timeout)
    with judge("callable", workers=workers, timeout=limit) as ready:
        ready.baseline()

        def answer(request: Any) -> dict[str, Any]:
            text = f"def price(amount, rate, members):\n    {ENDLESS[request['kind']]}\n"
            start = time.perf_counter()
            verdict = ready.evaluate(jobs([text]))[0]
            over = time.perf_counter() - start - limit
            return {
                "over": over,
                "bare": _bare(text, limit),
                "status": verdict.status,
                "memory": verdict.memory,
            }

        yield answer


def _bare(text: str, limit: float) -> float:
    start = time.perf_counter()
    end, held = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            space: dict[str, Any] = {}
            exec(text, space)
            space["price"](100, 0.2, 1)
        finally:
            os._exit(0)
    os.close(held)
    select.select([end], [], [], limit)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(end)
    return time.perf_counter() - start - limit
