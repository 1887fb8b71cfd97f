"""`tracepy revert RUN`: take back what `apply`, `review` or `--write` wrote."""

from __future__ import annotations

from pathlib import Path

import click

from tracepy.cli import screen
from tracepy.cli.kept import found, run_argument


@click.command("revert")
@run_argument
def command(run: str, project: Path | None) -> None:
    """Put back what RUN started from, where the files still hold what it wrote.

    RUN is an id, a prefix of one, or `last` (the default).
    """
    from tracepy.store.outcome import revert
    from tracepy.target import shown

    with found(run, project) as (store, it):
        for path in revert(store, it):
            screen.say(f"put back {shown(path, Path.cwd().resolve())}")
        screen.say(f"run {it.id} is reverted")
