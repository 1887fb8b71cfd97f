"""The parts of an answer: thoughts before it, and blocks between fences."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING = re.compile(
    r"[ \t]{0,20}+(?P<mark>`{3,}+|~{3,}+)[ \t]*+(?P<kind>[\w.+-]{0,40}+)[^`\n]*+\Z"
)
_THOUGHTS = ("think", "thinking", "thought", "thoughts", "reflection", "scratchpad")


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two fences.

    Attributes:
        kind: The language named behind the first fence, in lower case.
        text: The lines between them.
        before: The last line before the first fence that is not blank.
        closed: Whether there is a second fence.
    """

    kind: str
    text: str
    before: str
    closed: bool


def without_thoughts(text: str) -> str:
    """An answer without what a model that thinks aloud puts before it."""
    rest = text.lstrip("\ufeff \t\r\n")
    while rest.startswith("<"):
        name = rest[1:20].partition(">")[0].lower()
        if name not in _THOUGHTS:
            break
        _, found, after = rest.partition(f"</{rest[1 : 1 + len(name)]}>")
        rest = after.lstrip() if found else ""
    # Some servers take the opening tag away with the prompt.
    for name in _THOUGHTS[:2]:
        head, found, after = rest.rpartition(f"\n</{name}>")
        if found and f"<{name}>" not in head:
            rest = after
    return rest


def fenced(text: str) -> list[Block]:
    """The blocks between fences, in order; a last one may be open."""
    found: list[Block] = []
    mark = kind = before = last = ""
    lines: list[str] = []
    for line in text.split("\n"):
        stripped = line.strip()
        if mark:
            if stripped.startswith(mark) and not stripped.strip(mark[0]):
                found.append(Block(kind, "\n".join(lines), before, True))
                mark = ""
            else:
                lines.append(line.removesuffix("\r"))
        elif (opening := _OPENING.match(line.rstrip())) is not None:
            mark, kind, before, lines = opening["mark"], opening["kind"].lower(), last, []
        elif stripped:
            last = stripped
    if mark:
        found.append(Block(kind, "\n".join(lines), before, False))
    return found
