"""`tracepy report RUN -o FILE.html`: a run as one page that anybody can open."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tracepy.cli import screen
from tracepy.cli.kept import found, run_argument
from tracepy.errors import UserError


@click.command("report")
@run_argument
@click.option(
    "-o", "--output", metavar="FILE.html", help="Where to write it (default: tracepy-RUN.html)."
)
def command(run: str, project: Path | None, output: str | None) -> None:
    """Write RUN as one page: scores, lineage, diffs, feedback, costs, how to run it again.

    The page needs no network and no other file. RUN is an id, a prefix of one, or `last` (the
    default).
    """
    from tracepy.report.page import require, write

    require()
    with found(run, project) as (store, it):
        file = Path(output or f"tracepy-{it.id}.html")
        check(output or str(file), Path.cwd())
        write(store, it, file.absolute())
    screen.say(f"wrote {file}")


def check(output: str, cwd: Path, option: str = "-o") -> None:
    """Raises UserError where a page cannot be written to `output`."""
    file = cwd / output
    if file.is_dir() or not file.parent.is_dir():
        raise UserError(f"{option} {output}: there is no such folder, or it is a folder")
    if not os.access(file.parent, os.W_OK):
        raise UserError(f"{option} {output} cannot be written")
