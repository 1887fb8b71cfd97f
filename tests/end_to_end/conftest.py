"""The command as a person runs it: a process of its own, in a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project."""
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path


@pytest.fixture
def tracepy(project: Path) -> Run:
    """Runs `tracepy …` in the project."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}
        environment.pop("TRACEPY_STORE", None)
        return subprocess.run(
            [sys.executable, "-m", "tracepy", *arguments],
            cwd=project,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=120,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    return run
