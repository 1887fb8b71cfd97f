"""`tracepy apply RUN`: write what a run found to the files."""

from __future__ import annotations

from pathlib import Path

import click

from tracepy.cli import screen
from tracepy.cli.kept import found, run_argument
from tracepy.cli.written import COMMIT_OPTIONS, all_of, destination, tell


@click.command("apply")
@run_argument
@all_of(COMMIT_OPTIONS)
def command(run: str, project: Path | None, branch: str | None, commit: bool) -> None:
    """Write what RUN found to the files, all of them or none.

    A file that changed since the run began gets both changes; where they meet, nothing is
    written. RUN is an id, a prefix of one, or `last` (the default). `tracepy revert RUN` takes it
    back. --branch and --commit make a git commit that holds nothing but this change; no hooks
    run.
    """
    from tracepy.store.outcome import apply

    with found(run, project) as (store, it):
        written = apply(store, it, write=branch is None, to=destination(branch, commit))
        tell(written, Path.cwd().resolve())
        if written.paths:
            screen.say(f"run {it.id} is applied; `tracepy revert {run}` takes it back")
