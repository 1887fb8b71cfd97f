"""A pytest plugin that writes down how each test came out. It runs in the suite's environment.

It is copied there by itself, so it imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_SHOWN = 6

_outcomes: list[tuple[str, str, str]] = []
_warnings: list[str] = []


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: Any) -> None:
    """Note a test's or a subtest's outcome; set-up and tear-down only where they say something."""
    if report.when != "call" and report.passed:
        return
    outcome = report.outcome
    if hasattr(report, "wasxfail"):
        outcome = "xpassed" if report.passed else "xfailed"
    phase = "" if report.when == "call" else f" ({report.when})"
    _outcomes.append((_name(report) + phase, outcome, _detail(report)))


def pytest_collectreport(report: Any) -> None:
    """Note what could not be collected."""
    if not report.passed:
        _outcomes.append((f"{report.nodeid} (collect)", report.outcome, _detail(report)))


def pytest_warning_recorded(warning_message: Any, nodeid: str) -> None:
    """Note a warning with the line that it is given for."""
    place = f"{Path(warning_message.filename).name}:{warning_message.lineno}"
    text = _ADDRESS.sub("0x", str(warning_message.message))
    _warnings.append(f"{nodeid}: {place}: {warning_message.category.__name__}: {text}")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Write it all down, and what became of the package's modules."""
    seconds = time.time() - float(os.environ["SUITES_START"])
    kept = {
        "seconds": seconds,
        "outcomes": _outcomes,
        "warnings": _warnings,
        "modules": _modules(os.environ["SUITES_PACKAGES"].split()),
    }
    Path(os.environ["SUITES_FILE"]).write_text(json.dumps(kept))


def _name(report: Any) -> str:
    name = report.nodeid
    context = getattr(report, "context", None)
    if context is not None:
        name += f" [{context.msg}] {sorted(context.kwargs.items(), key=lambda item: item[0])}"
    return _ADDRESS.sub("0x", name)


def _detail(report: Any) -> str:
    """The first lines of a failure: where, and what."""
    if report.passed or report.outcome == "skipped":
        return ""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = f"{crash.path}:{crash.lineno}: {crash.message}" if crash else report.longreprtext
    return "\n".join(text.splitlines()[:_SHOWN])


def _modules(packages: list[str]) -> dict[str, bool]:
    """The packages' modules that were loaded, and whether each is instrumented.

    A loader of ours is not enough: what it compiles must also differ from plain code.
    """
    found = {}
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] not in packages or not getattr(module, "__file__", None):
            continue
        if not str(module.__file__).endswith(".py"):
            continue
        found[name] = _instrumented(name, module)
    return found


def _instrumented(name: str, module: Any) -> bool:
    loader: Any = getattr(module.__spec__, "loader", None)
    if not type(loader).__module__.startswith("tracepy."):
        return False
    path = str(module.__file__)
    plain = compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)
    code = loader.get_code(name)
    return code is not None and code.co_code != plain.co_code
