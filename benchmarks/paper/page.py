"""The tables of `docs/paper.md`, from the cells that are kept: written between marks in the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.paper import domains, tables
from benchmarks.report import RESULTS

PAGE = Path(__file__).parents[2] / "docs" / "paper.md"
_MARK = re.compile(r"(<!-- table (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def written(page: Path = PAGE, folder: Path = RESULTS / "paper") -> None:
    """Write the tables of a page anew."""
    text = page.read_text("utf-8")
    page.write_text(
        _MARK.sub(lambda found: found[1] + table(found[2], folder) + found[3], text),
        encoding="utf-8",
    )


def table(name: str, folder: Path) -> str:
    """A domain's table in Markdown. Rows that need a model stand there for the paper's values."""
    domain = domains.get(name)
    methods = list(domain.methods)
    rows = tables.rows(domain, methods, domain.seeds, domain.shown(methods, False), None, folder)
    told = {row["method"] for row in rows if row["seeds"] != f"0 of {len(domain.seeds)}"}
    shown = [row for row in rows if row["method"] in told or row["paper"]]
    columns = [key for key in shown[0] if any(row.get(key) for row in shown)] if shown else []
    lines = [_line(columns), _line(["---"] * len(columns))]
    lines += [_line([str(row.get(column, "")) for column in columns]) for row in shown]
    silent = [one for one in methods if one not in told and domain.methods[one].asks]
    if silent:
        lines += ["", f"Rows that need a model, and were not run with one: {', '.join(silent)}."]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
