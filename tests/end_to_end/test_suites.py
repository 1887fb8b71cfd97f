"""Real packages' own tests, with the package instrumented: the two quickest suites."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
UNAVAILABLE = 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "options"),
    [("toolz", []), ("boltons", ["--recorded", "--events", "50000"])],
    ids=["toolz", "boltons, recorded"],
)
def test_every_outcome_is_the_same(package: str, options: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.suites", package, "--no-json", *options]
    command += ["--folder", str(tmp_path)]
    done = subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode == UNAVAILABLE:
        pytest.skip(f"no {package} to be had: {done.stdout[-500:]}")
    assert done.returncode == 0, done.stdout + done.stderr
