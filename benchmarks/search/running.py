"""Runs the tests of a project once, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.search.subjects import Subject
from benchmarks.suites import outcomes as plugin

_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "suites_outcomes", "--tb=no")


@dataclass(frozen=True)
class Ran:
    """What came of the tests.

    Attributes:
        failed: The names of those that failed, or could not be collected.
        passed: The names of those that passed, and of no subtest that failed.
        broken: Whether a test file could not even be imported.
        late: Whether they did not end in time.
        seconds: How long it took.
    """

    failed: frozenset[str]
    passed: frozenset[str]
    broken: bool = False
    late: bool = False
    seconds: float = 0.0


def run(
    subject: Subject, changed: Mapping[str, str], timeout: float, tests: tuple[str, ...] = ()
) -> Ran:
    """Run a subject's tests with some of its files changed.

    Args:
        subject: The subject.
        changed: New texts by path.
        timeout: Seconds until the tests are ended.
        tests: Its test files, where not all.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = folder / "project"
        project.mkdir()
        subject.write(project, changed)
        shutil.copy(plugin.__file__, folder / "suites_outcomes.py")
        kept = folder / "kept.json"
        started = time.monotonic()
        late = _ended(
            [sys.executable, *_PYTEST, *(tests or subject.tests)], project,
            _environment(folder, kept), timeout,
        )  # fmt: skip
        seconds = time.monotonic() - started
        if late or not kept.is_file():
            return Ran(frozenset(), frozenset(), not late, late, seconds)
        outcomes = json.loads(kept.read_text())["outcomes"]
    failed = {_test(name) for name, outcome, _ in outcomes if outcome == "failed"}
    passed = {_test(name) for name, outcome, _ in outcomes if outcome == "passed"}
    broken = any(
        name.endswith("(collect)") and outcome == "failed" for name, outcome, _ in outcomes
    )
    return Ran(frozenset(failed), frozenset(passed - failed), broken, False, seconds)


def _test(name: str) -> str:
    """The test that an outcome belongs to: its own name without subtest or phase."""
    return name.partition(" ")[0]


def _environment(folder: Path, kept: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PYTEST", "TRACEPY"))
    }
    return {
        **inherited,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(folder),
        "SUITES_FILE": str(kept),
        "SUITES_PACKAGES": "",
        "SUITES_START": repr(time.time()),
    }


def _ended(command: list[str], folder: Path, environment: dict[str, str], timeout: float) -> bool:
    """Run a command to its end, or end it with all that it started; whether it was late."""
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            process.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            return True
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    return False
