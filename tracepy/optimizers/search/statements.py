"""How suspicious statements are, from how suspicious the lines are that ran."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping

from tracepy.optimizers.search.localize import OUTSIDE_SLICE
from tracepy.transforms.mutate import Site
from tracepy.transforms.mutate.places import pointless

# A `def` line and what stands at module level run at import, outside every case.
_AT_IMPORT = 0.5
# A trainable statement that did not run in any failing case, beside the least of those that did.
_NOT_RUN = 0.02
# A value of the module's or a class's own level that nothing reads that ran, beside one that is read.
_NOT_READ = 0.05
# A statement that a failing case ended at with an exception.
_RAISED = 3.0
# A statement that only names a value: what was to be done with it is missing.
_POINTLESS = 3.0

_SHOWING = ("__repr__", "__str__", "__format__")

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPOUND = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.TryStar,
    ast.Match,
    ast.ClassDef,
)


class Suspicion:
    """Of the statements of one file.

    Args:
        lines: How suspicious lines are, those that ran in failing cases.
        ended: Lines at which a failing case ended with an exception.
        tree: The file's tree.
    """

    def __init__(
        self, lines: Mapping[int, float], ended: Collection[int], tree: ast.Module
    ) -> None:
        self._lines = lines
        self._ended = ended
        self._order = sorted(lines)
        self._least = min(lines.values(), default=0.0)
        self._most = max(lines.values(), default=0.0)
        # Of a name or an attribute, how suspicious the lines are that read it.
        self._read: dict[str, float] = {}
        for node in ast.walk(tree) if lines else ():
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                rank = lines.get(node.lineno, 0.0)
                self._read[name] = max(self._read.get(name, 0.0), rank)

    def of(self, site: Site) -> float:
        """How suspicious a statement is: its own line, or that of the code that it governs."""
        if not self._lines:
            return 1.0
        statement, lines = site.statement, self._lines
        if isinstance(statement, _FUNCTIONS):
            # Its line has the slice's share at most: that the function was called is not seen there.
            ran = self._within(statement.lineno, statement.end_lineno or statement.lineno)
            return ran * _AT_IMPORT or self._least * _NOT_RUN
        own = lines.get(statement.lineno)
        vain = pointless(statement, site.parents[-1])
        if own is None and (vain or isinstance(statement, ast.Pass)):
            own = lines.get(getattr(site.parents[-1], "lineno", 0))  # running it leaves no event
        if own is not None:
            # A failing test prints what it compared: that it ran there says nothing.
            showing = site.function is not None and site.function.name in _SHOWING
            weight = _RAISED if any(n in _head_lines(statement) for n in self._ended) else 1.0
            weight *= _POINTLESS if vain else 1.0
            return own * weight * (OUTSIDE_SLICE if showing else 1.0)
        if isinstance(statement, ast.Try | ast.TryStar):
            first, last = statement.body[0].lineno, statement.body[-1].end_lineno or 0
            # What it does not catch, or catches by another name, ended a case within it.
            if any(first <= line <= last for line in self._ended):
                return self._within(first, last)
        if isinstance(statement, _COMPOUND):
            inner = self._within(statement.lineno, statement.end_lineno or statement.lineno)
            if inner:
                return inner * _AT_IMPORT
        if site.function is None:
            return self._at_import(statement)
        return self._least * _NOT_RUN

    def _within(self, first: int, last: int) -> float:
        """The most suspicious line of a range."""
        some = self._order[bisect_left(self._order, first) : bisect_right(self._order, last)]
        return max((self._lines[line] for line in some), default=0.0)

    def _at_import(self, statement: ast.stmt) -> float:
        """What stands outside functions is as suspicious as what reads the names that it binds."""
        bound = {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        most = self._most * _AT_IMPORT
        if not bound:
            return most
        read = max((self._read.get(name, 0.0) for name in bound), default=0.0)
        return read * _AT_IMPORT if read else most * _NOT_READ


def _head_lines(statement: ast.stmt) -> range:
    """The lines of a statement, of a compound one those before its body."""
    body = getattr(statement, "body", None)
    stop = body[0].lineno if body else (statement.end_lineno or statement.lineno) + 1
    return range(statement.lineno, max(stop, statement.lineno + 1))
