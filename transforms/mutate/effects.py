"""What an edit changes of the state where its statement runs, as two expressions to compare.

An edit whose expression has the value that the one it replaces had, every time a failing case came
by, cannot make that case pass: the case does not even infect the state (weak mutation; Just, Ernst
and Fraser, "Efficient mutation analysis by propagating and partitioning state infection", ISSTA
2014). Edits with equal values are one as far as the case can tell.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.mutate.base import Mutation, Site
from tracepy.transforms.mutate.blocks import alone, begin, lines_span
from tracepy.transforms.mutate.check import parse
from tracepy.transforms.purity import FUNCTIONS, METHODS
from tracepy.transforms.source import Source

_PLAIN = (
    ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.BinOp, ast.UnaryOp,
    ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Call,
    ast.keyword, ast.Starred, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.Load,
)  # fmt: skip
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_HEADS = (ast.If, ast.While, ast.For, ast.AsyncFor)
_PARTS: dict[type[ast.stmt], str] = {
    ast.If: "test", ast.While: "test", ast.For: "iter", ast.AsyncFor: "iter", ast.Assign: "value",
    ast.AugAssign: "value", ast.AnnAssign: "value", ast.Return: "value", ast.Expr: "value",
    ast.Assert: "test", ast.Raise: "exc",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """An edit, as the value that it puts in another's place.

    Attributes:
        before: An expression of the statement as it stands.
        after: What the edit makes of it.
        truth: Whether only their truth counts.
    """

    before: str
    after: str
    truth: bool


class Effects:
    """The effects of edits of one statement.

    Args:
        site: The statement.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._same = ast.dump(site.statement)
        head = _head(site, ())
        self._kind, self._value = _split(head) if head is not None else (None, None)
        self._truth = isinstance(head, ast.If | ast.While | ast.Assert)

    def of(self, mutation: Mutation) -> Effect | None:
        """What an edit changes where the statement runs; None where that is no matter of values.

        Both expressions can be evaluated in front of the statement, and doing so changes nothing:
        they have only builtin operators, functions and methods (`transforms.purity`).
        """
        edits = mutation.edits
        if any("\n" in edit.text for edit in edits):
            return self._inserted(edits)
        changed = _head(self._site, edits) if self._value is not None else None
        if changed is None:
            return None
        kind, value = _split(changed)
        return self._compared(value) if kind == self._kind else None

    def _inserted(self, edits: Sequence[Edit]) -> Effect | None:
        """`if x: return` or `y = x` put in front of the statement, or `if x:` around it."""
        site = self._site
        if not alone(site.source, site.statement):
            return None
        start, stop = lines_span(site.source, site.statement)
        tree = _parsed(site.source, start, stop, edits, "if 1:\n", "")
        if tree is None or not isinstance(tree.body[0], ast.If) or len(tree.body) != 1:
            return None
        body = tree.body[0].body
        first = body[0]
        before = len(body) == 2 and ast.dump(body[1]) == self._same
        if before and isinstance(first, ast.Assign | ast.AugAssign):
            target, value = first, _split(first)[1]
            name = target.target if isinstance(target, ast.AugAssign) else target.targets[0]
            if isinstance(name, ast.Name) and value is not None and _pure(value):
                return Effect(name.id, ast.unparse(value), False)
        if not isinstance(first, ast.If) or first.orelse or not _pure(first.test):
            return None
        if before:
            return Effect("False", ast.unparse(first.test), True)
        if len(body) == 1 and len(first.body) == 1 and ast.dump(first.body[0]) == self._same:
            return Effect("True", ast.unparse(first.test), True)
        return None

    def _compared(self, other: ast.expr | None) -> Effect | None:
        """The largest expressions that differ and can be evaluated."""
        one, truth = self._value, self._truth
        if one is None or other is None:
            return None
        while not (_pure(one) and _pure(other)):
            inner = _differing(one, other)
            if inner is None:
                return None
            truth = (truth and isinstance(one, ast.BoolOp)) or _negated(one)
            one, other = inner
        return Effect(ast.unparse(one), ast.unparse(other), truth)


def askable(site: Site) -> bool:
    """Whether something can be evaluated in front of the statement each time it runs."""
    return site.function is not None and (
        isinstance(site.statement, ast.If | ast.While) or alone(site.source, site.statement)
    )


