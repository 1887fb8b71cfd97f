"""What a name probably holds, from how its function treats it: the stand-in for a run's types."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import lru_cache

from tracepy.transforms.mutate.base import Site
from tracepy.transforms.source import Source

_METHODS: dict[str, str] = {
    "append": "list", "extend": "list", "sort": "list", "insert": "list",
    "popleft": "deque", "appendleft": "deque",
    "add": "set", "discard": "set", "union": "set", "issubset": "set",
    "items": "dict", "keys": "dict", "values": "dict", "get": "dict", "setdefault": "dict",
    "lower": "str", "upper": "str", "strip": "str", "split": "str", "join": "str",
    "startswith": "str", "endswith": "str", "replace": "str", "isalpha": "str", "isdigit": "str",
    "rstrip": "str", "lstrip": "str", "splitlines": "str", "encode": "str", "isalnum": "str",
    "islower": "str", "isupper": "str", "isspace": "str", "partition": "str",
}  # fmt: skip
_RESULTS: dict[str, str] = {
    "len": "int", "int": "int", "ord": "int", "round": "int", "count": "int", "index": "int",
    "str": "str", "repr": "str", "join": "str", "input": "str", "chr": "str",
    "strip": "str", "lower": "str", "upper": "str", "replace": "str",
    "list": "list", "sorted": "list", "split": "list", "splitlines": "list",
    "dict": "dict", "defaultdict": "dict", "Counter": "dict", "OrderedDict": "dict",
    "set": "set", "tuple": "tuple", "float": "float", "deque": "deque", "bool": "bool",
    "isinstance": "bool", "abs": "int",
}  # fmt: skip
_ARITHMETIC = (ast.Sub, ast.Div, ast.FloorDiv, ast.Pow)
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@lru_cache(maxsize=64)
def _guessed(source: Source, scope: ast.AST) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)

    def note(target: ast.AST | None, kind: str) -> None:
        if isinstance(target, ast.Name):
            found[target.id].add(kind)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            found[f"{target.value.id}.{target.attr}"].add(kind)

    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                note(target, kind_of(node.value))
        elif isinstance(node, ast.AugAssign):
            note(node.target, kind_of(node.value))
        elif isinstance(node, ast.AnnAssign | ast.arg):
            kind = node.annotation.id if isinstance(node.annotation, ast.Name) else ""
            name = ast.Name(node.arg) if isinstance(node, ast.arg) else node.target
            note(name, kind if kind in _RESULTS else "")
        elif isinstance(node, ast.arguments):
            named = [*node.posonlyargs, *node.args]
            for argument, default in zip(
                named[len(named) - len(node.defaults) :], node.defaults, strict=True
            ):
                note(ast.Name(argument.arg), kind_of(default))
        elif isinstance(node, ast.For | ast.comprehension):
            _loop(node.target, node.iter, note)
        elif isinstance(node, ast.Attribute) and node.attr in _METHODS:
            note(node.value, _METHODS[node.attr])
        elif isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if kind_of(other) in ("int", "float"):
                    note(one, "int")
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], _ORDER):
            if kind_of(node.comparators[0]) == "int":
                note(node.left, "int")
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            note(node.value, "list")
    return {name: frozenset(kinds - {""}) for name, kinds in found.items()}


def _loop(target: ast.expr, iterable: ast.expr, note: object) -> None:
    """What the variable of a loop over `range` or `enumerate` holds."""
    called = iterable.func if isinstance(iterable, ast.Call) else None
    name = called.id if isinstance(called, ast.Name) else ""
    assert callable(note)
    if name == "range":
        note(target, "int")
    elif name == "enumerate" and isinstance(target, ast.Tuple) and target.elts:
        note(target.elts[0], "int")


def kind_of(node: ast.expr | None) -> str:
    """The type's name that an expression shows by its form, or ''."""
    if isinstance(node, ast.Constant):
        return type(node.value).__name__
    if isinstance(node, ast.UnaryOp):
        return "bool" if isinstance(node.op, ast.Not) else kind_of(node.operand)
    if isinstance(node, ast.Call):
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        return _RESULTS.get(name, "")
    if isinstance(node, ast.BinOp):
        return kind_of(node.left) or kind_of(node.right)
    return _FORMS.get(type(node), "")


_FORMS: dict[type[ast.AST] | type[None], str] = {
    ast.List: "list", ast.ListComp: "list", ast.Dict: "dict", ast.DictComp: "dict",
    ast.Set: "set", ast.SetComp: "set", ast.Tuple: "tuple", ast.JoinedStr: "str",
    ast.Compare: "bool", ast.GeneratorExp: "generator", ast.Lambda: "function",
}  # fmt: skip


def guess(site: Site, name: str) -> frozenset[str]:
    """Type names that a name may hold by the look of its function (of its class, for `self.x`).

    Empty where nothing tells. `list` stands for any sequence where only a slice was seen.
    """
    owner = next((n for n in reversed(site.parents) if isinstance(n, ast.ClassDef)), None)
    scope: ast.AST = site.function or site.source.tree
    if owner is not None and "." in name:
        scope = owner
    return _guessed(site.source, scope).get(name, frozenset())
