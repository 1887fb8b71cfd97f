"""What a module's statements bind and touch, asked of each statement once.

Rewriting asks the same of a statement for every block around it. Expressions are only walked where
the text has a sign that they matter: most of a module's nodes stand in expressions, and next to
none of them binds a name or suspends its frame.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from tracepy.transforms.effects import HARMLESS
from tracepy.transforms.scope import (
    SCOPES,
    blocks,
    bound_names,
    children,
    own_nodes,
    own_statements,
    target_names,
)
from tracepy.transforms.source import Source

SEES_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec", "breakpoint"})
SEES_FRAMES = frozenset({"_getframe", "currentframe", "f_locals", "stack", "set_trace"})
_FRAMES = re.compile(rf"\b(?:yield|await|async|{'|'.join(SEES_LOCALS | SEES_FRAMES)})\b")
_WALRUS = re.compile(":=")
_LAMBDA = re.compile(r"\blambda\b")
JUMPS = frozenset({ast.Return, ast.Raise, ast.Break, ast.Continue})
_IMPORTS = (ast.Import, ast.ImportFrom)

GIVEN, WITHIN = "()", "(...)"
Touch = tuple[str, str, bool]
"""A variable, the attribute that is set of what it holds or the method that is called ('' for an
item, GIVEN where it is an argument of a call, WITHIN where it is something that it holds, with the
attribute that leads there if it is known), whether it is an attribute that is set."""


class Outline:
    """Of one module, before it is rewritten. What is asked of a block is kept for later."""

    def __init__(self, source: Source) -> None:
        self._walrus = _lines(_WALRUS, source)
        # Identifiers in other alphabets may be other spellings of these words.
        self._frames = _lines(_FRAMES, source) if source.text.isascii() else None
        self._lambda = _lines(_LAMBDA, source)
        self._bound: dict[ast.stmt, frozenset[str]] = {}
        self._jumps: dict[ast.stmt, bool] = {}
        self._touched: dict[ast.stmt, tuple[Touch, ...]] = {}

    def may_look_or_suspend(self, node: ast.AST) -> bool:
        """Whether the text has a word by which a function's frame is left, or looked at."""
        return self._frames is None or _any_within(self._frames, node)

    def captured(self, root: ast.AST) -> tuple[str, ...]:
        """Names that the lambdas in a function read, when they are called."""
        if not _any_within(self._lambda, root):
            return ()
        body: list[ast.stmt] = getattr(root, "body", [])
        found = {
            part.id
            for node in own_nodes(body)
            if isinstance(node, ast.Lambda)
            for part in ast.walk(node.body)
            if isinstance(part, ast.Name)
        }
        return tuple(sorted(found))

    def bound_within(self, expression: ast.expr) -> set[str]:
        """Names that an expression may bind."""
        return bound_names([expression]) if _any_within(self._walrus, expression) else set()

    def bound(self, statements: Iterable[ast.stmt]) -> set[str]:
        """Names that statements, and the blocks in them, may bind in their own scope."""
        names: set[str] = set()
        for node in statements:
            known = self._bound.get(node)
            if known is None:
                known = self._bound[node] = frozenset(self._binds(node))
            names |= known
        return names

    def _binds(self, node: ast.stmt) -> set[str]:
        kind = type(node)
        if kind in SCOPES:
            return bound_names([node]) if _any_within(self._walrus, node) else {node.name}  # type: ignore[attr-defined]
        if kind in _SIMPLE_FIELD:
            if _any_within(self._walrus, node):
                return bound_names([node])
            targets = getattr(node, _SIMPLE_FIELD[kind])
            found = targets if type(targets) is list else [targets]
            return {name for target in found for name in target_names(target)}
        if kind in _WITHOUT_TARGETS:
            return bound_names([node]) if _any_within(self._walrus, node) else set()
        names = self._binds_itself(node)
        for block in blocks(node):
            names |= self.bound(block)
        return names

    def _binds_itself(self, node: ast.stmt) -> set[str]:
        """Without the blocks in it, but for rare statements."""
        kind = type(node)
        if kind not in _IN_BLOCKS or _any_within(self._walrus, node):
            return bound_names([node])
        if isinstance(node, ast.For | ast.AsyncFor):
            return set(target_names(node.target))
        if isinstance(node, ast.With | ast.AsyncWith):
            taken = [item.optional_vars for item in node.items if item.optional_vars]
            return {name for target in taken for name in target_names(target)}
        if isinstance(node, ast.Try | ast.TryStar):
            return {handler.name for handler in node.handlers if handler.name}
        return set()

    def jumps(self, statements: Iterable[ast.stmt]) -> bool:
        """Whether control may leave these statements other than by running off their end."""
        found = False
        for node in statements:
            known = self._jumps.get(node)
            if known is None:
                inner = () if type(node) in SCOPES else blocks(node)
                # All of them, so that each is asked before it is rewritten.
                inside = [self.jumps(block) for block in inner]
                known = self._jumps[node] = type(node) in JUMPS or True in inside
            found = found or known
        return found

    def touched(self, statements: Iterable[ast.stmt]) -> Iterable[Touch]:
        """Attributes and items of variables' objects that statements may change or set."""
        for node in statements:
            known = self._touched.get(node)
            if known is None:
                known = self._touched[node] = tuple(self._touches(node))
            yield from known

    def _touches(self, node: ast.stmt) -> Iterable[Touch]:
        if type(node) in SCOPES:
            return
        inner = blocks(node)
        inside = {id(part) for block in inner for part in block}
        stack: list[ast.AST] = [part for part in children(node) if id(part) not in inside]
        while stack:
            part = stack.pop()
            kind = type(part)
            if kind is ast.ExceptHandler or kind is ast.match_case:
                stack += [deeper for deeper in children(part) if id(deeper) not in inside]
                continue
            if kind is ast.Call:
                yield from _given(part)  # type: ignore[arg-type]
            elif kind is ast.Attribute or kind is ast.Subscript:
                base = part.value  # type: ignore[attr-defined]
                if type(part.ctx) is not ast.Load:  # type: ignore[attr-defined]
                    if type(base) is ast.Name:
                        yield base.id, getattr(part, "attr", ""), kind is ast.Attribute
                    else:
                        yield from _root(base)
            elif kind is ast.Lambda:
                continue
            stack += children(part)
        for block in inner:
            yield from self.touched(block)

    def imported_only(self, tree: ast.Module) -> set[str]:
        """Names that the module binds by `import`, and nowhere by another statement."""
        imported: set[str] = set()
        others: set[str] = set()
        stack: list[Sequence[ast.stmt]] = [tree.body]
        while stack:
            for node in own_statements(stack.pop()):
                if isinstance(node, _IMPORTS):
                    imported |= self.bound([node])
                    continue
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    stack.append(node.body)
                    if not isinstance(node, ast.ClassDef):
                        others |= _arguments(node.args)
                else:
                    others |= self._binds_itself(node)
        return imported - others


