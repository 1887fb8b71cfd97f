"""A module that bugs are put into, with the tests that judge it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Classes are collected for being test cases, not for their names: a mixin is none.
_CASES_ONLY = '[tool.pytest.ini_options]\npythonpath = ["."]\npython_classes = ["-"]\n'
_PYTEST = '[tool.pytest.ini_options]\npythonpath = [".", "src"]\n'


class Unavailable(Exception):
    """A subject that cannot be had here, and why."""


@dataclass(frozen=True)
class Subject:
    """A module, in a small project of its own.

    Attributes:
        name: What people call it: `textwrap`, `boltons.strutils`.
        source: Where it comes from: `stdlib`, or the package's name.
        files: Every file of the project, as text, by its path within the project.
        module: The path of the module that bugs are put into.
        tests: The paths of its test files.
        cases_only: Whether a class must be a `unittest.TestCase` to be collected.
    """

    name: str
    source: str
    files: Mapping[str, str]
    module: str
    tests: tuple[str, ...]
    cases_only: bool = False

    @property
    def text(self) -> str:
        """The module as it should be."""
        return self.files[self.module]

    @property
    def digest(self) -> str:
        """Equal for equal modules and tests."""
        return short_digest("\0".join(self.files[path] for path in (self.module, *self.tests)))

    def write(self, folder: Path, changed: Mapping[str, str]) -> None:
        """Lay the project out in a folder, with some of its files changed."""
        for path, text in {**self.files, **changed}.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            # The text of a file in another encoding says so; that of one in Latin-1 was kept so.
            target.write_bytes(text.encode("utf-8", "surrogateescape"))
        if "pyproject.toml" not in self.files:
            (folder / "pyproject.toml").write_text(_CASES_ONLY if self.cases_only else _PYTEST)


def short_digest(text: str) -> str:
    """A few letters that stand for a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
