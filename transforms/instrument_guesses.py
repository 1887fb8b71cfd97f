"""Which type a value most likely has: what the recorder tests first. A wrong guess costs time only."""

from __future__ import annotations

import ast
from collections.abc import Mapping

_FLOATS = frozenset({"sqrt", "float", "random", "sin", "cos", "exp", "log", "perf_counter", "time"})
_WHOLE = frozenset({"int", "len", "ord", "hash", "randint", "randrange", "index", "count", "find"})
_TRUTHS = frozenset({"isinstance", "issubclass", "callable", "bool", "any", "all", "hasattr"})
_TYPES = frozenset({"int", "float", "bool"})


def guess_of(value: ast.expr, known: Mapping[str, str]) -> str:
    """`int`, `float`, `bool`, `object`, or nothing where the source does not tell."""
    match value:
        case ast.Constant():
            kind = type(value.value).__name__
            return kind if kind in _TYPES else ""
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return "bool"
        case ast.BinOp():
            if isinstance(value.op, ast.Div):
                return "float"
            sides = guess_of(value.left, known), guess_of(value.right, known)
            return "float" if "float" in sides else "int" if "int" in sides else ""
        case ast.UnaryOp():
            return guess_of(value.operand, known)
        case ast.Name():
            return known.get(value.id, "")
        case ast.Attribute():
            return "object"
        case ast.IfExp():
            return guess_of(value.body, known)
        case ast.Call():
            callee = getattr(value.func, "attr", getattr(value.func, "id", ""))
            if callee in _FLOATS:
                return "float"
            return "bool" if callee in _TRUTHS else "int" if callee in _WHOLE else ""
    return ""


def guesses(root: ast.AST) -> dict[str, str]:
    """The guess for each variable of a function, from its annotations and assignments."""
    found: dict[str, str] = {}
    if not isinstance(root, ast.FunctionDef | ast.AsyncFunctionDef):
        return found
    arguments = root.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        kind = getattr(argument.annotation, "id", "")
        if kind in _TYPES:
            found[argument.arg] = kind
    stack: list[ast.stmt] = list(reversed(root.body))
    while stack:
        statement = stack.pop()
        if isinstance(statement, ast.For) and isinstance(statement.target, ast.Name):
            callee = getattr(getattr(statement.iter, "func", None), "id", "")
            if callee == "range":
                found[statement.target.id] = "int"
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
            _assigned(statement, found)
        for field in ("orelse", "body"):
            stack += reversed(getattr(statement, field, []))
    return found


def _assigned(statement: ast.Assign | ast.AugAssign | ast.AnnAssign, found: dict[str, str]) -> None:
    if statement.value is None:
        return
    guess = guess_of(statement.value, found)
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        if isinstance(target, ast.Name):
            before = found.get(target.id, guess)
            both = (before, guess)
            likeliest = next((kind for kind in ("float", "object") if kind in both), "")
            found[target.id] = guess if guess == before else likeliest
