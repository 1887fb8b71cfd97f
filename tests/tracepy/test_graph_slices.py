"""Slices of the catalogue's programs: every line that belongs there, and no other."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tracepy.hook import install
from tracepy.recorder import record

Load = Callable[[str], ModuleType]

_SPEC = importlib.util.spec_from_file_location(
    "slice_cases", Path(__file__).parent.parent / "fidelity" / "slice_cases.py"
)
assert _SPEC is not None and _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
CASES: dict[str, Any] = _MODULE.CASES


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Import instrumented code."""
    monkeypatch.syspath_prepend(str(tmp_path))
    hook = install("sample")

    def go(text: str) -> ModuleType:
        (tmp_path / "sample.py").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        return importlib.import_module("sample")

    yield go
    hook.uninstall()
    sys.modules.pop("sample", None)


@pytest.mark.parametrize("name", CASES)
def test_the_slice_has_the_lines_it_must_have_and_no_other(name: str, load: Load) -> None:
    text, arguments, expected, more = CASES[name]
    module = load(text)
    with record() as trace:
        module.f(*arguments)
    found = trace.graph().slice().lines().get(str(module.__file__), set())
    missing, extra = expected - found, found - expected - more
    shown = dict(enumerate(text.splitlines(), 1))
    assert not missing, "not in the slice:\n" + "\n".join(
        f"{n} {shown[n]}" for n in sorted(missing)
    )
    assert not extra, "needlessly in it:\n" + "\n".join(f"{n} {shown[n]}" for n in sorted(extra))
