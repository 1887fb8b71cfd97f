"""Several fixes that reach the goal: how they are told apart on a terminal and in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from tracepy.cli import screen

if TYPE_CHECKING:
    from tracepy.fixes import Fix

_WIDTH = 60  # characters of a call or an outcome


def warned(fixes: Sequence[Fix]) -> Iterator[str]:
    """Why the best fix may only suit the tests."""
    for text in fixes[0].warnings if fixes else ():
        yield click.style(f"warning: it may only suit the tests: {text}", fg="yellow")


def told(fixes: Sequence[Fix], run: str) -> Iterator[str]:
    """The fixes beside the best one, and inputs on which they differ; nothing where there are none.

    Args:
        fixes: The best one first.
        run: What to type for the run.
    """
    others = fixes[1:]
    if not others:
        return
    found = "another fix reaches" if len(others) == 1 else f"{len(others)} other fixes reach"
    yield f"{found} the same score and may be what you want (`tracepy show {run} --candidate N`)"
    for fix in others:
        alike = f"  (and {fix.alike} alike)" if fix.alike else ""
        yield f"  #{fix.number}  {screen.one_line(fix.note)}{alike}"
        for item in fix.differs:
            call, here, best = (
                screen.one_line(text, _WIDTH) for text in (item.call, item.here, item.best)
            )
            yield f"      {click.style(f'{call}: {here}, not {best}', dim=True)}"
        for text in fix.warnings:
            yield f"      {click.style(f'it may only suit the tests: {text}', fg='yellow')}"


def as_objects(fixes: Sequence[Fix]) -> list[dict[str, Any]]:
    """All of them, JSON-ready."""
    from tracepy.cli.outcome import plain

    return [plain(fix.to_dict()) for fix in fixes]
