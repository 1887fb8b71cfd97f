"""Whether the last candidates of a long run are judged as the first, and what it leaves behind."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from benchmarks.evaluations import processes
from benchmarks.evaluations.contenders import running

BLOCK = 1000
_BESIDE = 300  # bare forks around each block that is compared


def rows(evaluations: int, workers: int = 2) -> list[dict[str, Any]]:
    """A row for the first block, for each tenth's last, and what has grown between them.

    Raises:
        Failed: a candidate was judged wrongly.
    """
    blocks = max(evaluations // BLOCK, 2)
    shown = {0, *(blocks * tenth // 10 - 1 for tenth in range(1, 11))} - {-1}
    found = []
    with running("tracepy", workers, "callable", "auto") as child, running("fork", workers) as bare:
        pid = child.process.pid
        child.judge(0, 8 * workers)
        bare.judge(0, _BESIDE)
        before = processes.state(pid, child.scratch)
        for block in range(blocks):
            if block not in shown:
                child.judge((block + 1) * BLOCK, BLOCK)
                continue
            around = [bare.judge(0, _BESIDE)]
            number, seconds = child.judge((block + 1) * BLOCK, BLOCK)
            around.append(bare.judge(0, _BESIDE))
            forks = sum(n for n, _ in around) / sum(s for _, s in around)
            after = processes.state(pid, child.scratch)
            rate = number / seconds
            which = f"{block * BLOCK + 1}–{(block + 1) * BLOCK}"
            found.append(_row(which, rate, rate / forks, after))
            print(f"{(block + 1) * BLOCK} of {blocks * BLOCK}", file=sys.stderr, flush=True)
    return [_row("before", "", "", before), *found]


def _row(which: str, rate: object, ratio: object, state: processes.State) -> dict[str, Any]:
    names = {"own": "judge MiB", "below": "server MiB", "files": "temporary files"}
    held = {names.get(key, key): value for key, value in asdict(state).items()}
    return {"evaluations": which, "per second": rate, "of bare fork": ratio, **held}


def told(found: list[dict[str, Any]]) -> str:
    """The last block's rate beside the first's, in words."""
    first, last = found[1]["of bare fork"], found[-1]["of bare fork"]
    return (
        f"callable objective, two workers; the last {BLOCK} at {last / first:.2f} of the first's "
        "rate, each by the bare forks beside it"
    )
