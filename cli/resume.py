"""`tracepy resume RUN`: go on with a run that was interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracepy.cli.kept import found, run_argument
from tracepy.cli.optimize import OUTCOME_OPTIONS
from tracepy.cli.written import all_of


@click.command("resume")
@run_argument
@all_of(OUTCOME_OPTIONS)
def command(run: str, project: Path | None, **options: Any) -> int:
    """Go on with RUN, which was interrupted or killed, with the budget that is left.

    What was judged is not judged again, draws of a noisy objective included, and the result is
    that of a run that never stopped. The files must be what the run started from. RUN is an id, a
    prefix of one, or `last` (the default). The exit status is that of `tracepy optimize`.
    """
    from tracepy.cli import outcome
    from tracepy.cli.live import watching
    from tracepy.cli.optimize import sigterm_interrupts, wanted_of
    from tracepy.config import load
    from tracepy.reopened import reopened
    from tracepy.session import resume

    cwd = Path.cwd().resolve()
    with found(run, project) as (store, it):
        target = reopened(it).target
        wanted = wanted_of(options, load(target.project), target, cwd)
        quiet = wanted.as_json or wanted.quiet
        with sigterm_interrupts(), watching(f"tracepy resume {it.id}", quiet=quiet) as update:
            result = resume(store, it, on_progress=update)
    return outcome.show(result, wanted, target.project, cwd)
