"""What a candidate changes, as a diff: against what it was made of, and against the start.

Thousands of candidates differ from their parents by a line or two. What both texts share at their
ends is found at memory speed, and only the lines between them go through difflib.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from tracepy.patches import label
from tracepy.report.diffs import FILE
from tracepy.report.visible import visible
from tracepy.transforms.diff import hunks, printable, split_lines
from tracepy.transforms.ends import shared_end, shared_start

CONTEXT = 3
LIMIT = 20_000
"""Characters of one diff that are shown."""

Sources = Mapping[str, str]


def step(
    old: Sources, new: Sources, originals: Sources, project: PurePath, limit: int = LIMIT
) -> str:
    """A diff for reading: per file `=== path`, then hunks as in a unified diff; empty for no change.

    Args:
        old, new: Absolute path -> whole text, of the files that differ from the originals.
        originals: Absolute path -> whole text as the run began.
        project: What paths are shown relative to.
        limit: Characters that are shown at most.
    """
    parts = []
    for path in sorted({*old, *new}):
        start = originals.get(path, "")
        body = changes(old.get(path, start), new.get(path, start))
        if body:
            parts.append(f"{FILE}{label(path, project)}\n{body}")
    return visible(printable("".join(parts)).rstrip("\n"), limit)


def changes(old: str, new: str) -> str:
    """The hunks of a unified diff; empty where the texts are equal."""
    if old == new:
        return ""
    head = _head(old, new)
    tail = _tail(old, new, head)
    before = old.count("\n", 0, head)
    old_lines = split_lines(old[head : len(old) - tail])
    new_lines = split_lines(new[head : len(new) - tail])
    found = []
    for start, end in _islands(old_lines, new_lines):
        shift = before + start
        found += [
            str(replace(one, old_start=one.old_start + shift, new_start=one.new_start + shift))
            for one in hunks("".join(old_lines[start:end]), "".join(new_lines[start:end]), CONTEXT)
        ]
    return "".join(found)


def _islands(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Stretches of lines that can be compared apart from each other, context included.

    Where lines were replaced and none added or removed, equal lines stand at equal places; else
    all is one stretch (and its end that of the longer text).
    """
    whole = [(0, max(len(old), len(new)))]
    if len(old) != len(new):
        return whole
    changed = [place for place, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    if 2 * len(changed) > len(old) or len(old) < 40:
        return whole
    islands: list[tuple[int, int]] = []
    for place in changed:
        start, end = max(0, place - CONTEXT), min(len(old), place + CONTEXT + 1)
        if islands and start <= islands[-1][1]:
            start = islands.pop()[0]
        islands.append((start, end))
    return islands


def _head(old: str, new: str) -> int:
    """Where the lines of context before the first difference begin."""
    position = shared_start(old, new)
    for _ in range(CONTEXT + 1):
        position = old.rfind("\n", 0, position)
        if position < 0:
            return 0
    return position + 1


def _tail(old: str, new: str, head: int) -> int:
    """How many characters behind the context after the last difference are shared."""
    position = len(old) - shared_end(old, new, min(len(old), len(new)) - head)
    for _ in range(CONTEXT + 1):
        position = old.find("\n", position) + 1
        if not position:
            return 0
    return len(old) - position
