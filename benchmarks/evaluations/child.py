"""A contender's process: `child.py WAY WORKERS [OPTION…]`, told on its input what to judge.

Run as a script, so that other tools' environments need nothing of ours.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    # In place of this script's own folder.
    sys.path[0] = str(Path(__file__).parents[2])

from benchmarks.evaluations import cases

WAYS = {
    "tracepy": "ours",
    "overshoot": "ours",
    "fork": "bare",
    "pool": "bare",
    "pytest_fork": "bare",
    "pytest_process": "bare",
    "openevolve": "peers",
    "gepa": "peers",
    "mutmut": "peers",
}
"""Which module each way is in; a process imports no other's."""
# These answer for themselves: what they judge is not `cases.candidate`.
_OWN = ("overshoot", "mutmut")


def expected(text: str, way: str, options: list[str]) -> float:
    """The right score of a candidate."""
    if way.startswith("pytest") or "pytest" in options:
        return 1.0
    return cases.share(text) if "dataset" in options else cases.score(text)


def judged(evaluate: Callable[..., Any], request: Any, right: Callable[[str], float]) -> Any:
    """Candidates from `first` on, `count` of them, each verdict compared with the right one."""
    first, count = request["first"], request["count"]
    texts = [cases.candidate(number) for number in range(first, first + count)]
    start = time.perf_counter()
    found = evaluate(texts)
    seconds = time.perf_counter() - start
    for text, score in zip(texts, found, strict=True):
        if not cases.same(score, right(text)):
            raise RuntimeError(f"a wrong verdict: {score}, not {right(text)}")
    return {"evaluations": count, "seconds": seconds}


def main() -> None:
    """Answer until the standard input ends."""
    way, workers, *options = sys.argv[1:]
    # What a candidate or a tool prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        module = importlib.import_module(f"benchmarks.evaluations.{WAYS[way]}")
        with getattr(module, way)(int(workers), *options) as ready:
            answers.write(json.dumps({"ready": True}) + "\n")
            for line in sys.stdin:
                request = json.loads(line)
                if way in _OWN:
                    answer = ready(request)
                else:
                    answer = judged(ready, request, lambda text: expected(text, way, options))
                answers.write(json.dumps(answer) + "\n")
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        text = f"{type(error).__name__}: {str(error)[:300]} ({where})"
        answers.write(json.dumps({"failed": text}) + "\n")


if __name__ == "__main__":
    main()
