"""Everything in a module that could be a parameter: its functions and its literals."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from tracepy.errors import UserError
from tracepy.transforms.indent import dedent
from tracepy.transforms.marking import FunctionNode, Marking, defaults, explicit_param
from tracepy.transforms.pragmas import UNCONSTRAINED, Constraint, Pragma, Verb
from tracepy.transforms.source import Source

Kind = Literal["function", "number", "bool", "string", "literal"]


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of source that could be a parameter.

    Attributes:
        name: `module:qualname`, `module:NAME` or `module:qualname.<name>`; the second of the
            same name in a module ends with `#2`, and so on.
        kind: What it is.
        line: Its first line.
        end_line: Its last line.
        start: Offset of its first character in the module's text.
        end: Offset behind its last character.
        value: The literal's value, or the function's source without its indentation.
        constraint: What its pragma allows.
        mark: What its own pragma, decorator or call says; None where there is none.
        usual: Whether it counts where nothing is marked (dunder names, None, empty containers
            functions within functions and test functions do not).
    """

    name: str
    kind: Kind
    line: int
    end_line: int
    start: int
    end: int
    value: Any
    constraint: Constraint = UNCONSTRAINED
    mark: Verb | None = None
    usual: bool = True


def discover(source: Source, module: str) -> list[Found]:
    """All candidates of a module in the order of their places.

    Raises:
        UserError: a pragma is malformed or stands where nothing can be trained.
        SyntaxError: the module does not parse.
    """
    # A run asks again and again about few texts; containers are copied, since they can be changed.
    return [
        replace(item, value=deepcopy(item.value)) if item.kind == "literal" else item
        for item in _discovered(source.text, source.path, module)
    ]


@lru_cache(maxsize=16)
def _discovered(text: str, path: str, module: str) -> tuple[Found, ...]:
    source = Source(text, path)
    walk = _Walk(source, module)
    walk.body(source.tree.body, _Scope())
    walk.marking.check_all_used()
    return tuple(_numbered(sorted(walk.found, key=lambda found: (found.start, -found.end))))


def objectives(source: Source) -> list[str]:
    """Qualified names of the functions that carry `# tracepy: objective`.

    Raises:
        UserError: such a pragma stands at anything but a function.
        SyntaxError: the module does not parse.
    """
    if "tracepy:" not in source.text:
        return []
    walk = _Walk(source, "")
    walk.body(source.tree.body, _Scope())
    walk.marking.check_all_used()
    return walk.objectives