def _root(base: ast.expr) -> Iterable[Touch]:
    """The variable that holds what an attribute or item is taken from, several steps away."""
    step = ""
    while type(base) is ast.Attribute or type(base) is ast.Subscript:
        step = f".{base.attr}" if type(base) is ast.Attribute else ""
        base = base.value
    if type(base) is ast.Name:
        yield base.id, WITHIN + step, False


def _given(call: ast.Call) -> Iterable[Touch]:
    """What a call may change: what it is called on, and what it is given."""
    callee = call.func
    if type(callee) is ast.Attribute:
        if type(callee.value) is ast.Name:
            yield callee.value.id, callee.attr, False
        else:
            yield from _root(callee.value)
    elif type(callee) is ast.Name and callee.id in HARMLESS:
        return
    for argument in call.args:
        if type(argument) is ast.Name:
            yield argument.id, GIVEN, False


_SIMPLE_FIELD: dict[type, str] = {
    ast.Assign: "targets", ast.AugAssign: "target", ast.AnnAssign: "target", ast.Delete: "targets",
}  # fmt: skip
_WITHOUT_TARGETS = frozenset({
    ast.Expr, ast.Return, ast.Raise, ast.Assert, ast.Pass, ast.Break, ast.Continue, ast.Global,
    ast.Nonlocal,
})  # fmt: skip
_IN_BLOCKS = frozenset({
    ast.If, ast.While, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
})  # fmt: skip


def _lines(pattern: re.Pattern[str], source: Source) -> list[int]:
    """The lines on which a pattern occurs."""
    return [source.line_at(found.start()) for found in pattern.finditer(source.text)]


def _any_within(lines: list[int], node: ast.AST) -> bool:
    start, end = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    place = bisect_left(lines, start)
    return place < len(lines) and lines[place] <= end


def _arguments(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return {one.arg for one in every}
