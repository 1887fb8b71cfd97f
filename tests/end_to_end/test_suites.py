"""Real packages' own tests, with the package instrumented: the two quickest suites."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
UNAVAILABLE = 3


@pytest.mark.slow
@pytest.mark.parametrize("package", ["toolz", "boltons"])
def test_every_outcome_is_the_same(package: str, tmp_path: Path) -> None:
    """Nothing recorded the first time, everything the second."""
    command = [sys.executable, "-m", "benchmarks.suites", package, "--no-json"]
    command += ["--folder", str(tmp_path)]
    for more in ([], ["--recorded", "--events", "50000"]):
        done = subprocess.run(
            [*command, *more], cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False
        )
        if done.returncode == UNAVAILABLE:
            pytest.skip(f"no {package} to be had: {done.stdout[-500:]}")
        assert done.returncode == 0, done.stdout + done.stderr
