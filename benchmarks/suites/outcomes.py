"""A pytest plugin that writes down how each test came out. It runs in the suite's environment.

It is copied there by itself, so it imports nothing of ours.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import time
from pathlib import Path
from types import CodeType, FunctionType
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
    """The packages' modules that were loaded, and whether each is instrumented."""
    found = {}
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] not in packages or not getattr(module, "__file__", None):
            continue
        if not str(module.__file__).endswith(".py"):
            continue
        found[name] = _instrumented(name, module)
    return found


def _instrumented(name: str, module: Any) -> bool:
    """Whether what loaded a module compiles it otherwise than plain, and its functions show it."""
    path = str(module.__file__)
    plain = compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)
    if len(ast.parse(Path(path).read_bytes()).body) <= bool(module.__doc__):
        return True  # a docstring at most: nothing there that could be instrumented
    loader: Any = module.__spec__.loader
    code = loader.get_code(name) if hasattr(loader, "get_code") else None
    if code is None or code.co_code == plain.co_code:
        return False
    functions = [code for code in _codes(module) if code.co_filename == path]
    return not functions or any(map(_refers_to_us, functions))


def _codes(module: Any) -> list[CodeType]:
    """The code of a module's functions and of its classes' methods."""
    holders = [vars(module), *(vars(v) for v in vars(module).values() if isinstance(v, type))]
    values = [value for holder in holders for value in list(holder.values())]
    return [value.__code__ for value in values if isinstance(value, FunctionType)]


def _refers_to_us(code: CodeType) -> bool:
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    own = [
        constant
        for constant in code.co_consts
        if str(getattr(constant, "__module__", "") or type(constant).__module__).startswith(
            "tracepy."
        )
    ]
    return bool(own) or any(map(_refers_to_us, inner))
