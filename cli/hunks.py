"""Choosing among the hunks of a run's changes, as `git add -p` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracepy.cli import screen

if TYPE_CHECKING:
    from tracepy.transforms.diff import Hunk
    from tracepy.transforms.source import Source
    from tracepy.writeback import Change

Ask = Callable[[str, str], str]
Edit = Callable[[str], str | None]

_ANSWERS = {
    "y": "take this hunk",
    "n": "leave this hunk",
    "a": "take this hunk and all later ones of the file",
    "d": "leave this hunk and all later ones of the file",
    "q": "leave this hunk and all others that are not decided",
    "j": "go to the next hunk, this one not decided",
    "k": "go to the hunk before",
    "s": "split this hunk into smaller ones",
    "e": "edit this hunk by hand",
    "?": "say what the letters mean",
}
_HELP = """\
# ---
# To leave a removal out, make its - a blank. To leave an addition out, delete
# its line. Lines that begin with # are left out. If nothing is left of the
# hunk, it is not edited at all.
"""


@dataclass(slots=True)
class Piece:
    """A hunk of a file, and what was said to it: True take it, False leave it, None nothing yet."""

    change: Change
    source: Source
    hunk: Hunk
    taken: bool | None = None
    edited: bool = False


@dataclass(slots=True)
class Chosen:
    """What was taken.

    Attributes:
        new: Absolute path -> bytes of the files with a hunk taken.
        all: Whether that is everything, as it was found.
    """

    new: Mapping[str, bytes] = field(default_factory=dict)
    all: bool = False


def choose(changes: list[Change], cwd: Path, ask: Ask, edit: Edit | None = None) -> Chosen:
    """Ask for each hunk until all are decided.

    Args:
        changes: What the run found.
        cwd: What shown paths are relative to.
        ask: Given a question and the letters that answer it, gives one of the letters.
        edit: Given a text, gives it as a person saved it, or None where it was not saved.
    """
    pieces = _pieces(changes)
    at = 0
    while any(piece.taken is None for piece in pieces):
        _show(pieces, at, cwd)
        answer = ask("take it", "".join(_letters(pieces, at)))
        if answer == "q":
            break
        at = _answered(pieces, at, answer, edit or _editor)
    return _chosen(pieces)


def _pieces(changes: list[Change]) -> list[Piece]:
    from tracepy.transforms.diff import hunks
    from tracepy.transforms.source import Source

    pieces = []
    for change in changes:
        source = Source.decode(change.original, str(change.path))
        new = Source.decode(change.new, str(change.path))
        pieces += [Piece(change, source, hunk) for hunk in hunks(source.text, new.text)]
    return pieces


def _letters(pieces: list[Piece], at: int) -> list[str]:
    """What can be answered here."""
    from tracepy.transforms.pieces import split

    left_out = set()
    if at == len(pieces) - 1:
        left_out.add("j")
    if at == 0:
        left_out.add("k")
    if pieces[at].edited or len(split(pieces[at].hunk)) < 2:
        left_out.add("s")
    return [letter for letter in _ANSWERS if letter not in left_out]


def _answered(pieces: list[Piece], at: int, answer: str, edit: Edit) -> int:
    """Do what was answered; the piece to ask for next."""
    here = pieces[at]
    if answer in "jk":
        return at + (1 if answer == "j" else -1)
    if answer == "?":
        for letter in _letters(pieces, at):
            screen.say(f"{letter}  {_ANSWERS[letter]}")
        return at
    if answer == "s":
        from tracepy.transforms.pieces import split

        parts = [Piece(here.change, here.source, hunk) for hunk in split(here.hunk)]
        pieces[at : at + 1] = parts
        screen.say(f"split into {len(parts)} hunks")
        return at
    if answer == "e":
        if not _edited(here, edit):
            return at
    elif answer in "ad":
        for piece in pieces[at:]:
            if piece.change is here.change and (piece is here or piece.taken is None):
                piece.taken = answer == "a"
    else:
        here.taken = answer == "y"
    return _next(pieces, at)


def _next(pieces: list[Piece], at: int) -> int:
    """The next piece that is not decided, from the start again after the last."""
    rest = [*range(at + 1, len(pieces)), *range(at)]
    return next((i for i in rest if pieces[i].taken is None), at)


def _edited(piece: Piece, edit: Edit) -> bool:
    """Have a hunk edited until it applies or the person gives up; whether it was."""
    from tracepy.transforms.pieces import edited, to_edit

    text = to_edit(piece.hunk) + _HELP
    while True:
        try:
            saved = edit(text)
        except click.ClickException as error:  # there is no editor, or it failed
            screen.say(error.format_message())
            return False
        if saved is None or not any(row and row[0] != "#" for row in saved.split("\n")):
            screen.say("not edited")
            return False
        try:
            piece.hunk = edited(piece.hunk, saved, piece.source.newline)
            _encoded([piece])
        except ValueError as error:  # UnicodeEncodeError, too
            screen.say(f"the edited hunk does not apply: {error}")
            if not click.confirm("edit it again?", default=True):
                return False
            text = saved
            continue
        piece.taken = piece.edited = True
        return True


def _editor(text: str) -> str | None:
    return click.edit(text, extension=".diff", require_save=True)


def _encoded(pieces: list[Piece]) -> bytes:
    from tracepy.transforms.diff import apply_hunks

    source = pieces[0].source
    return source.encode(apply_hunks(source.text, [piece.hunk for piece in pieces]))


def _chosen(pieces: list[Piece]) -> Chosen:
    by_file: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.taken:
            by_file.setdefault(str(piece.change.path), []).append(piece)
    everything = all(piece.taken and not piece.edited for piece in pieces)
    return Chosen({path: _encoded(taken) for path, taken in by_file.items()}, everything)


def _show(pieces: list[Piece], at: int, cwd: Path) -> None:
    from tracepy.target import shown

    piece = pieces[at]
    said = {True: ", taken", False: ", left", None: ""}[piece.taken]
    path = shown(str(piece.change.path), cwd)
    screen.say(click.style(f"\n{path} ({at + 1} of {len(pieces)}{said})", bold=True))
    screen.say(screen.paint_diff(str(piece.hunk).rstrip("\n")))
