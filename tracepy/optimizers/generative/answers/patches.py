"""Search/replace blocks and unified diffs, read as replacements."""

from __future__ import annotations

import re

from tracepy.optimizers.generative.answers.records import Replacement

_SEARCH = re.compile(r"<{5,9}+[ \t]*+(?:SEARCH|ORIGINAL|OLD|HEAD)\b[ \t]*+(?P<name>.{0,300}+)\Z")
_MIDDLE = re.compile(r"={5,9}+\Z")
_REPLACE = re.compile(r">{5,9}+(?:[ \t]*+(?:REPLACE|UPDATED|NEW)\b.{0,300}+)?\Z")
_HUNK = re.compile(r"@@.{0,300}")


def blocks(text: str, name: str = "") -> tuple[list[Replacement], str, bool]:
    """Search/replace blocks.

    Args:
        text: An answer, or a part of one.
        name: What they belong to, where that is known.

    Returns:
        The replacements, the text without them, and whether a block is cut off.
    """
    if "<<<<<" not in text:
        return [], text, False
    found: list[Replacement] = []
    rest: list[str] = []
    old: list[str] | None = None
    new: list[str] | None = None
    where = ""
    for line in text.split("\n"):
        line = line.removesuffix("\r")
        bare = line.strip()
        if old is None:
            if (opening := _SEARCH.match(bare)) is not None:
                old, new = [], None
                where = name or opening["name"].strip(" :`") or _named(rest)
            else:
                rest.append(line)
        elif new is None:
            if _MIDDLE.match(bare):
                new = []
            else:
                old.append(line)
        elif _REPLACE.match(bare):
            found.append(Replacement(where, "\n".join(old), "\n".join(new)))
            old = new = None
        else:
            new.append(line)
    return found, "\n".join(rest), old is not None


def diffs(text: str, name: str = "") -> list[Replacement]:
    """The hunks of unified diffs, their line numbers passed over: models get them wrong."""
    if "@@" not in text:
        return []
    found: list[Replacement] = []
    where, old, new = name, [], []  # type: str, list[str], list[str]
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    inside = False

    def close() -> None:
        while old and new and not old[-1].strip() and not new[-1].strip():
            old.pop(), new.pop()  # blank lines behind a hunk are the answer's
        if old != new:
            found.append(Replacement(where, "\n".join(old), "\n".join(new)))
        old.clear()
        new.clear()

    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if line.startswith("--- ") and following.startswith("+++ "):
            close()
            inside, where = False, name or _path(following, line)
        elif line.startswith("+++ ") and not inside:
            continue
        elif _HUNK.match(line):
            close()
            inside = True
        elif inside and line.startswith(("```", "diff --git ")):
            close()
            inside = False
        elif inside and not line.startswith("\\"):
            mark, rest = line[:1], line[1:]
            if mark in (" ", ""):
                old.append(rest)
                new.append(rest)
            elif mark == "-":
                old.append(rest)
            elif mark == "+":
                new.append(rest)
            else:
                close()
                inside = False
    close()
    return found


def _path(new: str, old: str) -> str:
    for line in (new, old):
        path = line[4:304].split("\t")[0].strip()
        if path and path != "/dev/null":
            return path[2:] if path[:2] in ("a/", "b/") else path
    return ""


def _named(lines: list[str]) -> str:
    """The name or path on the line before a block, fences passed over."""
    for line in reversed(lines[-4:]):
        bare = line.strip().strip("#*`: ")
        if not bare or line.strip().startswith(("```", "~~~")):
            continue
        return bare if len(bare) <= 300 and " " not in bare else ""
    return ""
