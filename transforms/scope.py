"""Which names a piece of code binds, and which variable a name stands for."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Where = Literal["local", "free", "global", "builtin"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda})
_NAMED = frozenset({ast.ExceptHandler, ast.MatchAs, ast.MatchStar})
_BUILTINS = frozenset(dir(builtins))


# What holds no nodes, or nodes without parts: names of operators, of variables, contexts.
_LEAVES = frozenset({
    "id", "ctx", "attr", "op", "ops", "kind", "type_comment", "arg", "level", "module", "asname",
    "is_async", "conversion", "rest", "simple", "tag",
})  # fmt: skip
PARTS = {
    kind: () if kind is ast.Constant else tuple(f for f in kind._fields if f not in _LEAVES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes with parts of their own that a node consists of."""
    found: list[ast.AST] = []
    values = node.__dict__
    for part_name in PARTS[type(node)]:
        value = values.get(part_name)
        if type(value) is list:
            found += [part for part in value if isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def own_nodes(roots: Iterable[ast.AST]) -> list[ast.AST]:
    """The nodes of one scope: nested functions, classes and lambdas are given but not entered."""
    found: list[ast.AST] = []
    stack = list(roots)
    while stack:
        node = stack.pop()
        found.append(node)
        stack += children(node) if type(node) not in SCOPES else outer_parts(node)
    return found


def outer_parts(node: ast.AST) -> list[ast.AST]:
    """What of a nested function, class or lambda is evaluated in the scope around it."""
    parts: list[ast.AST | None] = [
        *getattr(node, "decorator_list", ()),
        getattr(node, "returns", None),
    ]
    if isinstance(node, ast.ClassDef):
        parts += [*node.bases, *node.keywords]
    else:
        parts.append(node.args)  # type: ignore[attr-defined]
    return [part for part in parts if part is not None]


def own_statements(roots: Iterable[ast.stmt]) -> list[ast.stmt]:
    """The statements of one scope, as `own_nodes`, without going through expressions."""
    found: list[ast.stmt] = []
    stack = [list(roots)]
    while stack:
        for node in stack.pop():
            found.append(node)
            if type(node) not in SCOPES:
                stack += blocks(node)
    return found


_BLOCKS: dict[type, tuple[str, ...]] = {
    ast.If: ("body", "orelse"), ast.For: ("body", "orelse"), ast.While: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"), ast.With: ("body",), ast.AsyncWith: ("body",),
    ast.Try: ("body", "orelse", "finalbody"), ast.TryStar: ("body", "orelse", "finalbody"),
    ast.FunctionDef: ("body",), ast.AsyncFunctionDef: ("body",), ast.ClassDef: ("body",),
    ast.Match: (),
}  # fmt: skip
_PARTS_WITH_BLOCKS = {ast.Try: "handlers", ast.TryStar: "handlers", ast.Match: "cases"}


def blocks(node: ast.stmt) -> Sequence[list[ast.stmt]]:
    """The lists of statements that stand directly in a compound statement."""
    kind = type(node)
    fields = _BLOCKS.get(kind)
    if fields is None:
        return ()
    values = node.__dict__
    found = [values[name] for name in fields if values[name]]
    if kind in _PARTS_WITH_BLOCKS:
        found += [part.body for part in values[_PARTS_WITH_BLOCKS[kind]]]
    return found


_BEGIN = {
    ast.Assign: "value", ast.AnnAssign: "value", ast.Return: "value", ast.Expr: "value",
    ast.AugAssign: "target", ast.If: "test", ast.While: "test", ast.For: "iter", ast.Raise: "exc",
    ast.Match: "subject", ast.Assert: "test", ast.BinOp: "left", ast.Compare: "left",
    ast.BoolOp: "values", ast.Call: "func", ast.Attribute: "value", ast.Subscript: "value",
    ast.Tuple: "elts", ast.List: "elts", ast.Set: "elts", ast.IfExp: "test", ast.Dict: "keys",
    ast.FunctionDef: "decorator_list", ast.ClassDef: "decorator_list", ast.UnaryOp: "operand",
    ast.AsyncFunctionDef: "decorator_list", ast.JoinedStr: "values", ast.Starred: "value",
    ast.FormattedValue: "value", ast.NamedExpr: "value", ast.Await: "value", ast.Yield: "value",
    ast.YieldFrom: "value", ast.With: "items", ast.AsyncWith: "items", ast.Delete: "targets",
}  # fmt: skip
if sys.version_info >= (3, 12):  # from there on they are no functions of their own
    _BEGIN |= dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp), "generators")


def beginning(node: ast.AST) -> ast.AST:
    """The part of a statement that is evaluated first: on its line a tracer sees it begin."""
    while True:
        part = getattr(node, _BEGIN.get(type(node), ""), None)
        if isinstance(part, list):
            part = part[0] if part else None
        if isinstance(part, ast.withitem):
            part = part.context_expr
        elif isinstance(part, ast.comprehension):
            part = part.iter
        if not isinstance(part, ast.expr):
            return node
        node = part


