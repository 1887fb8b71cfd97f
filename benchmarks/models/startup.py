"""What the first question of a run waits for, with litellm imported meanwhile or only then.

python -m benchmarks.models.startup MODE URL
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

MODES = ("meanwhile", "only then")
PROGRAM = """\
import time

X = 0.0  # tracepy: train


# tracepy: objective
def judged():
    time.sleep({seconds})
    return -abs(X - 3.0)
"""
_ANSWER = '{"reasoning": "", "answer": "", "suggestion": {"program:X": 3.0}}'
_PAIRS = 5
_SECONDS = 120  # that one run may take


def child(mode: str, url: str) -> None:
    """One run of one iteration, in this process; prints when the first question was to be sent.

    Without the import in the background all is as it is with it, but for when litellm is imported
    and the tokenizer read.
    """
    import tracepy
    from tracepy import llm
    from tracepy.llm import client

    ask, asked = client.Client.ask, list[float]()

    def noted(self: Any, *args: Any, **options: Any) -> Any:
        asked.append(perf_counter())
        if mode == MODES[1]:
            client._load()
        return ask(self, *args, **options)

    client.Client.ask = noted  # type: ignore[method-assign]
    if mode == MODES[1]:
        client.loaded = lambda: None
        llm.preload = lambda _: None
    tracepy.optimize(
        "program.py", iterations=1, fresh=True, timeout=60.0, optimizer="optoprime",
        model=(MODEL,), api_base=url,
    )  # fmt: skip
    print(asked[0])


def run(mode: str, seconds: float) -> tuple[float, float]:
    """Seconds from the process's start to the first question, and how long that was held up.

    Raises:
        subprocess.SubprocessError: it failed, or took too long.
    """
    came: list[float] = []

    def answered(*_: Any) -> str:
        came.append(perf_counter())
        return _ANSWER

    with folder() as place, ModelServer(answered) as server:
        (place / "program.py").write_text(PROGRAM.format(seconds=seconds))
        (place / "pyproject.toml").write_text("[tool.tracepy]\n")
        start = perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.models.startup", mode, server.url],
            check=True, cwd=place, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE, text=True, timeout=_SECONDS,
        )  # fmt: skip
    # The clock is the system's: both processes read the same one.
    return came[0] - start, came[0] - float(done.stdout.splitlines()[-1])


def rows(quick: bool) -> list[dict[str, Any]]:
    """A row for each length of the objective; the two ways take turns, so that load hits both."""
    table = []
    for seconds in (0.5,) if quick else (0.0, 1.0, 3.0):
        pairs = []
        for turn in range(1 if quick else _PAIRS):
            print(f"startup: {seconds} s, pair {turn + 1}", file=sys.stderr, flush=True)
            order = MODES if turn % 2 == 0 else MODES[::-1]
            found = {mode: run(mode, seconds) for mode in order}
            pairs.append([found[mode] for mode in MODES])
        row: dict[str, Any] = {"objective, s": seconds, "pairs": len(pairs)}
        for at, mode in enumerate(MODES):
            row[f"question came, {mode}"] = median(pair[at][0] for pair in pairs)
        row["ratio"] = median(early[0] / late[0] for early, late in pairs)
        for at, mode in enumerate(MODES):
            row[f"held up, {mode}"] = median(pair[at][1] for pair in pairs)
        table.append(row)
    return table


def told() -> str:
    """What the columns are."""
    return (
        "seconds, medians of pairs. Question came: from the process's start until the first question reached "
        "the server, litellm imported meanwhile (as it is) or only then; ratio: of a pair. Held up: the part "
        "of it after the question was ready to be sent. The objective sleeps as long as is said"
    )


if __name__ == "__main__":
    child(*sys.argv[1:])
