"""Choosing among the hunks of a run's changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracepy.cli import screen

if TYPE_CHECKING:
    from tracepy.store import Run, Store

Ask = Callable[[str], str]
_ANSWERS = "y take it, n leave it, a take it and all after it, d leave it and all after it, q quit and write nothing"


def review(store: Store, run: Run, cwd: Path, ask: Ask | None = None) -> bool:
    """Ask for each hunk, then write the chosen ones; whether anything was written.

    Raises:
        ConflictError, UserError: as `tracepy.store.outcome.apply`.
    """
    from tracepy.store.outcome import apply
    from tracepy.target import shown

    chosen = choose(run, cwd, ask or _prompt)
    if not chosen:
        screen.say("nothing taken, nothing written")
        return False
    for path in apply(store, run, chosen):
        screen.say(f"wrote {shown(path, cwd)}")
    return True


def choose(run: Run, cwd: Path, ask: Ask) -> Mapping[str, bytes]:
    """The files as they are with the hunks that `ask` says `y` or `a` to; none after a `q`."""
    from tracepy.target import shown
    from tracepy.transforms.diff import apply_hunks, hunks, printable

    pieces = [
        (change, _text(change.original), hunk)
        for change in run.changes
        for hunk in hunks(_text(change.original), _text(change.new))
    ]
    taken: dict[str, list[object]] = {}
    texts: dict[str, str] = {}
    rest = ""
    for number, (change, text, hunk) in enumerate(pieces, 1):
        answer = rest
        if not rest:
            path = str(change.path)
            screen.say(click.style(f"\n{shown(path, cwd)} ({number} of {len(pieces)})", bold=True))
            screen.say(screen.paint_diff(printable(str(hunk)).rstrip("\n")))
            answer = ask("take it")
        if answer == "q":
            return {}
        if answer in "ad":
            rest = "y" if answer == "a" else "n"
        if answer in "ya":
            taken.setdefault(str(change.path), []).append(hunk)
            texts[str(change.path)] = text
    return {
        path: apply_hunks(texts[path], chosen).encode("utf-8", "surrogateescape")  # type: ignore[arg-type]
        for path, chosen in taken.items()
    }


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _prompt(question: str) -> str:
    while True:
        answer = click.prompt(f"{question}? [y,n,a,d,q,?]", default="y", show_default=False)
        if answer in ("y", "n", "a", "d", "q"):
            return str(answer)
        screen.say(_ANSWERS)
