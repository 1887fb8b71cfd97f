"""What a call may do to the objects that it is given, as far as its text says.

Calls of instrumented functions are recorded, so nothing of this is asked about them. For all
others the rule is: a function may change what it is given, unless it is known not to; a class
holds what it is given; what a method does is decided by its receiver's type (`graph/opaque.py`).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from typing import Literal

from tracepy.transforms.scope import blocks

Effect = Literal["none", "changes", "method"]
Imports = Mapping[str, tuple[str, str]]
"""Names bound by `import`: the module, and the name in it (`""` for the module itself)."""

_CHANGE = frozenset({
    "next", "anext", "setattr", "delattr", "exec", "eval", "compile", "vars", "globals", "locals",
    "open", "__import__", "breakpoint",
})  # fmt: skip
_FIXED_TYPES = frozenset({"str", "bytes", "int", "float", "complex", "bool", "tuple", "frozenset"})
_SETTERS = frozenset({"__setattr__", "__delattr__", "__setitem__", "__delitem__", "__setstate__"})
HARMLESS = frozenset(dir(builtins)) - _CHANGE
"""Builtins that change nothing that they are given."""
_PURE_MODULES = frozenset({
    "math", "cmath", "json", "copy", "re", "itertools", "functools", "statistics", "textwrap",
    "string", "datetime", "time", "decimal", "fractions", "dataclasses", "collections", "enum",
    "typing", "operator", "os", "os.path", "sys", "pprint", "unicodedata", "difflib", "hashlib",
    "base64", "binascii", "uuid", "inspect", "abc", "contextlib", "logging", "warnings", "zlib",
})  # fmt: skip
_CHANGE_IN_MODULES = frozenset({"setitem", "delitem", "iadd", "iconcat", "imul", "heapify"})

MAKE_ANEW = frozenset({"list", "dict", "set", "sorted", "bytearray"})
"""Builtins that give an object that was not there before."""
MAKE_ANEW_TOO = frozenset({"loads", "load", "deepcopy"})
"""Functions of modules that do."""


def effect_of(call: ast.Call, imports: Imports, is_builtin: Callable[[str], bool]) -> Effect:
    """What a call may do.

    Args:
        call: The call expression.
        imports: What the module's names for imported things stand for.
        is_builtin: Whether a name stands for a builtin.
    """
    callee = call.func
    if isinstance(callee, ast.Name):
        if is_builtin(callee.id):
            return "none" if callee.id in HARMLESS else "changes"
        module, name = imports.get(callee.id, ("", ""))
        if module in _PURE_MODULES and name not in _CHANGE_IN_MODULES:
            return "none"
        return "none" if is_class(callee.id) else "changes"
    if isinstance(callee, ast.Attribute):
        base = callee.value
        if isinstance(base, ast.Constant | ast.JoinedStr) or is_class(callee.attr):
            return "none"
        if isinstance(base, ast.Call) and getattr(base.func, "id", "") == "super":
            return "none"
        if isinstance(base, ast.Name) and is_builtin(base.id):  # a method taken from its class
            return "none" if base.id in _FIXED_TYPES else "changes"
        if callee.attr in _SETTERS:
            return "changes"
        of = _module(base, imports)
        if of is not None:
            pure = of in _PURE_MODULES and callee.attr not in _CHANGE_IN_MODULES
            return "none" if pure else "changes"
        return "method"
    return "changes"


def is_class(name: str) -> bool:
    """Whether a name is written as those of classes are."""
    bare = name.lstrip("_")
    return bare[:1].isupper() and not bare.isupper()


def _module(node: ast.expr, imports: Imports) -> str | None:
    if isinstance(node, ast.Name) and node.id in imports:
        module, name = imports[node.id]
        return f"{module}.{name}" if name else module
    if isinstance(node, ast.Attribute):
        outer = _module(node.value, imports)
        return f"{outer}.{node.attr}" if outer else None
    return None


def imports_of(tree: ast.Module, package: str) -> dict[str, tuple[str, str]]:
    """What the names stand for that a module's `import` statements bind, wherever they stand.

    Args:
        tree: The module.
        package: The dotted name of the package that it is in, for relative imports.
    """
    found: dict[str, tuple[str, str]] = {}
    stack: list[list[ast.stmt]] = [tree.body]
    while stack:
        for node in stack.pop():
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    found[alias.asname or top] = (alias.name if alias.asname else top, "")
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: -(node.level - 1) or None] if node.level else []
                module = ".".join([*above, *([node.module] if node.module else [])])
                for alias in node.names:
                    found[alias.asname or alias.name] = (module, alias.name)
            else:
                stack += blocks(node)
    return found
