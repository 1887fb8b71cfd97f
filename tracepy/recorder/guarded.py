"""Expressions of a program, evaluated beside it without changing anything."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

from tracepy.transforms.purity import FUNCTIONS, METHODS

LARGEST = 10_000
BUILTIN: tuple[type, ...] = (
    int, float, complex, bool, str, bytes, list, tuple, dict, set, frozenset, range, slice,
    type(None), type({}.keys()), type({}.values()), type({}.items()), bytearray,
)  # fmt: skip
# Expressions that yield an object which is there already: not the same as one that is like it.
_EXISTING = (ast.Name, ast.Attribute, ast.Subscript, ast.BoolOp, ast.IfExp)

Expression = tuple[CodeType, bool]
"""What to evaluate, with `_tracepy_safe` for `SAFE`, and whether its value may be an object that
is there already."""


class Unsure(Exception):
    """An expression that cannot be evaluated without a risk of changing something."""


@cache
def compiled(text: str) -> Expression | None:
    """The expression, with what could go wrong in it guarded; None where it is no expression."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # `x is 1`
            tree = ast.parse(text, mode="eval")
            existing = isinstance(tree.body, _EXISTING) and not _is_slice(tree.body)
            guarded = ast.fix_missing_locations(_Guarded().visit(tree))
            return compile(guarded, "<asked>", "eval"), existing
    except (SyntaxError, ValueError, RecursionError):
        return None


def _is_slice(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


class _Guarded(ast.NodeTransformer):
    """Sends calls and operators whose results can be huge through `SAFE`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute):
            name = ast.Constant(node.func.attr)
            node.func = _call("method", [node.func.value, name])
        else:
            node.func = _call("function", [node.func])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        name = type(node.op).__name__
        return _call("binary", [ast.Constant(name), node.left, node.right])


def _call(name: str, arguments: list[ast.expr]) -> ast.Call:
    safe = ast.Attribute(ast.Name("_tracepy_safe", ast.Load()), name, ast.Load())
    return ast.Call(safe, arguments, [])


_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add, "Sub": operator.sub, "Div": operator.truediv,
    "FloorDiv": operator.floordiv, "Mod": operator.mod, "BitAnd": operator.and_,
    "BitOr": operator.or_, "BitXor": operator.xor, "RShift": operator.rshift,
    "MatMult": operator.matmul, "Mult": operator.mul, "Pow": operator.pow,
    "LShift": operator.lshift,
}  # fmt: skip


class _Safe:
    """What guarded expressions call."""

    def __init__(self) -> None:
        import builtins

        self._functions = {id(getattr(builtins, name)) for name in FUNCTIONS}

    def method(self, owner: Any, name: str) -> Any:
        if type(owner) not in BUILTIN or name not in METHODS:
            raise Unsure
        return self._sized(getattr(owner, name))

    def function(self, called: Any) -> Callable[..., Any]:
        if id(called) not in self._functions:
            raise Unsure
        return self._sized(called)

    def _sized(self, called: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            for argument in arguments:
                if hasattr(type(argument), "__next__"):
                    raise Unsure  # asking would use it up
                if type(argument) is int and called is range and abs(argument) > LARGEST:
                    raise Unsure
                if isinstance(argument, str | list | tuple | dict) and len(argument) > LARGEST:
                    raise Unsure
            return called(*arguments, **named)

        return call

    def binary(self, name: str, left: Any, right: Any) -> Any:
        if type(left) not in BUILTIN or type(right) not in BUILTIN or _grows(name, left, right):
            raise Unsure
        return _BINARY[name](left, right)


def _grows(name: str, left: Any, right: Any) -> bool:
    """Whether the result could be so large that computing it takes long."""
    if isinstance(left, int) and isinstance(right, int):
        if name in ("Pow", "LShift"):
            return left.bit_length() * abs(right) > LARGEST
        return left.bit_length() + right.bit_length() > LARGEST
    if name != "Mult":
        return False
    return any(
        isinstance(one, int) and hasattr(other, "__len__") and one * len(other) > LARGEST
        for one, other in ((left, right), (right, left))
    )


SAFE = _Safe()
