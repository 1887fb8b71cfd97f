"""`tracepy runs`: the runs of this project, the newest last."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracepy.cli import screen
from tracepy.cli.kept import project_option, store_of

if TYPE_CHECKING:
    from tracepy.store import Run, Store

_HEADS = ("run", "target", "optimizer", "score", "evaluations", "time", "state")


@click.command("runs")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list and nothing else.")
@click.option("--size", is_flag=True, help="Say how much space each run and the store take.")
@project_option
def command(as_json: bool, size: bool, project: Path | None) -> None:
    """List the runs of this project, the newest last."""
    store = store_of(project)
    runs: list[Run] = []
    sizes: dict[str, int] = {}
    if store is not None:
        with store:
            runs = store.runs()
            sizes = store.sizes() if size else {}
    if as_json:
        records = [{**_record(run), **({"bytes": sizes[run.id]} if size else {})} for run in runs]
        click.echo(json.dumps(records, indent=2, allow_nan=False))
    elif size and store is not None:
        _sizes(runs, sizes, store)
    elif not runs:
        screen.say("no runs yet; `tracepy optimize TARGET` makes one")
    elif screen.is_screen(sys.stdout):
        _table(runs)
    else:
        _lines(runs)


def _sizes(runs: list[Run], sizes: dict[str, int], store: Store) -> None:
    for run in sorted(runs, key=lambda run: sizes[run.id]):
        tried = screen.count(run.recorded, "evaluation")
        screen.say(f"{run.id}  {screen.size(sizes[run.id]):>10}  {tried}")
    disk = store.disk()
    if disk is not None:
        screen.say(f"{'all':<20}  {screen.size(disk):>10}  {store.label}")


def state(run: Run) -> str:
    """Where a run stands, in a word."""
    if run.written and not run.applied:  # it was killed half-way: see `outcome.revert`
        return "half applied"
    if run.applied is not None:
        return "applied" if run.applied else "reverted"
    if run.status == "finished":
        return "better" if run.improved else "nothing better"
    return run.status


def _row(run: Run) -> tuple[str, ...]:
    baseline, best = screen.two_scores(run.baseline, run.best)
    return (
        run.id,
        run.target,
        run.optimizer,
        f"{baseline} -> {best}" if run.improved else baseline,
        f"{run.evaluations:,}",
        screen.duration(run.seconds),
        state(run),
    )


def _table(runs: list[Run]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in _HEADS:
        right = head in ("evaluations", "time")
        table.add_column(
            head, justify="right" if right else "left", no_wrap=head == "run", overflow="fold"
        )
    for run in runs:
        name, *rest = _row(run)
        style = "" if run.improved else "dim"
        table.add_row(Text(name, style="cyan"), *(Text(text, style=style) for text in rest))
    Console(highlight=False).print(table)


def _lines(runs: list[Run]) -> None:
    rows = [_HEADS, *map(_row, runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    for row in rows:
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        screen.say("  ".join(cells).rstrip())


def _record(run: Run) -> dict[str, object]:
    from tracepy.cli.outcome import plain

    return {
        "run": run.id,
        "created": datetime.fromtimestamp(run.created, UTC).isoformat(timespec="seconds"),
        "target": run.target,
        "optimizer": run.optimizer,
        "baseline": plain(run.baseline),
        "best": plain(run.best),
        "improved": run.improved,
        "evaluations": run.evaluations,
        "seconds": round(run.seconds, 3),
        "status": run.status,
        "applied": run.applied,
    }
