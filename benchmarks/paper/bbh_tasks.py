"""BIG-Bench Hard by task: what is kept of our rows, and the paper's Table A.1 beside.

    python -m benchmarks.paper.bbh_tasks [--model NAME] [--results FOLDER]

Runs nothing. A cell is `ours / the paper's`, in percent; `-` stands for what was not run.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.paper import bbh, bbh_published, tables
from benchmarks.paper.domain import Model
from benchmarks.report import RESULTS, show


def rows(model: Model | None, folder: Path) -> list[dict[str, Any]]:
    """A row for each task.

    Args:
        model: Whose cells they are; without one there are the paper's values only.
        folder: Where cells are kept.
    """
    ours: dict[tuple[str, str], float] = {}
    for method in bbh_published.ROWS:
        for cell in tables.cells(bbh.DOMAIN, method, bbh.DOMAIN.seeds, model, folder):
            if (value := cell["curves"]["all"][-1]) is not None:
                ours[method, cell["facts"]["task"]] = value
    return [
        {
            "task": task.replace("_", " "),
            **{
                method: f"{_percent(ours.get((method, task)))} / "
                f"{_percent(bbh_published.of(method, task))}"
                for method in bbh_published.ROWS
            },
        }
        for task in sorted(bbh.TASKS)
    ]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paper.bbh_tasks")
    parser.add_argument("--model", help="whose cells")
    parser.add_argument("--results", type=Path, default=RESULTS / "paper", metavar="FOLDER")
    chosen = parser.parse_args(arguments)
    model = Model(chosen.model) if chosen.model else None
    show("BIG-Bench Hard by task, ours / the paper's", rows(model, chosen.results))


if __name__ == "__main__":
    main()
