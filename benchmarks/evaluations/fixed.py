"""What a run costs before its first verdict."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.evaluations import cases
from benchmarks.evaluations.ours import OBJECTIVES

ASKED = 500  # ms
_IMPORTED = {"callable": "import judge", "dataset": "import shop", "pytest": "import test_shop"}
_RUN = """import sys, time
sys.path.insert(0, {root!r})
from benchmarks.evaluations import ours
start = time.perf_counter()
with ours.judge({objective!r}) as judge:
    status = judge.baseline().status
    print(time.perf_counter() - start, status, flush=True)
    sys.stdin.read()
"""


def rows(rounds: int) -> list[dict[str, Any]]:
    """A row for each objective. Raises RuntimeError where there is no verdict."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        cases.write(folder)
        times: dict[str, list[tuple[float, float, float]]] = {kind: [] for kind in OBJECTIVES}
        for number in range(rounds + 1):
            for kind, found in times.items():
                whole, judge = _first_verdict(kind, folder)
                if number:  # the first writes and reads what is then in the machine's cache
                    found.append((whole, judge, _bare(kind, folder)))
    return [_row(kind, found) for kind, found in times.items()]


def _row(kind: str, found: list[tuple[float, float, float]]) -> dict[str, Any]:
    return {
        "objective": kind,
        "to the first verdict, ms": statistics.median(whole for whole, _, _ in found) * 1e3,
        "Judge's part, ms": statistics.median(judge for _, judge, _ in found) * 1e3,
        "Python and the import, ms": statistics.median(bare for _, _, bare in found) * 1e3,
        "above, ms": statistics.median(whole - bare for whole, _, bare in found) * 1e3,
        "asked, ms": ASKED,
    }


def _first_verdict(kind: str, folder: Path) -> tuple[float, float]:
    """Seconds from a process's start to its first verdict, and those since `Judge` was made."""
    root = str(Path(__file__).parents[2])
    text = _RUN.format(root=root, objective=kind)
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", text], cwd=folder, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline().split()
        whole = time.perf_counter() - start
        process.communicate()
    if line[1:] != ["ok"]:
        raise RuntimeError(f"the {kind} objective came to no verdict: {line}")
    return whole, float(line[0])


def _bare(kind: str, folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", _IMPORTED[kind]], cwd=folder, check=True)
    return time.perf_counter() - start
