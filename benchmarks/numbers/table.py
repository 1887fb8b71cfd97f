"""From runs to tables: medians, ranks, and how often `search` is at least as good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

OURS = "search"
# Below this share of the start's regret, two answers are the same: six digits are written.
_SAME = 1e-6
_BEST = "the best of them"


@dataclass(frozen=True)
class Run:
    """One method on one instance: the regret of the best so far after each evaluation."""

    problem: str
    method: str
    seed: int
    regrets: tuple[float, ...]

    def at(self, evaluations: int) -> float:
        """The regret after so many, as a share of the start's, and nothing below `_SAME`."""
        if not self.regrets[0]:
            return _SAME
        last = self.regrets[min(evaluations, len(self.regrets)) - 1]
        return max(last / self.regrets[0], _SAME)


def medians(runs: Sequence[Run], budgets: Mapping[str, tuple[int, ...]]) -> list[dict[str, Any]]:
    """A row for each problem and number of evaluations: each method's median regret."""
    methods = list(dict.fromkeys(run.method for run in runs))
    rows = []
    for problem, numbers in budgets.items():
        for number in numbers:
            row: dict[str, Any] = {"problem": problem, "evaluations": number}
            for method in methods:
                row[method] = median(
                    run.at(number) for run in runs if (run.problem, run.method) == (problem, method)
                )
            rows.append(row)
    return rows


def standings(
    runs: Sequence[Run], budgets: Mapping[str, tuple[int, ...]], label: str
) -> list[dict[str, Any]]:
    """A row for each method: its mean rank, and how often `search` is at least as good.

    That is counted over instances (problem, evaluations, seed), and over the medians. The last
    row holds `search` against whichever other method is the best on each, which nobody knows
    beforehand.
    """
    values: dict[tuple[str, int, int], dict[str, float]] = defaultdict(dict)
    for run in runs:
        for number in budgets[run.problem]:
            values[run.problem, number, run.seed][run.method] = run.at(number)
    middles = [
        {name: value for name, value in row.items() if name not in ("problem", "evaluations")}
        for row in medians(runs, budgets)
    ]
    rows: list[dict[str, Any]] = []
    for method in [*dict.fromkeys(run.method for run in runs), _BEST]:
        row: dict[str, Any] = {"problems": label, "method": method, "mean rank": ""}
        if method != _BEST:
            row["mean rank"] = fmean(_rank(found, method) for found in values.values())
        if method != OURS:
            row["search at least as good"] = _held(list(values.values()), method)
            row["by medians"] = _held(middles, method)
        rows.append(row)
    return rows


def _held(found: Sequence[Mapping[str, float]], method: str) -> str:
    """In how many of them `search` is at least as good as a method."""
    held = 0
    for values in found:
        others = [value for name, value in values.items() if name != OURS]
        held += values[OURS] <= (min(others) if method == _BEST else values[method])
    return f"{held} of {len(found)}"


def _rank(found: Mapping[str, float], method: str) -> float:
    """1 for the best; equal ones share the mean of their ranks."""
    less = sum(value < found[method] for value in found.values())
    same = sum(value == found[method] for value in found.values())
    return 1 + less + (same - 1) / 2
