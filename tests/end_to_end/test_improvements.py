"""The kinds of real input improve, through the command (slow: some install packages)."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
pytestmark = pytest.mark.slow


def optimize(folder: Path, target: str, *options: str) -> dict[str, object]:
    command = [sys.executable, "-m", "tracepy", "optimize", target, "--json", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("slug", ["jsonpatch", "sqlparse"])
def test_a_historical_bug_is_repaired(slug: str) -> None:
    """Beside `parse`, which the README's first command repairs."""
    command = [sys.executable, str(EXAMPLES / "repair" / "run.py"), slug, "--time", "900s"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_module_with_nothing_marked_is_repaired(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLES / "unmarked", tmp_path / "unmarked")
    (folder / "pyproject.toml").write_text("")
    report = optimize(folder, "invoice.py")
    assert report["best"] == 1.0
    names = [parameter["name"] for parameter in report["parameters"]]  # type: ignore[attr-defined]
    assert names == ["invoice:Invoice.late_fee"]


def test_the_battleship_agent_beats_the_enumerator_on_boards_it_has_not_seen(
    tmp_path: Path,
) -> None:
    folder = shutil.copytree(EXAMPLES / "battleship", tmp_path / "battleship")
    report = optimize(folder, "agent.py", "--write")
    assert report["improved"]
    held_out = subprocess.run(
        [sys.executable, "held_out.py"], cwd=folder, capture_output=True, text=True, check=True
    )
    shares = {
        line[:12].strip(): float(line.split("+-")[0].split()[-1])
        for line in held_out.stdout.splitlines()
        if "+-" in line
    }
    assert shares["agent.py"] > shares["row by row"] + 0.02


@pytest.mark.skipif(importlib.util.find_spec("uxsim") is None, reason="needs uxsim")
def test_the_greens_come_within_two_percent_of_the_grid_on_three_draws(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLES / "traffic", tmp_path / "traffic")
    done = subprocess.run(
        [sys.executable, "compare.py"], cwd=folder, capture_output=True, text=True, check=True
    )
    ratio = float(done.stdout.split()[-1])
    assert ratio <= 1.02, done.stdout
