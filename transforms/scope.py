"""Which names a piece of code binds, and which variable a name stands for."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Where = Literal["local", "free", "global", "builtin"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_BUILTINS = frozenset(dir(builtins))


def own_nodes(roots: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of one scope: nested functions, classes and lambdas are given but not entered."""
    stack = list(roots)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _NESTED):
            stack.extend(ast.iter_child_nodes(node))


def bound_names(roots: Iterable[ast.AST]) -> set[str]:
    """Names that these statements may bind in their own scope (comprehension targets are not)."""
    names: set[str] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        elif isinstance(node, ast.Lambda):
            continue
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        if isinstance(node, COMPREHENSIONS):
            inner = [x for x in ast.walk(node) if isinstance(x, ast.NamedExpr)]
            names.update(x.target.id for x in inner)
            continue
        stack.extend(ast.iter_child_nodes(node))
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

    @classmethod
    def of(
        cls,
        node: ast.Module | ast.ClassDef | Function,
        parent: Scope | None = None,
    ) -> Scope:
        """The scope that a module, class or function opens."""
        if isinstance(node, ast.Module):
            scope = cls("module", "<module>")
        elif parent is not None:
            kind: Literal["class", "function"] = (
                "class" if isinstance(node, ast.ClassDef) else "function"
            )
            scope = cls(kind, parent.inner(node.name), parent)
        else:
            raise ValueError("only a module stands alone")
        scope.bound = bound_names(node.body)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            scope.bound |= set(parameter_names(node.args))
        for part in own_nodes(node.body):
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
