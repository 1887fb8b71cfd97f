"""Evaluations per second of 20 fast tests, beside forks and processes of pytest that do the same.

    python -m benchmarks.pytest_objective [--evaluations 200]

Two at a time each. All 20 tests run: nothing is stopped early.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.report import publish

MODULE = "def price(amount, rate):\n    return amount * (1 + rate)\n"
TESTS = """import pytest
import shop


@pytest.mark.parametrize("n", range(19))
def test_price(n):
    assert shop.price(n, 0) == n


def test_that_fails():
    assert shop.price(1, 0) == 2
"""


def ours(folder: Path, evaluations: int) -> float:
    """Seconds for so many candidates in isolated workers, the start of the server left out."""
    from tracepy.evaluation import Job, Judge
    from tracepy.objective.find import find
    from tracepy.settings import Settings
    from tracepy.target import resolve

    target = resolve("shop.py", folder)
    with Judge(target, find(target, Settings(), folder), workers=2, timeout=60.0) as judge:
        judge.baseline()
        path = str(folder / "shop.py")
        jobs = [Job({path: f"{MODULE}# {number}\n"}) for number in range(evaluations)]
        start = time.perf_counter()
        found = judge.evaluate(jobs)
        seconds = time.perf_counter() - start
    assert {(item.score, len(item.cases)) for item in found} == {(0.95, 20)}
    return seconds


def forked(folder: Path, evaluations: int) -> float:
    """Seconds for so many bare forks of this process, which has pytest imported, not isolated."""
    import pytest

    args = [str(folder / "test_shop.py"), "-q", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    running: list[int] = []
    start = time.perf_counter()
    for _ in range(evaluations):
        if len(running) == 2:
            os.waitpid(running.pop(0), 0)
        pid = os.fork()
        if pid == 0:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(nowhere, descriptor)
            try:
                pytest.main(args)
            finally:
                os._exit(0)
        running.append(pid)
    for pid in running:
        os.waitpid(pid, 0)
    return time.perf_counter() - start


def processes(folder: Path, evaluations: int) -> float:
    """Seconds for so many `python -m pytest`."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shop.py"]

    def one(_: int) -> None:
        subprocess.run(command, cwd=folder, capture_output=True, check=False)

    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(evaluations)))
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=200)
    number = parser.parse_args().evaluations
    ways: dict[str, tuple[Callable[[Path, int], float], int]] = {
        "tracepy": (ours, number),
        "fork and pytest.main": (forked, number),
        "python -m pytest": (processes, max(number // 10, 4)),
    }
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "pyproject.toml").write_text("")
        (folder / "shop.py").write_text(MODULE)
        (folder / "test_shop.py").write_text(TESTS)
        os.chdir(folder)
        for way, (measure, times) in ways.items():
            rows.append({"way": way, "per second": times / measure(folder, times)})
        os.chdir(Path(__file__).parent)
    publish("pytest_objective", rows, "20 fast tests, one of them failing; two at a time")


if __name__ == "__main__":
    main()
