"""A module's source as exact text, with the positions that `ast` speaks of."""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Source:
    """Text of one module, decoded but otherwise untouched (line ends included).

    Attributes:
        text: The module without its byte order mark.
        path: Where it stands, for messages and tracebacks.
        encoding: What the bytes were decoded with (`utf-8` unless a coding line says otherwise).
        bom: Whether the file began with a UTF-8 byte order mark.
    """

    text: str
    path: str = "<string>"
    encoding: str = "utf-8"
    bom: bool = field(default=False)

    @classmethod
    def read(cls, path: str | Path) -> Source:
        """Read a file. Raises OSError, or SyntaxError where its coding line lies."""
        return cls.decode(Path(path).read_bytes(), str(path))

    @classmethod
    def decode(cls, data: bytes, path: str = "<string>") -> Source:
        # `tokenize` ends lines at \n only; a lone \r ends one for the compiler.
        head = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
        encoding, _ = tokenize.detect_encoding(io.BytesIO(head).readline)
        bom = data.startswith(codecs.BOM_UTF8)
        if bom:
            data, encoding = data[len(codecs.BOM_UTF8) :], "utf-8"
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            raise SyntaxError(f"not {encoding}: {error}", (path, 1, 1, None)) from error
        return cls(text, path, encoding, bom)

    def encode(self, text: str) -> bytes:
        """The bytes of another text of this same file. Raises UnicodeEncodeError."""
        return (codecs.BOM_UTF8 if self.bom else b"") + text.encode(self.encoding)

    def replaced(self, text: str) -> Source:
        """The same file with another text."""
        return Source(text, self.path, self.encoding, self.bom)

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree. Raises SyntaxError."""
        return ast.parse(self.text, self.path)

    @cached_property
    def starts(self) -> list[int]:
        """Character offset at which each line begins (Python's lines: form feeds do not end one)."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @cached_property
    def newline(self) -> str:
        """The line end that the file uses (that of its first line)."""
        match = _LINE_END.search(self.text)
        return match.group() if match else "\n"

    def line(self, number: int) -> str:
        """Line `number` (from 1) with its line end."""
        start = self.starts[number - 1]
        return self.text[start : self.starts[number] if number < len(self.starts) else None]

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a character offset."""
        return bisect_right(self.starts, offset)

    def offset(self, line: int, column: int) -> int:
        """Character offset of a position as `ast` gives it (columns count UTF-8 bytes)."""
        start = self.starts[line - 1]
        text = self.line(line)
        if text.isascii():
            return start + column
        return start + len(text.encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        """First and last-plus-one character offset of a node that has a position."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        end_line, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self.offset(line, column), self.offset(end_line, end_column)

    def segment(self, node: ast.AST) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]
