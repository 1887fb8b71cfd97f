"""Start-up: `tracepy --help` above bare Python, and `optimize` to its first evaluation.

python -m benchmarks.startup
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import publish

MODULE = "def double(x):\n    return x * x\n"
JUDGE = "import heavy, shop\n\ndef score():\n    return 1.0 if shop.double(3) == 6 else 0.25\n"
# Stands for what a user's module imports.
HEAVY = "import asyncio, decimal, email.parser, http.client, json, logging, unittest, xml.dom\n"


def seconds(*command: str, cwd: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=False, capture_output=True)
    return time.perf_counter() - start


def paired(first: list[str], second: list[str], cwd: Path, runs: int = 15) -> tuple[float, float]:
    """Medians of two commands run in turn, so that a drifting machine hits both."""
    seconds(*first, cwd=cwd)
    seconds(*second, cwd=cwd)
    times = [(seconds(*first, cwd=cwd), seconds(*second, cwd=cwd)) for _ in range(runs)]
    return statistics.median(t for t, _ in times), statistics.median(t for _, t in times)


def main() -> None:
    python = sys.executable
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text("")
        (folder / "shop.py").write_text(MODULE)
        (folder / "heavy.py").write_text(HEAVY)
        (folder / "judge.py").write_text(JUDGE)
        command = str(Path(python).parent / "tracepy")
        help_, bare = paired([command, "--help"], [python, "-c", "pass"], folder)
        # One evaluation is the baseline, traced; the process ends right after it.
        one = [command, "optimize", "shop.py", "--objective", "judge:score", "--evaluations", "1"]
        first, user = paired(one, [python, "-c", "import judge"], folder)
    rows = [
        {"what": "tracepy --help", "ms": help_ * 1e3, "beside": "bare Python", "its ms": bare * 1e3, "above, ms": (help_ - bare) * 1e3},
        {"what": "optimize, one evaluation", "ms": first * 1e3, "beside": "importing the user's module", "its ms": user * 1e3, "above, ms": (first - user) * 1e3},
    ]  # fmt: skip
    publish("startup", rows)


if __name__ == "__main__":
    main()