def asking(site: Site, call: str) -> tuple[Edit, ...]:
    """The edits that evaluate a call (it yields something false) each time the statement runs."""
    source, statement = site.source, site.statement
    if isinstance(statement, ast.If | ast.While):
        start, stop = source.span(statement.test)
        return Edit(start, start, f"({call} or ("), Edit(stop, stop, "))")
    start, _ = lines_span(source, statement)
    space = source.text[start : begin(source, statement)]
    return (Edit(start, start, f"{space}{call}{source.newline}"),)


def opening(source: Source) -> int:
    """Character offset of the line in front of which a module may be given a first statement."""
    for index, statement in enumerate(source.tree.body):
        text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (future or (text and index == 0)):
            return source.starts[_first(statement) - 1]
    return len(source.text)


def _first(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", None)
    return min(d.lineno for d in decorators) if decorators else statement.lineno


def _head(site: Site, edits: Sequence[Edit]) -> ast.stmt | None:
    """The statement, or the head of a compound one, with edits made."""
    source, statement = site.source, site.statement
    start, stop, tail = begin(source, statement), source.span(statement)[1], ""
    if isinstance(statement, _HEADS):
        stop, tail = begin(source, statement.body[0]), "pass"
        if source.text.startswith("elif", start):
            start += 2
    elif type(statement) not in _PARTS:
        return None
    tree = _parsed(source, start, stop, edits, "", tail)
    return tree.body[0] if tree is not None and len(tree.body) == 1 else None


def _parsed(
    source: Source, start: int, stop: int, edits: Sequence[Edit], before: str, behind: str
) -> ast.Module | None:
    """A part of the module with edits made; None where they reach beyond it."""
    if any(edit.start < start or edit.end > stop for edit in edits):
        return None
    moved = [Edit(edit.start - start, edit.end - start, edit.text) for edit in edits]
    return parse(before + apply_edits(source.text[start:stop], moved) + behind)


def _split(statement: ast.stmt) -> tuple[object, ast.expr | None]:
    """A statement as what it does with a value, and the value."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        target = ast.Name(statement.target.id, ast.Load())
        return (
            [ast.Assign, ast.dump(statement.target)],
            ast.BinOp(target, statement.op, statement.value),
        )
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return [ast.Assign, ast.dump(statement.targets[0])], statement.value
    part = _PARTS.get(type(statement), "")
    if not part:
        return None, None
    rest = [
        _text(value)
        for name, value in ast.iter_fields(statement)
        if name not in (part, "body", "orelse", "type_comment")
    ]
    value = getattr(statement, part)
    if value is None and isinstance(statement, ast.Return):
        value = ast.Constant(None)
    return [type(statement), *rest], value


def _negated(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _text(value: object) -> object:
    if isinstance(value, list):
        return [_text(item) for item in value]
    return ast.dump(value) if isinstance(value, ast.AST) else value


def _differing(one: ast.expr, other: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """The single child in which two nodes differ, where both evaluate it in the same scope."""
    if type(one) is not type(other) or isinstance(one, _SCOPES):
        return None
    pairs = [
        pair
        for name, value in ast.iter_fields(one)
        for pair in _paired(value, getattr(other, name))
        if _text(pair[0]) != _text(pair[1])
    ]
    if len(pairs) != 1:
        return None
    left, right = pairs[0]
    if isinstance(left, ast.keyword) and isinstance(right, ast.keyword) and left.arg == right.arg:
        left, right = left.value, right.value
    if isinstance(left, ast.FormattedValue) and isinstance(right, ast.FormattedValue):
        return _differing(left, right)
    if isinstance(left, ast.expr) and isinstance(right, ast.expr):
        return left, right
    return None


def _paired(one: object, other: object) -> list[tuple[object, object]]:
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return list(zip(one, other, strict=True))
    return [(one, other)]


def _pure(node: ast.expr) -> bool:
    """Whether evaluating it changes nothing, as far as its text says."""
    for item in ast.walk(node):
        if not isinstance(item, _PLAIN):
            return False
        if isinstance(item, ast.Call):
            name = item.func
            if isinstance(name, ast.Name) and name.id in FUNCTIONS:
                continue
            if not (isinstance(name, ast.Attribute) and name.attr in METHODS):
                return False
    return True
