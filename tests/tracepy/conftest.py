"""What tests of recordings and graphs share."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.tracepy.chromium import CHROMIUM, Browser
from tracepy.hook import install


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Import instrumented code as `sample`; its first line of text is line 1."""
    monkeypatch.syspath_prepend(str(tmp_path))
    hook = install("sample*")

    def go(text: str, name: str = "sample") -> ModuleType:
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield go
    hook.uninstall()
    for name in [name for name in sys.modules if name.startswith("sample")]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests that look at a page."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()
