"""How a benchmark tells its figures: a table for people, JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def publish(name: str, rows: Sequence[Mapping[str, Any]], note: str = "") -> None:
    """Print a table and write `benchmarks/results/NAME.json`."""
    show(name, rows, note)
    RESULTS.mkdir(exist_ok=True)
    record = {"python": platform.python_version(), "rows": list(rows), "note": note}
    (RESULTS / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


def show(name: str, rows: Sequence[Mapping[str, Any]], note: str = "") -> None:
    """Print a table."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_shown(row.get(column, "")) for column in columns] for row in rows]
    widths = [
        max(len(column), *(len(line[index]) for line in cells))
        for index, column in enumerate(columns)
    ]
    print(f"# {name}: Python {platform.python_version()}, {os.cpu_count()} cores")
    for line in (columns, ["-" * width for width in widths], *cells):
        print(
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        )
    if note:
        print(note)


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
