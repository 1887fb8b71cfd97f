"""Unified diffs that `git apply` and `patch -p1` accept byte for byte.

A diff is a `str`. Bytes that are not UTF-8 (a file with a latin-1 coding line) stand in it as
lone surrogates (`surrogateescape`), so that `to_bytes` gives a patch with exactly the files'
bytes; `printable` gives a text that any terminal or database takes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_CONTEXT = 3
_NO_END = "\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of a file that changes, with the lines around it.

    Attributes:
        old_start: Line (from 1) at which it begins in the old text; where it holds no old line,
            the line that it stands behind.
        new_start: The same for the new text, with all hunks before it applied.
        lines: Pairs of a tag (` ` kept, `-` removed, `+` added) and a line with its line end.
    """

    old_start: int
    new_start: int
    lines: tuple[tuple[str, str], ...]

    @property
    def old(self) -> list[str]:
        """Its lines in the old text."""
        return [line for tag, line in self.lines if tag != "+"]

    @property
    def new(self) -> list[str]:
        """Its lines in the new text."""
        return [line for tag, line in self.lines if tag != "-"]

    def __str__(self) -> str:
        head = f"@@ -{_range(self.old_start, self.old)} +{_range(self.new_start, self.new)} @@\n"
        body = (
            f"{tag}{line}" if line.endswith("\n") else f"{tag}{line}\n{_NO_END}"
            for tag, line in self.lines
        )
        return head + "".join(body)


def hunks(old: str, new: str, context: int = _CONTEXT) -> list[Hunk]:
    """The changes from one text to another, those close together in one hunk."""
    before, after = split_lines(old), split_lines(new)
    result = []
    for group in _groups(list(_changes(before, after)), context):
        first, last = group[0], group[-1]
        lead = min(context, first[0])
        tail = min(context, len(before) - last[1])
        lines = [(" ", line) for line in before[first[0] - lead : first[0]]]
        position = first[0]
        for start, end, new_start, new_end in group:
            lines += [(" ", line) for line in before[position:start]]
            lines += [("-", line) for line in before[start:end]]
            lines += [("+", line) for line in after[new_start:new_end]]
            position = end
        lines += [(" ", line) for line in before[position : position + tail]]
        old_start, new_start = first[0] - lead + 1, first[2] - lead + 1
        hunk = Hunk(old_start, new_start, tuple(lines))
        result.append(Hunk(old_start - (not hunk.old), new_start - (not hunk.new), tuple(lines)))
    return result


def split_lines(text: str) -> list[str]:
    """The lines of a text as `git` and `patch` see them: only `\\n` ends one."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def apply_hunks(old: str, chosen: Iterable[Hunk]) -> str:
    """The old text with some of its hunks applied.

    Raises:
        ValueError: a hunk is not one of this text, or two overlap.
    """
    lines = split_lines(old)
    result: list[str] = []
    position = 0
    for hunk in sorted(chosen, key=lambda hunk: hunk.old_start):
        start = hunk.old_start - (1 if hunk.old else 0)
        end = start + len(hunk.old)
        if start < position or lines[start:end] != hunk.old:
            raise ValueError(f"the hunk at line {hunk.old_start} does not fit the text")
        result += [*lines[position:start], *hunk.new]
        position = end
    return "".join([*result, *lines[position:]])


def unified(path_label: str, old_text: str, new_text: str) -> str:
    """A unified diff of one file; empty where nothing changes.

    Args:
        path_label: The path to show, relative to where the patch will be applied, with `/`.
        old_text: The whole old text, byte order mark included if the file has one.
        new_text: The whole new text.
    """
    found = hunks(old_text, new_text)
    if not found:
        return ""
    old, new = _quoted(f"a/{path_label}"), _quoted(f"b/{path_label}")
    # A tab ends a name that holds a space, for `patch` would take the rest for a date.
    tab = "\t" if " " in path_label and not old.startswith('"') else ""
    head = f"diff --git {old} {new}\n--- {old}{tab}\n+++ {new}{tab}\n"
    return head + "".join(map(str, found))


def unified_many(files: Mapping[str, tuple[bytes, bytes]]) -> str:
    """A unified diff of several files, from label to old and new bytes, in the order given."""
    return "".join(unified(label, _text(old), _text(new)) for label, (old, new) in files.items())


def to_bytes(patch: str) -> bytes:
    """A diff as the bytes of a patch file."""
    return patch.encode("utf-8", "surrogateescape")


def printable(patch: str) -> str:
    """A diff as proper Unicode: bytes that are not UTF-8 are read as latin-1."""
    return re.sub("[\udc80-\udcff]", lambda match: chr(ord(match[0]) - 0xDC00), patch)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _changes(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Spans that differ: start and end in the old lines, start and end in the new ones."""
    least = min(len(old), len(new))
    head = next((i for i in range(least) if old[i] != new[i]), least)
    tail = 0
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    matcher = difflib.SequenceMatcher(
        None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False
    )
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield start + head, end + head, new_start + head, new_end + head


def _groups(
    changes: list[tuple[int, int, int, int]], context: int
) -> Iterator[list[tuple[int, int, int, int]]]:
    """Changes whose surroundings would touch, together."""
    group: list[tuple[int, int, int, int]] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * context:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _range(start: int, lines: list[str]) -> str:
    return f"{start}" if len(lines) == 1 else f"{start},{len(lines)}"


def _quoted(path: str) -> str:
    """A path as git writes it: in C's quotes where it holds a quote, backslash or control."""
    if not re.search(r'["\\\x00-\x1f\x7f]', path):
        return path
    named = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    return '"' + "".join(named.get(c, c if c >= " " else f"\\{ord(c):03o}") for c in path) + '"'
