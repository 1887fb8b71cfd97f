"""`tracepy diff RUN`: what a run found, as a patch."""

from __future__ import annotations

from pathlib import Path

import click

from tracepy.cli import screen
from tracepy.cli.kept import found, run_argument


@click.command("diff")
@run_argument
@click.option("--candidate", type=int, metavar="N", help="Of this candidate, not of the best one.")
def command(run: str, project: Path | None, candidate: int | None) -> int:
    """Print what RUN found as a patch that `git apply` takes.

    RUN is an id, a prefix of one, or `last` (the default). The exit status is 1 where the run
    found nothing better.
    """
    with found(run, project) as (store, it):
        if candidate is not None:
            from tracepy.cli.candidate import diff

            screen.show_diff(diff(it, store.evaluation(it.id, candidate)))
            return 0
        if it.patch:
            screen.show_diff(it.patch)
            return 0
        screen.say(f"run {it.id} found nothing better", err=True)
        return 1
