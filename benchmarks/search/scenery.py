"""What a pattern needs to know of a module: its code's nodes, and the words in use around each."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from benchmarks.search.positions import Positions

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


class Scenery:
    """A module's tree with its surroundings.

    What is left out: docstrings, annotations, f-strings (whose positions `ast` does not tell),
    imports, and what only runs as a script.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self.at = Positions(text)
        self.parents: dict[ast.AST, ast.AST] = {}
        self.nodes: list[ast.AST] = list(self._walk(self.tree))

    def _walk(self, node: ast.AST) -> Iterator[ast.AST]:
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "type_comment"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if not isinstance(child, ast.AST) or _left_out(child):
                    continue
                self.parents[child] = node
                yield child
                yield from self._walk(child)

    def source(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> str:
        """A node's own text, with brackets where it would fall apart in another place."""
        start, end = self.at.span(node)
        return self.text[start:end]

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The statement that a node is in."""
        at: ast.AST | None = node
        while at is not None and not isinstance(at, ast.stmt):
            at = self.parents.get(at)
        return at

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function that a node is in."""
        at = self.parents.get(node)
        while at is not None and not isinstance(at, _Function):
            at = self.parents.get(at)
        return at

    def all(self, *kinds: type[ast.AST]) -> list[ast.AST]:
        """The nodes of some kinds, in the order of the text."""
        return [node for node in self.nodes if isinstance(node, kinds)]

    def names(self, node: ast.AST) -> list[str]:
        """Variables that exist where a node stands: those of its function, else the module's."""
        function = self.function(node)
        if function is None:
            return self.module_names
        return [name for name in self._locals[function] if name not in ("self", "cls")]

    def is_set_elsewhere(self, statement: ast.stmt, target: ast.expr) -> bool:
        """Whether a target has a value without this statement, as far as one can see."""
        if not isinstance(target, ast.Name):
            return isinstance(target, (ast.Attribute, ast.Subscript))
        function = self.function(statement)
        return function is not None and any(
            isinstance(node, (ast.Name, ast.arg))
            and target.id in (getattr(node, "id", ""), getattr(node, "arg", ""))
            and not isinstance(getattr(node, "ctx", None), ast.Load)
            and self.statement(node) is not statement
            for node in ast.walk(function)
        )

    @cached_property
    def module_names(self) -> list[str]:
        """What is assigned at module level."""
        found = (
            target.id
            for statement in self.tree.body
            if isinstance(statement, (ast.Assign, ast.AnnAssign))
            for target in ast.walk(statement)
            if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
        )
        return sorted({name for name in found if not name.startswith("__")})

    @cached_property
    def _locals(self) -> dict[ast.AST, list[str]]:
        found: dict[ast.AST, set[str]] = defaultdict(set)
        for node in self.nodes:
            if isinstance(node, _Function):
                found[node] |= {argument.arg for argument in _arguments(node.args)}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                function = self.function(node)
                if function is not None:
                    found[function].add(node.id)
        return {node: sorted(names) for node, names in found.items()}

    @cached_property
    def functions(self) -> list[str]:
        """Names that the module calls or defines as functions."""
        found = {node.name for node in self.tree.body if isinstance(node, _Function)}
        found |= {
            node.func.id
            for node in self.nodes
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        return sorted(found)

    @cached_property
    def methods(self) -> list[str]:
        """Names that the module calls as methods."""
        return sorted(
            {
                node.func.attr
                for node in self.nodes
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            }
        )

    @cached_property
    def attributes(self) -> dict[str, list[str]]:
        """Attributes that are read or set, not called, by the text of what they belong to."""
        found: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes:
            if isinstance(node, ast.Attribute) and not self.is_called(node):
                found[ast.unparse(node.value)].add(node.attr)
        return {owner: sorted(names) for owner, names in found.items()}

    @cached_property
    def numbers(self) -> list[str]:
        """The numbers that the module writes out."""
        return sorted(
            {
                self.source(node)
                for node in self.nodes
                if isinstance(node, ast.Constant) and is_number(node)
            }
        )

    @cached_property
    def keywords(self) -> list[str]:
        """Keyword arguments that the module's calls use, and parameters with a default."""
        found = {node.arg for node in self.nodes if isinstance(node, ast.keyword) and node.arg}
        for node in self.nodes:
            if isinstance(node, ast.arguments):
                found |= {argument.arg for argument in node.kwonlyargs}
                found |= {argument.arg for argument in node.args[len(node.args) - len(node.defaults) :]}  # fmt: skip
        return sorted(found)

    def is_called(self, node: ast.AST) -> bool:
        """Whether a node is what a call calls."""
        parent = self.parents.get(node)
        return isinstance(parent, ast.Call) and parent.func is node


def is_number(node: ast.AST) -> bool:
    """Whether a node is a number that is written out."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    )


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return named + [extra for extra in (arguments.vararg, arguments.kwarg) if extra]


def _left_out(node: ast.AST) -> bool:
    if isinstance(node, (ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        return "__name__" in ast.unparse(node.test)
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)  # fmt: skip
    return False
