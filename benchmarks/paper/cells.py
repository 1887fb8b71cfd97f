"""Finished cells as JSON: a file for each method, written anew with each cell, so that none is lost."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.paper.domain import Asked, Found, Method
from benchmarks.report import RESULTS

Kept = dict[str, Any]
"""A cell: `seed`, `steps`, `curves`, `facts`, `seconds`, `python`, `versions`."""


class Cells:
    """The cells of one method.

    Args:
        asked: One of them.
        folder: Where the files are; in folders by domain.
    """

    def __init__(self, asked: Asked, folder: Path = RESULTS / "paper") -> None:
        by = f"@{asked.model.label}" if asked.model else ""
        name = asked.method.replace(" ", "-")
        self.path = folder / asked.domain / f"{name}{by}.json"
        self.found: dict[int, Kept] = {}
        if self.path.is_file():
            try:
                kept = json.loads(self.path.read_text("utf-8"))
                self.found = {cell["seed"]: cell for cell in kept["cells"]}
            except (ValueError, KeyError, TypeError) as why:
                raise SystemExit(
                    f"{self.path} is damaged ({why}): remove it, and its cells are run anew"
                ) from why

    def holds(self, asked: Asked) -> bool:
        """Whether a cell need not be run: it was, with as many steps."""
        cell = self.found.get(asked.seed)
        return cell is not None and cell["steps"] >= asked.steps

    def keep(self, asked: Asked, method: Method, found: Found, seconds: float) -> None:
        """Put a cell into the file."""
        self.found[asked.seed] = {
            "seed": asked.seed,
            "steps": asked.steps,
            "curves": {name: rounded(curve) for name, curve in found.curves.items()},
            "facts": dict(found.facts),
            "seconds": round(seconds, 2),
            "python": platform.python_version(),
            "versions": versions(("tracepy-opt", *method.packages)),
        }
        cells = [self.found[seed] for seed in sorted(self.found)]
        lines = ",\n".join(f"  {json.dumps(cell)}" for cell in cells)
        about = {"domain": asked.domain, "method": asked.method}
        if asked.model:
            about["model"] = asked.model.name
        head = ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in about.items())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(f'{{{head}, "cells": [\n{lines}\n]}}\n', encoding="utf-8")
        new.replace(self.path)


def rounded(curve: Any) -> list[float | None]:
    """Values with six digits."""
    return [None if value is None else float(f"{value:.6g}") for value in curve]


def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Versions of what is installed of them."""
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
