"""The functions of a module, and which of its lines are needed to read some of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Part:
    """A function, or the top level of a module.

    Attributes:
        name: Qualified name as Python has it without `<locals>`; empty for the top level.
        line: Its first line, that of `def`.
        node: What it is.
        rows: Of each line that a statement of its own begins at, the lines to show with it.
    """

    name: str
    line: int
    node: Function | ast.Module
    rows: dict[int, list[int]] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """Its signature on one line; empty for the top level."""
        return "" if isinstance(self.node, ast.Module) else signature(self.node)

    @property
    def lines(self) -> range:
        """The lines of its signature."""
        if isinstance(self.node, ast.Module):
            return range(0)
        return range(self.node.lineno, max(self.node.body[0].lineno, self.node.lineno + 1))


class Outline:
    """A module's text with its parts. Of a text that is no Python there are none.

    Attributes:
        lines: The text's lines.
        parts: Functions, and the top level.
        classes: By qualified name.
        owner: Of each line that a statement stands on, the part that it belongs to.
        bound: Of each line that a statement begins at, the names that it binds.
    """

    def __init__(self, text: str) -> None:
        self.lines = re.split(r"\r\n|\r|\n", text)
        self.parts: list[Part] = []
        self.classes: dict[str, ast.ClassDef] = {}
        self.owner: dict[int, Part] = {}
        self.bound: dict[int, set[str]] = {}
        try:
            self.tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            self.tree = ast.Module([], [])
        top = self._part("", 0, self.tree)
        self._walk(self.tree.body, top, "", [])

    def text(self, number: int) -> str:
        """A line, from 1."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def needed(self, part: Part, ran: Iterable[int]) -> list[int]:
        """The lines to show so that those that ran can be read: with what they stand in."""
        return sorted({row for line in ran for row in part.rows.get(line, (line,))})

    def _part(self, name: str, line: int, node: Function | ast.Module) -> Part:
        part = Part(name, line, node)
        self.parts.append(part)
        return part

    def _walk(self, body: Iterable[ast.stmt], part: Part, prefix: str, above: list[int]) -> None:
        for node in body:
            if isinstance(node, Function):
                inner = self._part(f"{prefix}{node.name}", node.lineno, node)
                self._own(part, node.lineno, [*above, node.lineno])
                for line in inner.lines:
                    self.owner[line] = inner
                self._walk(node.body, inner, f"{inner.name}.", [])
            elif isinstance(node, ast.ClassDef):
                self.classes[f"{prefix}{node.name}"] = node
                self._own(part, node.lineno, [*above, node.lineno])
                self._walk(node.body, part, f"{prefix}{node.name}.", [*above, node.lineno])
            else:
                self._statement(node, part, prefix, above)

    def _own(self, part: Part, line: int, rows: list[int]) -> None:
        self.owner.setdefault(line, part)
        part.rows.setdefault(line, rows)

    def _statement(self, node: ast.stmt, part: Part, prefix: str, above: list[int]) -> None:
        blocks = list(_blocks(node))
        self.bound.setdefault(node.lineno, set()).update(_bound(node, blocks))
        last = node.end_lineno or node.lineno
        if blocks:
            last = max(node.lineno, min(_first(block) for _, block in blocks) - 1)
        head = [*above, *range(node.lineno, last + 1)]
        self._own(part, node.lineno, head)
        for line in range(node.lineno, last + 1):
            self.owner.setdefault(line, part)
        for word, block in blocks:
            self._walk(block, part, prefix, [*head, *self._opening(word, node, block)])

    def _opening(self, word: str, node: ast.stmt, block: list[ast.stmt]) -> list[int]:
        """The line of the `else`, `except` or `case` that a block stands under."""
        if not word:
            return []
        for number in range(_first(block), node.lineno, -1):
            if self.text(number).lstrip().startswith(word):
                return [number]
        return []


def _bound(node: ast.stmt, blocks: list[tuple[str, list[ast.stmt]]]) -> Iterator[str]:
    """Names that a statement binds, but for those that the statements within it do."""
    inside = {id(each) for _, block in blocks for each in block}
    left: list[ast.AST] = [node]
    while left:
        each = left.pop()
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id
        left += [child for child in ast.iter_child_nodes(each) if id(child) not in inside]


def signature(node: Function) -> str:
    """`def f(x: int) -> int`, on one line."""
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    gives = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    return f"{word} {node.name}({ast.unparse(node.args)}){gives}"


def _first(block: list[ast.stmt]) -> int:
    decorators: list[ast.expr] = getattr(block[0], "decorator_list", [])
    return min([block[0].lineno, *(each.lineno for each in decorators)])


def _blocks(node: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    for name, word in (("body", ""), ("orelse", "else"), ("finalbody", "finally")):
        block = getattr(node, name, None)
        if isinstance(block, list) and block:
            yield ("" if name == "orelse" and _is_elif(node, block) else word), block
    for handler in getattr(node, "handlers", ()):
        yield "except", handler.body
    for case in getattr(node, "cases", ()):
        yield "case", case.body


def _is_elif(node: ast.stmt, block: list[ast.stmt]) -> bool:
    return (
        isinstance(node, ast.If)
        and len(block) == 1
        and isinstance(block[0], ast.If)
        and block[0].col_offset == node.col_offset
    )
