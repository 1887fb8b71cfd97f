"""Whether an edited module still parses and means something else, without parsing all of it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence

from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.mutate.base import Site
from tracepy.transforms.mutate.blocks import begin

_NOISE = str.maketrans("", "", " \t\r\n\f(),:;\\")
_COMPOUND = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Match,
)  # fmt: skip

_IDLE = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Compare, ast.UnaryOp)


class Checker:
    """Checks the edits of one site; keeps the texts it parses around it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        source, statement = site.source, site.statement
        start, stop = begin(source, statement), source.span(statement)[1]
        self._tail = ""
        if isinstance(statement, _COMPOUND):
            stop, self._tail = self._head_end(statement, stop)
        self._seen: set[tuple[int, str]] = set()
        if source.text.startswith("elif", start):
            start += 2
        self._head = (start, stop)
        self._wider = self._enclosing()

    def _head_end(self, statement: ast.stmt, stop: int) -> tuple[int, str]:
        if isinstance(statement, ast.Match):
            return self.site.source.span(statement.subject)[1], ":\n case _: pass"
        body = getattr(statement, "body", None)
        if not body or isinstance(statement, ast.Try | ast.TryStar):
            return begin(self.site.source, statement), ""  # its parts do not parse alone
        return begin(self.site.source, body[0]), "pass"

    def _enclosing(self) -> list[tuple[int, int, int, str]]:
        """Statements around the site, inner first: start, span of its lines, what to put before."""
        source, found = self.site.source, []
        for node in (self.site.statement, *reversed(self.site.parents)):
            if not isinstance(node, ast.stmt):
                continue
            start = begin(source, node)
            line = source.starts[source.line_at(start) - 1]
            space = source.text[line:start]
            if space.strip() or source.text.startswith("elif", start):
                continue
            last = node.end_lineno or node.lineno
            stop = source.starts[last] if last < len(source.starts) else len(source.text)
            found.append((start, line, stop, "if 1:\n" if space else ""))
        return [*found, (0, 0, len(source.text), "")]

    def valid(self, edits: Sequence[Edit]) -> bool:
        """Whether the module with the edits parses, differs in its tree, and was not seen before."""
        first, text = edits[0], self.site.source.text
        if len(edits) == 1:
            if self._is_line_insertion(first):
                return parse(("if 1:\n" if first.text[0] in " \t" else "") + first.text) is not None
            if first.text.isidentifier() and text[first.start : first.end].isidentifier():
                return True  # a name, or part of one, for another
        low, high = min(e.start for e in edits), max(e.end for e in edits)
        start, stop = self._head
        if start <= low and high <= stop and not any("\n" in e.text for e in edits):
            return self._new(start, stop, "", self._tail, edits)
        for code, start, stop, prefix in self._wider:
            if code <= low and high <= stop:  # else its indentation may change
                return self._new(start, stop, prefix, "", edits)
        return False

    def _is_line_insertion(self, edit: Edit) -> bool:
        """Whole lines put in front of a line: they parse there if they parse alone."""
        before = self.site.source.text[edit.start - 1 : edit.start]
        return edit.start == edit.end and before in ("", "\n", "\r") and edit.text[-1] in "\r\n"

    def _new(self, start: int, stop: int, prefix: str, tail: str, edits: Sequence[Edit]) -> bool:
        old = self.site.source.text[start:stop]
        new = apply_edits(old, [Edit(e.start - start, e.end - start, e.text) for e in edits])
        if (start, new) in self._seen:
            return False
        self._seen.add((start, new))
        tree = parse(prefix + new + tail)
        if tree is None or self._idle(tree):
            return False
        text = self.site.source.text
        if any(text[e.start : e.end].translate(_NOISE) != e.text.translate(_NOISE) for e in edits):
            return True
        before = parse(prefix + old + tail)
        return before is None or ast.dump(before) != ast.dump(tree)

    def _idle(self, tree: ast.Module) -> bool:
        """Whether the statement would only name a value: dropping it says the same more plainly."""
        return isinstance(self.site.statement, ast.Expr) and any(
            isinstance(item, ast.Expr) and isinstance(item.value, _IDLE) for item in tree.body
        )


def parse(text: str) -> ast.Module | None:
    """The tree of a text, or None where it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
