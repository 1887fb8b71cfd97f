"""A run as the command line that makes it again."""

from __future__ import annotations

import shlex
from dataclasses import asdict

from tracepy.settings import Settings
from tracepy.store.records import Run


def command(run: Run) -> str:
    """What to type to make the run again, in the folder where it was made."""
    return " ".join(["tracepy optimize", shlex.quote(run.target), *options(run)])


def options(run: Run) -> list[str]:
    """The options that differ from their defaults, as they are typed."""
    usual = asdict(Settings())
    typed = []
    for name, value in run.settings.items():
        if value in (usual.get(name), None) or (not value and not usual.get(name)):
            continue
        option = f"--{name.replace('_', '-')}"
        for item in value if isinstance(value, list) else [value]:
            typed.append(option if item is True else f"{option} {_typed(name, item)}")
    return typed


def _typed(name: str, value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}s" if name in ("time", "timeout") else f"{value:g}"
    if name == "memory_limit" and isinstance(value, int) and value % 2**20 == 0:
        return f"{value // 2**20}MiB"
    return shlex.quote(str(value))
