"""Moving a block of source left and right without touching the insides of its strings."""

from __future__ import annotations

import io
import tokenize

_OPENING = {getattr(tokenize, name, -1) for name in ("FSTRING_START", "TSTRING_START")} - {-1}
_CLOSING = {getattr(tokenize, name, -1) for name in ("FSTRING_END", "TSTRING_END")} - {-1}


def string_rows(text: str) -> set[int]:
    """The lines (from 1) of a block of source that begin inside a string.

    Raises:
        SyntaxError: the text cannot be tokenized (its subclass IndentationError included).
    """
    rows: set[int] = set()
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _OPENING:
                opened.append(token.start[0])
            elif token.type in _CLOSING:
                rows.update(range(opened.pop() + 1, token.end[0] + 1))
            elif token.type == tokenize.STRING:
                rows.update(range(token.start[0] + 1, token.end[0] + 1))
    except tokenize.TokenError as error:
        raise SyntaxError(error.args[0]) from error
    return rows


def dedent(text: str, prefix: str) -> str:
    """Take `prefix` off the lines that begin with it, insides of strings excepted."""
    if not prefix:
        return text
    inside = _inside(text)
    return "".join(
        line if row in inside else line.removeprefix(prefix)
        for row, line in enumerate(_lines(text), 1)
    )


def indent(text: str, prefix: str) -> str:
    """Put `prefix` before every line that is not empty, insides of strings excepted.

    Raises:
        SyntaxError: the text cannot be tokenized.
    """
    if not prefix:
        return text
    inside = _inside(text)
    return "".join(
        line if row in inside or not line.strip() else prefix + line
        for row, line in enumerate(_lines(text), 1)
    )


def _inside(text: str) -> set[int]:
    # Tokenizing is slow, and without these no string goes over the end of a line.
    many = any(mark in text for mark in ('"""', "'''", "\\\n"))
    return string_rows(text) if many else set()


def _lines(text: str) -> list[str]:
    # Not str.splitlines: form feeds and the like do not end a line of Python.
    return io.StringIO(text).readlines()
