"""`tracepy rm RUN…`: remove runs from the store."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracepy.cli import screen
from tracepy.cli.kept import project_option, store_of
from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.store import Run, Store


@click.command("rm")
@click.argument("runs", nargs=-1, metavar="RUN...")
@click.option("--older-than", metavar="30d", help="Remove the runs begun longer ago (m, h, d).")
@click.option("--keep", type=int, metavar="N", help="Remove all but the newest N.")
@project_option
def command(
    runs: tuple[str, ...], older_than: str | None, keep: int | None, project: Path | None
) -> None:
    """Remove RUNs with all that was tried in them, and give the space back.

    Named runs are removed, or with --older-than and --keep those that both of them (where both are
    given) leave out. A run that is running is never removed. What a run wrote to the files stays
    there, but it cannot be reverted any more.
    """
    if bool(runs) == (older_than is not None or keep is not None):
        raise UserError("name the runs, or say --older-than 30d or --keep N")
    if keep is not None and keep < 0:
        raise UserError(f"--keep must be at least 0, not {keep}")
    store = store_of(project)
    if store is None:
        raise UserError("no runs here; `tracepy optimize TARGET` makes one")
    with store:
        before = store.disk()
        chosen = _named(store, runs) if runs else _old(store.runs(), older_than, keep)
        if chosen:
            store.remove(chosen)
        after = store.disk()
    freed = ""
    if chosen and before is not None and after is not None and before > after:
        freed = f", {screen.size(before - after)} freed"
    screen.say(f"{screen.count(len(chosen), 'run')} removed{freed}")


def _named(store: Store, runs: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(store.find(text).id for text in runs))


def _old(runs: Sequence[Run], older_than: str | None, keep: int | None) -> list[str]:
    """Those that are neither young nor among the newest; what is running is passed over."""
    from tracepy.config import parse_duration

    left_out = runs if keep is None else runs[: max(len(runs) - keep, 0)]
    if older_than is not None:
        try:
            until = time.time() - parse_duration(older_than)
        except UserError as error:
            raise UserError(f"--older-than: {error}") from error
        left_out = [run for run in left_out if run.created < until]
    return [run.id for run in left_out if run.status != "running"]
