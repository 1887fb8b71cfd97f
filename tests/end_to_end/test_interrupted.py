"""A run that is cut short keeps the best so far."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = (
    "RATE = 1  # tracepy: train in [0, 1000000]\n\n\ndef cost():\n    return abs(RATE - 777_777)\n"
)
JUDGE = "import shop\n\ndef score():\n    return shop.cost() + 1\n"


def start(project: Path) -> "subprocess.Popen[str]":
    (project / "shop.py").write_text(MODULE)
    (project / "judge.py").write_text(JUDGE)
    arguments = ["optimize", "shop.py", "--objective", "judge:score", "--minimize", "--goal", "0"]
    return subprocess.Popen(
        [sys.executable, "-m", "tracepy", *arguments, "--time", "100s"],
        cwd=project,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def until_better(process: "subprocess.Popen[str]") -> None:
    """Until the progress tells of a better score."""
    assert process.stderr is not None
    for line in process.stderr:
        if "was 777777" in line:
            return
    raise AssertionError("the run ended before anything better was found")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_shows_and_keeps_the_best_so_far(
    project: Path, tracepy, number: signal.Signals
) -> None:
    process = start(project)
    until_better(process)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert "-RATE = 1 " in stdout
    assert (project / "shop.py").read_text() == MODULE
    assert "-RATE = 1 " in tracepy("diff", "last").stdout


def test_a_killed_run_leaves_its_best_in_the_store(project: Path, tracepy) -> None:
    process = start(project)
    until_better(process)
    process.kill()
    process.communicate(timeout=60)
    assert (project / "shop.py").read_text() == MODULE
    assert "interrupted" in tracepy("runs").stdout
    assert tracepy("apply", "last").returncode == 0
    assert (project / "shop.py").read_text() != MODULE
    assert tracepy("revert", "last").returncode == 0
    assert (project / "shop.py").read_text() == MODULE
