"""`tracepy export RUN`: all that was tried, for other programs to read."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from tracepy.cli.kept import found, run_argument
from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.store import Run, Store

# The columns of the CSV: fields of `EvaluationRow`.
COLUMNS = (
    "index", "parent", "proposer", "reason", "note", "score", "status", "complete", "passed",
    "cases", "seconds", "cpu", "memory", "created", "reused", "digest", "feedback",
)  # fmt: skip


@click.command("export")
@run_argument
@click.option(
    "--format",
    "kind",
    type=click.Choice(("json", "csv")),
    default="json",
    help="json (default): the run, its candidates with diffs, its model calls. csv: a line for "
    "each candidate.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of printing.")
def command(run: str, project: Path | None, kind: str, output: str | None) -> None:
    """Write all that was tried in RUN as JSON or CSV.

    RUN is an id, a prefix of one, or `last` (the default).
    """
    with found(run, project) as (store, it), _written(output) as out:
        if kind == "json":
            _json(store, it, out)
        else:
            _csv(store, it, out)


@contextmanager
def _written(output: str | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    try:
        with Path(output).open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise UserError(f"cannot write {output}: {error.strerror}") from error


def _json(store: Store, run: Run, out: TextIO) -> None:
    """One object, a candidate a line: 100,000 of them are never held at once."""
    from tracepy.cli.candidate import record
    from tracepy.cli.outcome import plain
    from tracepy.cli.show import facts

    head = {
        "format": "tracepy-run",
        "version": 1,
        **facts(run),
        "context": run.context,
        "environment": plain(run.environment),
        "model_calls": [plain(asdict(call)) for call in store.calls(run.id)],
    }
    text = json.dumps(head, indent=2, allow_nan=False)
    out.write(text.removesuffix("\n}") + ',\n  "evaluations": [')
    for number, row in enumerate(store.each(run.id)):
        out.write(("," if number else "") + "\n    ")
        out.write(json.dumps(record(run, row), allow_nan=False))
    out.write("\n  ]\n}\n")


def _csv(store: Store, run: Run, out: TextIO) -> None:
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for row in store.each(run.id):
        lines.writerow([getattr(row, name) for name in COLUMNS])
