"""Runs a suite once and compares two such runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.suites import outcomes as plugin
from benchmarks.suites.catalogue import Suite
from benchmarks.suites.places import PROJECT, Place

_SAID = 2000
_LIBRARY = re.compile(r"/\S*/lib/python3")
_PYTEST = ("pytest", "-q", "-p", "no:cacheprovider", "-p", "suites_outcomes")


@dataclass(frozen=True)
class Ran:
    """One run of a suite.

    Attributes:
        status: pytest's exit status.
        seconds: From the start of the process to the end of the last test.
        outcomes: Of each test, in order: its outcome and the first lines of its failure.
        warnings: Each with its line.
        modules: Of the package, and whether each was instrumented.
        said: The end of what pytest printed.
    """

    status: int
    seconds: float
    outcomes: dict[str, list[tuple[str, str]]]
    warnings: Counter[str]
    modules: dict[str, bool]
    said: str


@dataclass(frozen=True)
class Recording:
    """What to keep of a run: a graph of so many events, thrown away at the end."""

    events: int


def warm_up(suite: Suite, place: Place, timeout: float) -> None:
    """Have bytecode of the tests, of pytest and of the plain package written before any timing.

    Raises:
        subprocess.TimeoutExpired: it took longer than that.
    """
    command = [str(place.python), "-m", "pytest", "-q", "--collect-only", *suite.arguments]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _finished(command, place.source, _environment(suite, folder, folder / "kept"), timeout)


def run(suite: Suite, place: Place, hook: bool, recording: Recording | None, timeout: float) -> Ran:
    """Run a suite's tests in its own environment.

    Raises:
        subprocess.TimeoutExpired: it took longer than that.
    """
    shutil.rmtree(place.source / ".hypothesis", ignore_errors=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(plugin.__file__, folder / "suites_outcomes.py")
        prefix = [str(place.python), "-m"]
        if hook:
            prefix += ["tracepy", "run"]
            for package in suite.packages:
                prefix += ["--instrument", package]
            if recording is not None:
                prefix += ["--graph", str(folder / "graph.json")]
                prefix += ["--events", str(recording.events)]
            prefix += ["-m"]
        command = [*prefix, *_PYTEST, *suite.arguments]
        kept = folder / "kept.json"
        status, said = _finished(command, place.source, _environment(suite, folder, kept), timeout)
        found = json.loads(kept.read_text()) if kept.is_file() else {}
    outcomes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for test, outcome, detail in found.get("outcomes", ()):
        outcomes[test].append((outcome, _without_places(detail, place)))
    return Ran(
        status,
        found.get("seconds", 0.0),
        dict(outcomes),
        Counter(found.get("warnings", ())),
        found.get("modules", {}),
        _without_places(said[-_SAID:], place),
    )


def _without_places(text: str, place: Place) -> str:
    """The text with files named from where they belong, so that it reads alike everywhere."""
    for folder in (place.source, place.source.parent, PROJECT):
        text = text.replace(f"{folder}/", "")
    return _LIBRARY.sub("lib/python3", text)


def _environment(suite: Suite, folder: Path, kept: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PYTEST", "TRACEPY"))
    }
    return {
        **inherited,
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(folder),
        "SUITES_FILE": str(kept),
        "SUITES_PACKAGES": " ".join(suite.packages),
        "SUITES_START": repr(time.time()),
    }


def _finished(
    command: list[str], folder: Path, environment: dict[str, str], timeout: float
) -> tuple[int, str]:
    """Status and output of a command; past its time it is ended with all that it started."""
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        try:
            said, _ = process.communicate(timeout=timeout)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, said


def differences(plain: Ran, hooked: Ran) -> list[dict[str, Any]]:
    """Every test, warning and exit status that came out otherwise with the package hooked."""
    found: list[dict[str, Any]] = []
    for test in dict.fromkeys((*plain.outcomes, *hooked.outcomes)):
        before = [outcome for outcome, _ in plain.outcomes.get(test, ())]
        after = [outcome for outcome, _ in hooked.outcomes.get(test, ())]
        if before != after:
            details = [detail for _, detail in hooked.outcomes.get(test, ()) if detail]
            details = details or [detail for _, detail in plain.outcomes.get(test, ()) if detail]
            found.append(_difference(test, before, after, details[:1]))
    for warning in dict.fromkeys((*plain.warnings, *hooked.warnings)):
        times = plain.warnings[warning], hooked.warnings[warning]
        if times[0] != times[1]:
            found.append(_difference(f"warning {warning}", [f"{times[0]}×"], [f"{times[1]}×"], []))
    if plain.status != hooked.status:
        found.append(_difference("exit status", [str(plain.status)], [str(hooked.status)], [hooked.said]))  # fmt: skip
    return found


def _difference(
    what: str, before: list[str], after: list[str], detail: list[str]
) -> dict[str, Any]:
    return {
        "what": what,
        "plain": ", ".join(before) or "absent",
        "hooked": ", ".join(after) or "absent",
        "detail": "\n".join(detail),
    }
