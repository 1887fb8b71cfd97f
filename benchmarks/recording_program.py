"""The programs that `recording_child.py` runs, as modes and peers see them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Around = Callable[[], AbstractContextManager[Any]]
HERE = Path(__file__).resolve().parent
PACKAGES = {"templates": "jinja2", "tables": "toolz"}
"""Workloads that are about a package, which is instrumented too."""


class Unfit(Exception):
    """A mode cannot run a program; the text says why."""


@dataclass(frozen=True)
class Program:
    """What is run.

    Attributes:
        name: The workload's module.
        marked: The modules that a mode instruments.
        files: Their files and folders.
    """

    name: str
    marked: tuple[str, ...]
    files: tuple[Path, ...]

    @classmethod
    def of(cls, name: str) -> Program:
        """The workload of a name."""
        marked, files = [name], [HERE / "recording_workloads" / f"{name}.py"]
        if name in PACKAGES:
            marked.append(PACKAGES[name])
            origin = _found(PACKAGES[name])
            files.append(origin)
        return cls(name, tuple(marked), tuple(files))

    def has(self, path: str) -> bool:
        """Whether a file is part of it."""
        return any(path == str(file) or path.startswith(f"{file}{os.sep}") for file in self.files)


def _found(package: str) -> Path:
    """A package's folder; it is not imported for that."""
    for entry in sys.path:
        folder = Path(entry or ".") / package
        if (folder / "__init__.py").is_file():
            return folder.resolve()
    raise Unfit(f"{package} is not installed")
