"""The tables: a line for each bug, and one for each kind of bug or source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from benchmarks.search.trying import Trial


def row(trial: Trial) -> dict[str, Any]:
    """A line of the table."""
    return {
        "bug": trial.bug,
        "source": trial.source,
        "pattern": trial.pattern,
        "repaired": ("as it was" if trial.same else "yes") if trial.repaired else trial.error or "no",
        "held out": "-" if trial.holds is None else "passes" if trial.holds else "fails",
        "evaluations": trial.evaluations,
        "seconds": round(trial.seconds, 1),
        "place": trial.place or "-",
        "rank": trial.rank or "-",
    }  # fmt: skip


def totals(trials: Sequence[Trial], key: Callable[[Trial], str]) -> list[dict[str, Any]]:
    """A line for each group, and one for all."""
    groups: defaultdict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        groups[key(trial)].append(trial)
    lines = [_total(name, some) for name, some in sorted(groups.items())]
    return [*lines, _total("all", trials)] if trials else []


def _total(name: str, trials: Sequence[Trial]) -> dict[str, Any]:
    repaired = [trial for trial in trials if trial.repaired]
    judged = [trial for trial in repaired if trial.holds is not None]
    ranks = [trial.rank for trial in trials if trial.rank]
    return {
        "": name,
        "bugs": len(trials),
        "repaired": len(repaired),
        "share": f"{len(repaired) / len(trials):.0%}",
        "as it was": sum(trial.same for trial in repaired),
        "judged on held-out tests": len(judged),
        "pass them": sum(trial.holds is True for trial in judged),
        "median evaluations": median(trial.evaluations for trial in trials),
        "median s": round(median(trial.seconds for trial in trials), 1),
        "median s of repairs": round(median(t.seconds for t in repaired), 1) if repaired else "-",
        "in queue": len(ranks),
        "median rank": median(ranks) if ranks else "-",
    }
