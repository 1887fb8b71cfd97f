"""One run of `benchmarks.models.overhead`, in a process of its own: prints JSON.

python -m benchmarks.models.overhead_child MODE ITERATIONS URL TARGET
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from time import perf_counter, process_time
from typing import Any

from benchmarks.models.overhead import _json
from tracepy.llm.records import Answer, Request
from tracepy.llm.tokens import Counter

PARTS = ("evaluation", "prompt", "answer", "store", "client")


class Clocks:
    """Seconds spent in named parts; what a part calls of another is the other's."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = 0.0

    def _turn(self) -> None:
        now = perf_counter()
        if self._open:
            self.spent[self._open[-1]] += now - self._since
        self._since = now

    @contextmanager
    def part(self, name: str) -> Any:
        """Until it is left, time is that part's."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def watch(self, owner: Any, method: str, name: str) -> None:
        """Count the time of a method."""
        plain = getattr(owner, method)

        def timed(*args: Any, **options: Any) -> Any:
            with self.part(name):
                return plain(*args, **options)

        setattr(owner, method, timed)


class Instant:
    """A model in this process that answers at once."""

    window = 100_000
    sees = calls_tools = False

    def __init__(self) -> None:
        self.count: Callable[[str], int] = Counter("o200k_base")
        self._number = 0

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """See `Model`."""
        return [self._answer() for _ in requests]

    def _answer(self) -> Answer:
        self._number += 1
        return Answer(_json(self._number), number=self._number)

    def reward(self, number: int, value: float) -> None:
        """See `OpenModel`."""

    def close(self) -> None:
        """See `OpenModel`."""


def mebibytes() -> float:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def watched(clocks: Clocks) -> None:
    """Have the parts of an iteration counted."""
    from tracepy.evaluation import Judge
    from tracepy.llm.asking import Asked
    from tracepy.optimizers.generative import base
    from tracepy.session.ledger import Ledger
    from tracepy.store import Store

    clocks.watch(Judge, "evaluate", "evaluation")
    clocks.watch(base.Generative, "problem", "prompt")
    clocks.watch(base, "converse", "answer")
    clocks.watch(Asked, "ask", "client")
    clocks.watch(Ledger, "observe", "store")
    for name, method in vars(Store).items():
        if callable(method) and not name.startswith("_") and name not in ("open", "close"):
            if isinstance(method, (classmethod, staticmethod)):
                continue
            clocks.watch(Store, name, "store")


def main(mode: str, number: int, url: str, target: str) -> dict[str, Any]:
    """Run so many iterations; how long each took, and where the time went."""
    import tracepy
    from tracepy import llm
    from tracepy.optimizers.generative.base import Generative

    clocks, starts, memory = Clocks(), list[float](), list[float]()
    busy, judging = list[float](), list[float]()
    watched(clocks)
    propose = Generative.propose

    def proposing(self: Any, state: Any) -> Any:
        if len(starts) == 1:  # the first iteration waits for what is imported
            clocks.spent.clear()
        starts.append(perf_counter())
        judging.append(clocks.spent["evaluation"])
        busy.append(process_time())
        if len(starts) % max(1, number // 10) == 0:
            memory.append(mebibytes())
        return propose(self, state)

    Generative.propose = proposing  # type: ignore[method-assign]
    if mode == "in process":
        llm.open = lambda *_, **__: Instant()  # type: ignore[assignment]
        llm.preload = lambda _: None  # litellm is not asked, nor imported
    tracepy.optimize(
        target, cwd=Path(target).parent, optimizer="optoprime", model=("openai/gpt-4o-mini",),
        api_base=url, iterations=number, evaluations=10 * number, goal=1.0, fresh=True,
    )  # fmt: skip
    times, spent, judged = (_between(each[1:]) for each in (starts, busy, judging))
    beyond = [whole - part for whole, part in zip(times, judged, strict=True)]
    parts = {name: 1000 * clocks.spent[name] / len(times) for name in PARTS}
    return {
        "iterations": times, **parts, "rest": 1000 * fmean(times) - sum(parts.values()),
        "beyond": 1000 * fmean(beyond), "beyond, last of first": last_of_first(beyond),
        "CPU": 1000 * fmean(spent), "CPU, last of first": last_of_first(spent),
        "MiB": memory[0], "MiB at the end": memory[-1],
    }  # fmt: skip


def _between(readings: Sequence[float]) -> list[float]:
    return [after - before for before, after in pairwise(readings)]


def last_of_first(values: Sequence[float]) -> float:
    """The mean of the last tenth over that of the first."""
    tenth = max(1, len(values) // 10)
    return fmean(values[-tenth:]) / fmean(values[:tenth])


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])))
