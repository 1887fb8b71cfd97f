"""How scores, times and diffs look, on a terminal and off it."""

from __future__ import annotations

import math
import os
import re
import sys
from typing import IO

import click

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


def score(value: float | None) -> str:
    """A score to four significant digits, whole numbers as such."""
    if value is None:
        return "none"
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.4g}"


def two_scores(first: float | None, second: float | None) -> tuple[str, str]:
    """Both scores, with as many digits as it takes to tell them apart."""
    texts = score(first), score(second)
    if first == second or texts[0] != texts[1] or first is None or second is None:
        return texts
    digits = next((n for n in range(5, 17) if f"{first:.{n}g}" != f"{second:.{n}g}"), 17)
    return f"{first:.{digits}g}", f"{second:.{digits}g}"


def duration(seconds: float) -> str:
    """`0.4 s`, `42 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def count(number: int, noun: str) -> str:
    """`1 evaluation`, `2 evaluations`, `12,000 evaluations`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def one_line(text: str, width: int = 72) -> str:
    """Text on one line, cut at `width` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


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