def bound_names(roots: Iterable[ast.AST]) -> set[str]:
    """Names that these statements may bind in their own scope (comprehension targets are not)."""
    names: set[str] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]
                names.add(node.id)  # type: ignore[attr-defined]
            continue
        if kind in SCOPES:
            if kind is not ast.Lambda:
                names.add(node.name)  # type: ignore[attr-defined]
            stack += outer_parts(node)
            continue
        if kind in _NAMED and node.name:  # type: ignore[attr-defined]
            names.add(node.name)  # type: ignore[attr-defined]
        elif kind is ast.MatchMapping and node.rest:  # type: ignore[attr-defined]
            names.add(node.rest)  # type: ignore[attr-defined]
        elif kind is ast.alias:
            names.add((node.asname or node.name).partition(".")[0])  # type: ignore[attr-defined]
        elif kind in COMPREHENSIONS:
            inner = [x for x in ast.walk(node) if isinstance(x, ast.NamedExpr)]
            names.update(x.target.id for x in inner)
            continue
        stack += children(node)
    return names - {"*"}


def target_names(target: ast.expr) -> list[str]:
    """Plain names that an assignment to `target` binds, in order."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, ast.Tuple | ast.List):
        return [name for part in target.elts for name in target_names(part)]
    if isinstance(target, ast.Starred):
        return target_names(target.value)
    return []


def parameter_names(arguments: ast.arguments) -> list[str]:
    """All parameters of a function, positional ones first, then `*args`, keyword-only, `**kw`."""
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    if arguments.vararg:
        names.append(arguments.vararg.arg)
    names += [a.arg for a in arguments.kwonlyargs]
    if arguments.kwarg:
        names.append(arguments.kwarg.arg)
    return names


def defaulted_names(arguments: ast.arguments) -> tuple[str, ...]:
    """The parameters of a function that have a default."""
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    names = positional[len(positional) - len(arguments.defaults) :]
    keyword_only = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return (*names, *(a.arg for a, default in keyword_only if default is not None))


def inner_names(node: ast.AST) -> set[str]:
    """Names bound inside an expression's own scopes: comprehension targets, lambda parameters."""
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.comprehension):
            names.update(target_names(part.target))
        elif isinstance(part, ast.Lambda):
            names.update(parameter_names(part.args))
    return names


@dataclass
class Scope:
    """One function's, class's or module's namespace as the compiler sees it."""

    kind: Literal["module", "class", "function"]
    qualname: str
    parent: Scope | None = None
    bound: set[str] = field(default_factory=set)
    globals_: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    variables: dict[str, tuple[str, Where]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        node: ast.Module | ast.ClassDef | Function,
        parent: Scope | None,
        bound: set[str],
    ) -> Scope:
        """The scope that a module, class or function opens; its body binds these names."""
        if isinstance(node, ast.Module):
            scope = cls("module", "<module>")
        elif parent is not None:
            kind: Literal["class", "function"] = (
                "class" if isinstance(node, ast.ClassDef) else "function"
            )
            scope = cls(kind, parent.inner(node.name), parent)
        else:
            raise ValueError("only a module stands alone")
        scope.bound = set(bound)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            scope.bound |= set(parameter_names(node.args))
        for part in own_statements(node.body):
            if isinstance(part, ast.Global):
                scope.globals_ |= set(part.names)
            elif isinstance(part, ast.Nonlocal):
                scope.nonlocals |= set(part.names)
        scope.bound -= scope.globals_ | scope.nonlocals
        return scope

    def inner(self, name: str) -> str:
        """`__qualname__` of something defined here."""
        if self.kind == "module":
            return name
        return (
            f"{self.qualname}.{name}"
            if self.kind == "class"
            else f"{self.qualname}.<locals>.{name}"
        )

    def variable(self, name: str) -> tuple[str, Where]:
        """A name as the graph builder looks it up; a class's own names carry its prefix."""
        known = self.variables.get(name)
        if known is None:
            where = self.where(name)
            own = where == "local" and self.kind == "class"
            known = self.variables[name] = (f"{self.qualname}.{name}" if own else name, where)
        return known

    def where(self, name: str) -> Where:
        """Which variable `name` means when it is used directly in this scope."""
        if name in self.globals_:
            return "global"
        if self.kind == "module":
            return "global" if name in self.bound or name not in _BUILTINS else "builtin"
        if name in self.bound:
            return "local"
        outer = self.parent
        while outer is not None and outer.kind != "module":
            if outer.kind == "function" and name in outer.bound:
                return "free"
            outer = outer.parent
        return outer.where(name) if outer is not None else "global"
