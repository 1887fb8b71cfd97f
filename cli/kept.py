"""The run that a command names, and the store that keeps it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.store import Run, Store

Decorated = Callable[..., Any]


def project_option(function: Decorated) -> Decorated:
    """`--project DIR`: whose runs are meant."""
    return click.option(
        "--project",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The project whose runs are meant (default: this folder, or the nearest above it "
        "that has runs).",
    )(function)


def run_argument(function: Decorated) -> Decorated:
    """RUN with a default of `last`, and `--project`."""
    return click.argument("run", default="last")(project_option(function))


def store_of(project: Path | None) -> Store | None:
    """The store that is meant, or None where nothing was run yet."""
    from tracepy.store import Store

    return Store.covering((project or Path.cwd()).resolve())


@contextmanager
def found(run: str, project: Path | None) -> Iterator[tuple[Store, Run]]:
    """The run that RUN means, with its store open.

    Raises:
        UserError: there is no such run, or none at all.
    """
    store = store_of(project)
    if store is None:
        where = "there" if project else "in this folder or above it"
        raise UserError(f"no runs {where}; `tracepy optimize TARGET` makes one")
    with store:
        yield store, store.find(run)


def named(run_id: str, project: Path, cwd: Path) -> str:
    """What to type for a run, in `cwd`: `last` where that means it."""
    store = store_of(cwd)
    if store is not None:
        with store:
            ids = store.ids()
        if ids and ids[-1] == run_id:
            return "last"
        if run_id in ids:
            return run_id
    return f"{run_id} --project {shlex.quote(os.path.relpath(project, cwd))}"
