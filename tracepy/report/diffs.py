"""A diff as rows that a page shows: what kind of line, its number, its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

FILE = "=== "
"""What a line begins with that names a file: no line of a hunk begins so."""

_HEAD = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


class Row(NamedTuple):
    """One line: `kind` is `file`, `hunk`, `add`, `gone` or `same`; its number in the new text, of
    a line that is gone in the old one."""

    kind: str
    number: int | None
    text: str


def rows(diff: str) -> Iterator[Row]:
    """The lines of a diff as `steps.step` writes it."""
    old = new = 0
    for line in diff.split("\n"):
        head = _HEAD.match(line)
        if head:
            old, new = int(head[1]), int(head[2])
            yield Row("hunk", None, line)
        elif line.startswith(FILE):
            yield Row("file", None, line[4:])
        elif line.startswith("+"):
            yield Row("add", new, line)
            new += 1
        elif line.startswith("-"):
            yield Row("gone", old, line)
            old += 1
        else:
            yield Row("same", new if line.startswith(" ") else None, line)
            old, new = old + 1, new + 1
