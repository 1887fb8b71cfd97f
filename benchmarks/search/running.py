"""Runs the tests of a project once, in a process of its own."""

from __future__ import annotations

import atexit
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.search import forking
from benchmarks.search.subjects import Subject
from benchmarks.suites import outcomes as plugin

_PYTEST = ("-q", "-p", "no:cacheprovider", "-p", "suites_outcomes", "--tb=no")
# Tests that sleep, or a busy machine: so much longer than their CPU time.
_WALL = 15


@dataclass(frozen=True)
class Ran:
    """What came of the tests.

    Attributes:
        failed: The names of those that failed, or could not be collected.
        passed: The names of those that passed, and of no subtest that failed.
        broken: Whether a test file could not even be imported.
        late: Whether they did not end in time.
        seconds: CPU time, which a busy machine does not change.
    """

    failed: frozenset[str]
    passed: frozenset[str]
    broken: bool = False
    late: bool = False
    seconds: float = 0.0


def run(subject: Subject, changed: Mapping[str, str], seconds: float) -> Ran:
    """Run a subject's tests with some of its files changed.

    Args:
        subject: The subject.
        changed: New texts by path.
        seconds: CPU time after which the tests are ended.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subject.write(folder, changed)
        kept = folder / "kept.json"
        limit = math.ceil(seconds)
        ended = _ended(
            {
                "folder": name,
                "arguments": [*_PYTEST, *subject.tests],
                "environment": {
                    "SUITES_FILE": str(kept),
                    "SUITES_PACKAGES": "",
                    "SUITES_START": "0",
                },
                "cpu": limit,
                "wall": _WALL * limit,
            }
        )
        if not kept.is_file():
            late = bool(ended["stopped"])
            return Ran(frozenset(), frozenset(), not late, late, ended["cpu"])
        outcomes = json.loads(kept.read_text())["outcomes"]
    failed = {_test(name) for name, outcome, _ in outcomes if outcome == "failed"}
    passed = {_test(name) for name, outcome, _ in outcomes if outcome == "passed"}
    broken = any(
        name.endswith("(collect)") and outcome == "failed" for name, outcome, _ in outcomes
    )
    return Ran(frozenset(failed), frozenset(passed - failed), broken, False, ended["cpu"])


def _test(name: str) -> str:
    """The test that an outcome belongs to: its own name without subtest or phase."""
    return name.partition(" ")[0]


def _ended(job: dict[str, object]) -> dict[str, float]:
    """Have a job run in a fork; how it ended."""
    process = _forking()
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(job) + "\n")
    process.stdin.flush()
    answer: dict[str, float] = json.loads(process.stdout.readline())
    return answer


@cache
def _forking() -> subprocess.Popen[str]:
    """The process that forks, started when it is first needed."""
    folder = Path(tempfile.mkdtemp())
    shutil.copy(plugin.__file__, folder / "suites_outcomes.py")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PYTEST", "TRACEPY"))
    }
    environment = {
        **inherited,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(folder),
        "PYTHONSAFEPATH": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    process = subprocess.Popen(
        [sys.executable, forking.__file__], env=environment, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    atexit.register(_closed, process, folder)
    return process


def _closed(process: subprocess.Popen[str], folder: Path) -> None:
    if process.stdin:
        process.stdin.close()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
