"""Runs that are killed over and over end as if nobody had, and leave nothing behind.

`python -m benchmarks.kills` kills at random moments, and more often.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kills import HOW, after, measured, trial
from benchmarks.kills_projects import PROJECTS
from benchmarks.kills_runs import Runs


@pytest.mark.slow
@pytest.mark.parametrize("name", PROJECTS)
def test_a_run_that_is_killed_again_and_again(name: str, tmp_path: Path) -> None:
    whole = Runs(name, tmp_path / "whole", seed=3)
    whole.whole()
    # Before the first candidate, in mid-search, and near the end.
    waits = zip(map(after, (0, 30, 9, 40)), (*HOW, "main"), strict=True)
    found = trial(whole, Runs(name, tmp_path / "killed", seed=3), waits)
    assert (found.wrong, found.kills) == ([], 4)
    assert found.again <= 4 * 8  # the batch that each kill came into


@pytest.mark.slow
def test_the_benchmark(tmp_path: Path) -> None:
    row = measured("callable", 2, 1, tmp_path)
    assert (row["kills"], row["runs with a difference"]) == (2, 0)
