"""How scores, times and diffs look, on a terminal and off it."""

from __future__ import annotations

import os
import re
import sys
from typing import IO

import click

from tracepy.words import causes as causes
from tracepy.words import count as count
from tracepy.words import duration as duration
from tracepy.words import one_line as one_line
from tracepy.words import score as score
from tracepy.words import size as size
from tracepy.words import two_scores as two_scores

# What moves the cursor, sets titles or hides text comes from a program or a candidate, not from
# us: colours, bold and dim are all that we ask of a terminal.
_CONTROL = re.compile(
    r"(\x1b\[(?:[0-2]|[39][0-7])(?:;(?:[0-2]|[39][0-7]))*m)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n|$)"
)


def say(text: str = "", *, err: bool = False) -> None:
    """A line to stdout or stderr; what its encoding lacks is escaped, never an error."""
    stream = sys.stderr if err else sys.stdout
    text = _CONTROL.sub(lambda found: found[1] or f"\\x{ord(found[0]):02x}", text)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    safe = text.encode(encoding, "backslashreplace").decode(encoding)
    click.echo(safe, err=err, color=coloured(stream))


def is_screen(stream: IO[str]) -> bool:
    """Whether a person looks at it and it can move its cursor."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def coloured(stream: IO[str]) -> bool:
    """Whether to colour: on a screen, unless `NO_COLOR` is set (https://no-color.org)."""
    return is_screen(stream) and not os.environ.get("NO_COLOR")


def paint_diff(patch: str) -> str:
    """A unified diff with the colours that git uses; `say` takes them off where none belong."""
    return "\n".join(_paint(line) for line in patch.split("\n"))


def _paint(line: str) -> str:
    # A line may end in \r (a CRLF file): the colour ends before it, or the terminal jumps.
    body = line.rstrip("\r")
    if body.startswith(("+++", "---", "diff ", "index ")):
        return click.style(body, bold=True) + line[len(body) :]
    styles = {"+": "green", "-": "red", "@": "cyan"}
    colour = styles.get(body[:1])
    return click.style(body, fg=colour) + line[len(body) :] if colour else line


def show_diff(patch: str) -> None:
    """A diff to stdout: coloured on a screen, else byte for byte what `git apply` takes."""
    from tracepy.transforms.diff import printable, to_bytes

    if is_screen(sys.stdout):
        say(paint_diff(printable(patch).rstrip("\n")))
        return
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:  # a stand-in that takes only text
        sys.stdout.write(printable(patch))
        return
    sys.stdout.flush()
    buffer.write(to_bytes(patch))
    buffer.flush()
