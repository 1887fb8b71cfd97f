"""`tracepy apply RUN`: write what a run found to the files."""

from __future__ import annotations

from pathlib import Path

import click

from tracepy.cli import screen
from tracepy.cli.kept import found, run_argument


@click.command("apply")
@run_argument
def command(run: str, project: Path | None) -> None:
    """Write what RUN found to the files, all of them or none.

    A file that is not what the run started from any more is left alone. RUN is an id, a prefix
    of one, or `last` (the default). `tracepy revert RUN` takes it back.
    """
    from tracepy.store.outcome import apply
    from tracepy.target import shown

    with found(run, project) as (store, it):
        for path in apply(store, it):
            screen.say(f"wrote {shown(path, Path.cwd().resolve())}")
        screen.say(f"run {it.id} is applied; `tracepy revert {run}` takes it back")
