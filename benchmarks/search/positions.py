"""Where the nodes of a tree stand in its text, and replacing some of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable

Edit = tuple[int, int, str]


class Positions:
    """Offsets of nodes in a text; `ast` counts lines, and bytes within them."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset in characters of a line (from 1) and a column in bytes."""
        text = self._lines[line - 1]
        if not text.isascii():
            column = len(text.encode("utf-8")[:column].decode("utf-8", "ignore"))
        return self._starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> tuple[int, int]:
        """Where a node starts and ends."""
        end = self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return self.offset(node.lineno, node.col_offset), end


def replaced(text: str, edits: Iterable[Edit]) -> str:
    """The text with spans replaced. They must not overlap."""
    for start, end, new in sorted(set(edits), reverse=True):
        text = text[:start] + new + text[end:]
    return text
