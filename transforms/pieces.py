"""Hunks cut smaller, and hunks edited by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracepy.transforms.diff import Hunk

Line = tuple[str, str]
_END = re.compile(r"[\r\n]+$")


def split(hunk: Hunk) -> list[Hunk]:
    """The hunk in pieces, each of changes with no kept line between them.

    Kept lines between two pieces go to the first of them, so that no line is in two pieces.
    """
    parts: list[list[Line]] = []
    changing = False
    for line in hunk.lines:
        if not parts or (line[0] != " " and not changing and any(t != " " for t, _ in parts[-1])):
            parts.append([])
        changing = line[0] != " "
        parts[-1].append(line)
    return list(_placed(hunk, parts))


def _placed(hunk: Hunk, parts: list[list[Line]]) -> Iterator[Hunk]:
    old = hunk.old_start - (1 if hunk.old else 0)  # lines before the piece
    new = hunk.new_start - (1 if hunk.new else 0)
    for lines in parts:
        piece = Hunk(old, new, tuple(lines))
        yield Hunk(old + bool(piece.old), new + bool(piece.new), tuple(lines))
        old += len(piece.old)
        new += len(piece.new)


def to_edit(hunk: Hunk) -> str:
    """The hunk's lines for a text editor; every line ends in `\\n`."""
    return "".join(f"{tag}{_END.sub('', line)}\n" for tag, line in hunk.lines)


def edited(hunk: Hunk, text: str, newline: str) -> Hunk:
    """The hunk that a person made of `to_edit`.

    Lines that begin with `#` are left out; an empty one stands for an empty kept line, as
    editors take the blank at its end away. Kept lines may be left out at both ends.

    Args:
        hunk: What it was made of.
        text: What the editor saved.
        newline: How added lines end.

    Raises:
        ValueError: it does not apply; the message says why.
    """
    old = hunk.old
    lines: list[Line] = []
    for number, row in enumerate(text.split("\n"), 1):
        row = row.removesuffix("\r")
        if row.startswith("#") or (not row and number == text.count("\n") + 1):
            continue
        tag, rest = (row[0], row[1:]) if row else (" ", "")
        if tag == "\\":
            continue
        if tag not in " -+":
            raise ValueError(f"line {number} begins with {tag!r}, not with a blank, - or +")
        lines.append((tag, rest))
    wanted = [rest for tag, rest in lines if tag != "+"]
    bare = [_END.sub("", line) for line in old]
    skipped = _place(wanted, bare)
    if skipped is None:
        raise ValueError("its kept and removed lines are not those of the file")
    return _rebuilt(hunk, lines, skipped, newline)


def _place(wanted: list[str], bare: list[str]) -> int | None:
    """How many old lines stand before those that the edited hunk speaks of."""
    last = len(bare) - len(wanted)
    return next((at for at in range(last + 1) if bare[at : at + len(wanted)] == wanted), None)


def _rebuilt(hunk: Hunk, lines: list[Line], skipped: int, newline: str) -> Hunk:
    """Edited lines with the line ends of the file, where the hunk is in it."""
    old, at = hunk.old, skipped
    result: list[Line] = []
    for tag, rest in lines:
        if tag == "+":
            result.append((tag, rest + newline))
            continue
        result.append((tag, old[at]))
        at += 1
    unended = bool(hunk.new) and not _ended(hunk.new[-1]) and at == len(old)
    ready = tuple(_with_ends(result, newline, unended))
    start = hunk.old_start - (1 if old else 0) + skipped
    piece = Hunk(start, start, ready)
    return Hunk(start + bool(piece.old), hunk.new_start + skipped, ready)


def _with_ends(lines: list[Line], newline: str, unended: bool) -> Iterator[Line]:
    """Only the last line of a file may lack its end, and does if the hunk's own did."""
    last = max((i for i, (tag, _) in enumerate(lines) if tag != "-"), default=-1)
    for number, (tag, line) in enumerate(lines):
        if tag == " " and not _ended(line) and number < last:
            yield "-", line
            yield "+", line + newline
        elif tag == "+" and number == last and unended:
            yield tag, line.removesuffix(newline)
        else:
            yield tag, line


def _ended(line: str) -> bool:
    return line.endswith(("\n", "\r"))
