"""Values of expressions that can be read off the source: literals, names bound to them, sums."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LARGE = 10**15


class Unreadable(Exception):
    """An expression whose value only running it would tell."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one of the target's functions with arguments that can be read.

    Attributes:
        function: `module:qualname`.
        args: Its positional arguments.
        kwargs: Its keyword arguments.
    """

    function: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)


Known = Mapping[str, Any]
Named = Callable[[ast.expr], "str | None"]


def value(node: ast.expr, known: Known, named: Named) -> Any:
    """The value of an expression, or the `Call` that it is.

    Args:
        node: The expression.
        known: Values of names.
        named: The function of the target that an expression names, as `module:qualname`.

    Raises:
        Unreadable: it cannot be told without running it.
    """
    if isinstance(node, ast.Constant) and node.value is not ...:
        return node.value
    if isinstance(node, ast.Name) and node.id in known:
        return known[node.id]
    if isinstance(node, ast.Call):
        return _call(node, known, named)
    try:
        return _data(node, known, named)
    except (TypeError, ZeroDivisionError, OverflowError) as error:
        raise Unreadable from error


def _data(node: ast.expr, known: Known, named: Named) -> Any:
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        items = [_plain(item, known, named) for item in node.elts]
        kind = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
        return kind(items)
    if isinstance(node, ast.Dict):
        if None in node.keys:
            raise Unreadable
        keys = [_plain(key, known, named) for key in node.keys if key is not None]
        return dict(zip(keys, [_plain(x, known, named) for x in node.values], strict=True))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_plain(node.operand, known, named)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        sides = [_plain(node.left, known, named), _plain(node.right, known, named)]
        if all(type(side) in {int, float} and abs(side) < _LARGE for side in sides):
            return _OPERATORS[type(node.op)](*sides)
        if isinstance(node.op, ast.Add) and type(sides[0]) is type(sides[1]):
            return sides[0] + sides[1]
    raise Unreadable


def _plain(node: ast.expr, known: Known, named: Named) -> Any:
    found = value(node, known, named)
    if isinstance(found, Call):
        raise Unreadable
    return found


def _call(node: ast.Call, known: Known, named: Named) -> Any:
    name = named(node.func)
    if name is not None:
        if any(keyword.arg is None for keyword in node.keywords):
            raise Unreadable
        args = tuple(x for item in node.args for x in _arguments(item, known, named))
        kwargs = {str(x.arg): _plain(x.value, known, named) for x in node.keywords}
        return Call(name, args, kwargs)
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if last == "approx" and node.args:
        return _plain(node.args[0], known, named)
    raise Unreadable


def _arguments(node: ast.expr, known: Known, named: Named) -> list[Any]:
    if not isinstance(node, ast.Starred):
        return [_plain(node, known, named)]
    found = _plain(node.value, known, named)
    if not isinstance(found, (list, tuple)):
        raise Unreadable
    return list(found)


def compared(test: ast.expr, known: Known, named: Named) -> list[tuple[Call, Any]]:
    """What a condition that has to hold says of calls: what they should give.

    `f(1) == 2`, either way round, `f(1) is None`, `f(1)`, `not f(1)`, and conjunctions of these.
    """
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return [found for part in test.values for found in compared(part, known, named)]
    try:
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            if not isinstance(test.ops[0], (ast.Eq, ast.Is)):
                return []
            return equal(test.left, test.comparators[0], known, named)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            found, wanted = value(test.operand, known, named), False
        else:
            found, wanted = value(test, known, named), True
    except Unreadable:
        return []
    return [(found, wanted)] if isinstance(found, Call) else []


def equal(left: ast.expr, right: ast.expr, known: Known, named: Named) -> list[tuple[Call, Any]]:
    """What it says of calls that two expressions should be equal."""
    try:
        one, other = value(left, known, named), value(right, known, named)
    except Unreadable:
        return []
    if isinstance(other, Call):
        one, other = other, one
    if isinstance(one, Call) and not isinstance(other, Call):
        return [(one, other)]
    return []
