"""`tracepy review RUN`: go through what a run found, hunk by hunk."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracepy.cli.kept import found, run_argument
from tracepy.errors import UserError


@click.command("review")
@run_argument
def command(run: str, project: Path | None) -> None:
    """Show each hunk of what RUN found, ask whether to take it, then write those taken.

    The letters are those of `git add -p`. What was taken is judged again before it is written,
    unless it is everything. RUN is an id, a prefix of one, or `last` (the default).
    """
    from tracepy.cli.choosing import review

    if not sys.stdin.isatty():
        raise UserError("review needs a terminal to ask on; `tracepy apply` writes everything")
    with found(run, project) as (store, it):
        if not it.patch:
            raise UserError(f"run {it.id} found nothing better, so there is nothing to review")
        review(store, it, Path.cwd().resolve())
