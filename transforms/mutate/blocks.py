"""Statements in their blocks: where lines begin, how deep they stand, what a splice must carry."""

from __future__ import annotations

import ast
from functools import lru_cache

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Site
from tracepy.transforms.source import Source


def first_line(statement: ast.stmt) -> int:
    """The line a statement begins on, decorators included."""
    decorators = getattr(statement, "decorator_list", None)
    return min(d.lineno for d in decorators) if decorators else statement.lineno


def begin(source: Source, statement: ast.stmt) -> int:
    """Character offset at which a statement begins, decorators included."""
    decorators = getattr(statement, "decorator_list", None)
    if not decorators:
        return source.offset(statement.lineno, statement.col_offset)
    line = source.starts[first_line(statement) - 1]
    return source.text.index("@", line)


def end(source: Source, statement: ast.stmt) -> int:
    """Character offset after a statement's last character."""
    return source.span(statement)[1]


def indentation(source: Source, statement: ast.stmt) -> str:
    """The white space before a statement; of one that shares its line, that of the line."""
    line = source.line(first_line(statement))
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def alone(source: Source, statement: ast.stmt) -> bool:
    """Whether the statement has its lines to itself (no `;`, no `if x: statement`, no `elif`)."""
    start, stop = begin(source, statement), end(source, statement)
    line = source.starts[first_line(statement) - 1]
    if source.text[line:start].strip(" \t\f"):
        return False
    rest = source.text[stop : _line_end(source, stop)].strip()
    return (not rest or rest.startswith("#")) and not source.text.startswith("elif", start)


def _line_end(source: Source, offset: int) -> int:
    """Offset of the line end (or of the text's end) after `offset`."""
    line = source.line_at(offset)
    text = source.line(line)
    return source.starts[line - 1] + len(text.rstrip("\r\n"))


def lines_span(source: Source, statement: ast.stmt) -> tuple[int, int]:
    """Span of the whole lines of a statement that is alone on them, last line end included."""
    last = statement.end_lineno or statement.lineno
    stop = source.starts[last] if last < len(source.starts) else len(source.text)
    return source.starts[first_line(statement) - 1], stop


@lru_cache(maxsize=64)
def step(source: Source) -> str:
    """One level of the file's indentation."""
    for node in ast.walk(source.tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.stmt) and isinstance(body, list) and alone(source, body[0]):
            outer, inner = indentation(source, node), indentation(source, body[0])
            if inner.startswith(outer) and inner != outer:
                return inner.removeprefix(outer)
    return "    "


def block_of(site: Site) -> list[ast.stmt]:
    """The list of statements that the statement is an element of."""
    parent = site.parents[-1]
    for _, value in ast.iter_fields(parent):
        if isinstance(value, list) and any(item is site.statement for item in value):
            return value
    return [site.statement]


def insert_before(site: Site, lines: list[str]) -> tuple[Edit, ...]:
    """The edit that puts lines (one level of nesting written as a tab) before the statement.

    Empty where the statement does not stand alone on its lines.
    """
    source = site.source
    if not alone(source, site.statement):
        return _insert_inline(site, lines)
    space, newline = indentation(source, site.statement), source.newline
    text = "".join(space + line.replace("\t", step(source)) + newline for line in lines)
    start = source.starts[first_line(site.statement) - 1]
    if isinstance(site.statement, ast.Pass):
        return (Edit(*lines_span(source, site.statement), text),)  # it only held the place
    return (Edit(start, start, text),)


def _insert_inline(site: Site, lines: list[str]) -> tuple[Edit, ...]:
    """`if x: return y` with lines put before `return y`, which moves to lines of its own."""
    source, statement = site.source, site.statement
    parent = site.parents[-1]
    start, stop = source.span(statement)
    inline = isinstance(parent, ast.If | ast.For | ast.While | ast.With) and parent.body == [
        statement
    ]
    if not inline or source.text.startswith("elif", start):
        return ()
    before = source.text[source.starts[statement.lineno - 1] : start]
    if not before.rstrip().endswith(":") or statement.lineno != statement.end_lineno:
        return ()
    if source.text[stop : _line_end(source, stop)].lstrip().startswith(";"):
        return ()
    space = before[: len(before) - len(before.lstrip(" \t\f"))] + step(source)
    newline = source.newline
    text = newline + "".join(space + line.replace("\t", step(source)) + newline for line in lines)
    cut = start - (len(before) - len(before.rstrip()))
    return (Edit(cut, start, text + space),)


def insert_after(site: Site, lines: list[str]) -> tuple[Edit, ...]:
    """The edit that puts lines after the statement (its nested blocks included)."""
    source = site.source
    if not alone(source, site.statement):
        return ()
    space, newline = indentation(source, site.statement), source.newline
    text = "".join(space + line.replace("\t", step(source)) + newline for line in lines)
    _, stop = lines_span(source, site.statement)
    if stop == len(source.text) and not source.text.endswith(("\n", "\r")):
        text = newline + text.removesuffix(newline)
    return (Edit(stop, stop, text),)
