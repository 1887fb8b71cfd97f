"""Evaluations per second, all contenders in turn, again and again."""

from __future__ import annotations

import contextlib
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.evaluations import processes
from benchmarks.evaluations.contenders import Contender, Failed, Running, running

# They start a fresh interpreter for each candidate, or for all of them.
_NOTHING_WAITS = ("gepa", "pytest_process", "mutmut")


@dataclass
class Entry:
    """A contender in the race."""

    contender: Contender
    child: Running
    count: int = 1
    judged: int = 0
    memory: float = 0.0
    cpu: float = 0.0
    rates: list[float] = field(default_factory=list)

    def judge(self, count: int) -> float:
        """Evaluations per second of candidates that it has not seen."""
        number, seconds = self.child.judge(self.judged, count)
        self.judged += count
        return number / seconds

    def turn(self) -> None:
        """Judge for the table."""
        pid = self.child.process.pid
        before = processes.cpu(pid)
        self.rates.append(self.judge(self.count))
        self.cpu += processes.cpu(pid) - before

    def warm_up(self, seconds: float) -> None:
        """Find out how many it judges in a turn of so many seconds."""
        workers = self.contender.workers
        rate = self.judge(4 * workers)
        self.count = max(int(rate * seconds), 2 * workers)
        if self.contender.way in _NOTHING_WAITS:
            return
        pid = self.child.process.pid
        family = processes.below(pid)
        self.memory = max(map(processes.memory, family or [pid]))


def rows(chosen: Sequence[Contender], rounds: int, seconds: float) -> list[dict[str, Any]]:
    """A row for each contender; those that do not run say why.

    Args:
        rounds: How often each has its turn.
        seconds: How long a turn is, about.
    """
    failed: dict[Contender, str] = {}
    with contextlib.ExitStack() as stack:
        entries: dict[Contender, Entry] = {}
        for one in chosen:
            try:
                child = stack.enter_context(running(one.way, one.workers, *one.options))
                entry = Entry(one, child)
                entry.warm_up(seconds)
                entries[one] = entry
            except Failed as error:
                failed[one] = str(error)
                print(f"{one.what}, {one.workers}: {error}", file=sys.stderr)
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            for one in list(entries):
                try:
                    entries[one].turn()
                except Failed as error:
                    failed[one] = str(error)
                    del entries[one]
        found = list(entries.values())
    table = {entry.contender: _row(entry, found) for entry in found}
    return [table.get(one) or _said(one, failed[one]) for one in chosen]


def _row(entry: Entry, entries: Sequence[Entry]) -> dict[str, Any]:
    one = entry.contender
    rounds = len(entry.rates)
    row = {
        "what": one.what,
        "isolated": one.isolated,
        "workers": one.workers,
        "per second": statistics.median(entry.rates),
        "least": min(entry.rates),
        "most": max(entry.rates),
        "of bare": "",
        "CPU ms": "" if one.way == "mutmut" else entry.cpu / (rounds * entry.count) * 1e3,
        "asked": one.asked or "",
        "MiB": entry.memory or "",
    }
    for other in entries:
        bare = other.contender
        if (bare.way, bare.workers, bare.options) == (one.beside, one.workers, ()):
            # Of each round by itself: what slows the machine down slows down both.
            ratios = [a / b for a, b in zip(entry.rates, other.rates, strict=True)]
            row["of bare"] = statistics.median(ratios)
    return row


def _said(one: Contender, why: str) -> dict[str, Any]:
    return {"what": one.what, "isolated": one.isolated, "workers": one.workers, "per second": why}
