"""How long after its time the verdict on a candidate that never ends is there."""

from __future__ import annotations

import contextlib
import statistics
from collections import Counter
from typing import Any

from benchmarks.evaluations.contenders import running
from benchmarks.evaluations.ours import ENDLESS

ASKED = 20  # ms
# Filling 1 GB takes a while, and what is measured is the end of one that holds it.
_TIMEOUTS = {kind: 2.0 if "GB" in kind else 0.2 for kind in ENDLESS}


def rows(times: int) -> list[dict[str, Any]]:
    """A row for each kind, beside a bare fork that is killed at that time. Raises Failed."""
    answers: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ENDLESS}
    with contextlib.ExitStack() as stack:
        ready = {
            timeout: stack.enter_context(running("overshoot", 1, str(timeout)))
            for timeout in set(_TIMEOUTS.values())
        }
        for _ in range(times):
            for kind, found in answers.items():
                found.append(ready[_TIMEOUTS[kind]].request(kind=kind))
    return [_row(kind, found) for kind, found in answers.items()]


def _row(kind: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    ours = [answer["over"] * 1e3 for answer in found]
    bare = [answer["bare"] * 1e3 for answer in found]
    statuses = Counter(answer["status"] for answer in found)
    return {
        "candidate": kind,
        "timeout, s": _TIMEOUTS[kind],
        "median, ms": statistics.median(ours),
        "worst, ms": max(ours),
        "asked, ms": ASKED,
        "bare fork, ms": statistics.median(bare),
        "its worst, ms": max(bare),
        "held, MiB": min(answer["memory"] for answer in found) / 2**20,
        "verdicts": ", ".join(f"{n} {status}" for status, n in statuses.items()),
    }
