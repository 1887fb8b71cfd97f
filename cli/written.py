"""What `--write`, `--branch` and `--commit` do with a run's changes, and how that is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracepy.cli import screen

if TYPE_CHECKING:
    from tracepy.store.outcome import Written
    from tracepy.writeback.commit import Destination

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

COMMIT_OPTIONS: tuple[Decorator, ...] = (
    click.option(
        "--branch",
        metavar="NAME",
        help="Commit the change on a new git branch; the files stay as they are.",
    ),
    click.option(
        "--commit",
        is_flag=True,
        help="Write the change, and commit it on the current git branch (with --branch: on that).",
    ),
)


def all_of(options: Sequence[Decorator]) -> Decorator:
    """Several options as one decorator; help lists them in their order."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def destination(branch: str | None, commit: bool) -> Destination | None:
    """Where the commit is to go that the options ask for, if they do."""
    if branch is None and not commit:
        return None
    from tracepy.writeback.commit import Destination

    return Destination(branch)


def tell(written: Written, cwd: Path) -> None:
    """One line for each file and for the commit."""
    from tracepy.target import shown

    for path in written.paths:
        both = "  (merged with what changed since the run began; the two were not judged together)"
        screen.say(f"wrote {shown(path, cwd)}{both if path in written.merged else ''}")
    if commit := written.commit:
        for name in commit.merged:
            screen.say(f"merged with what HEAD holds of {name}; the two were not judged together")
        screen.say(f"committed {commit.id[:10]} on branch {commit.branch}")