def _numbered(found: list[Found]) -> list[Found]:
    """Names made unique."""
    seen: dict[str, int] = {}
    result = []
    for item in found:
        count = seen[item.name] = seen.get(item.name, 0) + 1
        result.append(item if count == 1 else replace(item, name=f"{item.name}#{count}"))
    return result


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where the walk is: the qualified name so far and what kind of block it is in."""

    qualname: str = ""
    function: bool = False
    mark: Verb | None = None  # what a class says of its methods
    constraint: Constraint = UNCONSTRAINED
    frozen: bool = False

    def inner(self, name: str) -> str:
        if not self.qualname:
            return name
        return f"{self.qualname}.<locals>.{name}" if self.function else f"{self.qualname}.{name}"

    def literal(self, name: str) -> str:
        if self.function:
            return f"{self.qualname}.<{name}>"
        return f"{self.qualname}.{name}" if self.qualname else name


class _Walk:
    def __init__(self, source: Source, module: str) -> None:
        self.source = source
        self.module = module
        self.marking = Marking(source)
        self.found: list[Found] = []
        self.objectives: list[str] = []
        self._seen: set[int] = set()  # start offsets of literals already taken

    def body(self, statements: list[ast.stmt], scope: _Scope) -> None:
        for statement in statements:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.function(statement, scope)
            elif isinstance(statement, ast.ClassDef):
                self.klass(statement, scope)
            else:
                if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
                    self.assignment(statement, scope)
                self.calls(statement, scope)
                for block in _blocks(statement):
                    self.body(block, scope)

    def klass(self, node: ast.ClassDef, scope: _Scope) -> None:
        mark = self.marking.at_definition(node)
        inner = _Scope(
            scope.inner(node.name),
            mark=mark.verb if mark else scope.mark if not scope.function else None,
            constraint=mark.constraint if mark else scope.constraint,
            frozen=mark.verb == "freeze" if mark else scope.frozen,
        )
        for decorator in node.decorator_list:
            self.calls(decorator, scope)
        self.body(node.body, inner)

    def function(self, node: FunctionNode, scope: _Scope) -> None:
        qualname = scope.inner(node.name)
        literals = [pair for pair in defaults(node) if self.value_of(pair[1]) is not None]
        marks = self.marking.at_defaults(node, literals)
        mark = self.marking.at_definition(node)
        judges = self.marking.objective(node)
        if judges:
            self.objectives.append(qualname)
        verb = mark.verb if mark else scope.mark
        constraint = mark.constraint if mark else scope.constraint
        # Whoever may change the measure need not change the program.
        frozen = judges or verb == "freeze" or (scope.frozen and verb is None)
        inner = _Scope(qualname, function=True, frozen=frozen)
        self.defaults(node, marks, inner)
        start, end = self.marking.span(node)
        head = self.source.starts[self.source.line_at(start) - 1]
        prefix = self.source.text[head:start]
        text = self.source.text[head:end].replace("\r\n", "\n").replace("\r", "\n")
        self.add(
            Found(
                f"{self.module}:{qualname}",
                "function",
                self.source.line_at(start),
                node.end_lineno or node.lineno,
                start,
                end,
                dedent(text, prefix),
                constraint,
                "freeze" if frozen else verb,
                usual="<locals>" not in qualname and not node.name.startswith("test_"),
            )
        )
        for decorator in node.decorator_list:
            self.calls(decorator, scope)
        self.body(node.body, inner)

    def defaults(self, node: FunctionNode, marks: dict[str, Pragma], inner: _Scope) -> None:
        for name, value in defaults(node):
            own: Verb | None = "freeze" if inner.frozen else None
            constraint = UNCONSTRAINED
            if (mark := marks.get(name)) is not None:
                own, constraint = mark.verb, mark.constraint
            self.literal(name, value, inner, own, constraint, value.lineno)
            self.calls(value, inner)

    def assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, scope: _Scope) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        pairs = [] if node.value is None else list(_pairs(targets[0], node.value))
        literals = [pair for pair in pairs if self.value_of(pair[1]) is not None]
        mark = self.marking.at_statement(node) if literals else None
        if isinstance(node, ast.AugAssign) and mark is None:
            return  # a step of a running total, not a setting: only when marked
        own: Verb | None = mark.verb if mark else "freeze" if scope.frozen else None
        constraint = mark.constraint if mark else UNCONSTRAINED
        for target, value in literals:
            self.literal(_target_name(target), value, scope, own, constraint, node.lineno)

    def calls(self, node: ast.AST, scope: _Scope) -> None:
        """Take in the `tracepy.param(…)` calls of a statement's own expressions."""
        if not self.marking.param_names and not self.marking.package_names:
            return
        for call in _own_nodes(node):
            if isinstance(call, ast.Call) and self.marking.is_param(call):
                self.literal("param", call, scope, None, UNCONSTRAINED, call.lineno)

    def value_of(self, node: ast.expr) -> tuple[Any] | None:
        """The value of a literal or of a marked one, in a tuple; None for anything else."""
        if isinstance(node, ast.Call):
            if not self.marking.is_param(node) or not node.args:
                return None
            node = node.args[0]
        return _literal(node)

    def literal(
        self,
        name: str,
        node: ast.expr,
        scope: _Scope,
        mark: Verb | None,
        constraint: Constraint,
        line: int,
    ) -> None:
        if isinstance(node, ast.Call) and self.marking.is_param(node):
            node, constraint, name = explicit_param(self.source, node, name)
            mark = mark or "train"
        held = _literal(node)
        start, end = self.source.span(node)
        if held is None or start in self._seen:
            return
        self._seen.add(start)
        value = held[0]
        # A number outside its range is a start to move away from; other types have no range.
        if constraint.low is not None and _kind(value) not in {"number", "literal"}:
            raise UserError(f"{self.source.path}:{line}: a range is for numbers, not for {value!r}")
        usual = not (name.startswith("__") and name.endswith("__")) and _telling(value)
        self.add(
            Found(
                f"{self.module}:{scope.literal(name)}",
                _kind(value),
                self.source.line_at(start),
                node.end_lineno or node.lineno,
                start,
                end,
                value,
                constraint,
                mark,
                usual,
            )
        )

    def add(self, found: Found) -> None:
        self.found.append(found)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        block = getattr(statement, field, None)
        if block:
            yield block
    for part in [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]:
        yield part.body


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what it holds, statements within it excepted."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt):
            yield from _own_nodes(child)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets with the expressions assigned to them, tuples taken apart."""
    if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        if len(target.elts) == len(value.elts) and not any(
            isinstance(item, ast.Starred) for item in [*target.elts, *value.elts]
        ):
            for inner, part in zip(target.elts, value.elts, strict=True):
                yield from _pairs(inner, part)
    elif isinstance(target, (ast.Name, ast.Attribute)) and _target_name(target):
        yield target, value


def _target_name(target: ast.expr) -> str:
    """A dotted name as written; empty for anything else."""
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute) and (base := _target_name(target.value)):
        return f"{base}.{target.attr}"
    return ""


def _literal(node: ast.expr) -> tuple[Any] | None:
    """The value of a literal in a tuple (it may be None itself), else None."""
    if isinstance(node, ast.Call):
        return None  # literal_eval lets `set()` pass
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return None if value is ... else (value,)


def _kind(value: Any) -> Kind:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    return "string" if isinstance(value, str) else "literal"


def _telling(value: Any) -> bool:
    """Whether a value says anything: None and empty containers are mere places to fill."""
    return value is not None and (isinstance(value, (bool, int, float, str)) or bool(value))
