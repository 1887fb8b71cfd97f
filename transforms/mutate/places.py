"""The expressions of a statement, the part each plays, and how to splice text in its stead."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Site
from tracepy.transforms.source import Source

BLOCKS = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})
_UNTOUCHED = frozenset({"annotation", "returns", "decorator_list", "type_params", "type_comment"})
_LOOSE = frozenset({"argument", "value", "index", "element", "default"})
_ATOMS = (
    ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Set,
    ast.JoinedStr, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip
_OPERATORS = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Await, ast.Starred, ast.IfExp,
    ast.NamedExpr,
)  # fmt: skip

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_EFFECTIVE = (
    ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.ListComp, ast.SetComp,
    ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One expression of a statement.

    Attributes:
        node: The expression.
        parent: The node that holds it.
        field: The parent's field that holds it.
        role: `condition`, `argument`, `callee`, `base`, `index`, `operand`, `iterable`,
            `element`, `default`, `target`, or `value` for anything else.
        start: Character offset of its first character (its own parentheses lie outside).
        end: Character offset after its last one.
        text: Its text.
        enclosed: Whether it alone stands in a pair of parentheses (its own or a call's).
    """

    node: ast.expr
    parent: ast.AST
    field: str
    role: str
    start: int
    end: int
    text: str
    enclosed: bool


def pointless(statement: ast.stmt, parent: ast.AST | None = None) -> bool:
    """Whether a statement only names a value, which nothing is done with.

    Args:
        statement: The statement.
        parent: The node that holds it, where docstrings are to be told from others.
    """
    if not isinstance(statement, ast.Expr) or isinstance(statement.value, _EFFECTIVE):
        return False
    if isinstance(statement.value, ast.Constant):
        documented = isinstance(parent, _DOCUMENTED) and parent.body[0] is statement
        return statement.value.value is not ... and not documented
    return True


def is_atom(node: ast.expr) -> bool:
    """Whether the node's text binds as tightly as a name wherever it is spliced in."""
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, int | float | complex) or isinstance(node.value, bool)
    if isinstance(node, ast.Tuple):
        return False
    return isinstance(node, _ATOMS)


def fit(place: Place, text: str, atom: bool) -> str:
    """The text as it must read in the place: in parentheses unless they change nothing."""
    if place.enclosed:
        return text
    if isinstance(place.node, ast.GeneratorExp):
        return f"({text})"  # its span may be the parentheses of the call around it
    if atom or place.role in _LOOSE:
        return text
    if place.role in ("condition", "iterable") and isinstance(
        place.parent, ast.If | ast.While | ast.Assert | ast.For | ast.AsyncFor
    ):
        return text
    return f"({text})"


def replace(place: Place, text: str, atom: bool = True) -> tuple[Edit, ...]:
    """The edit that puts `text` in the place; `atom=False` where it needs parentheses."""
    return (Edit(place.start, place.end, fit(place, text, atom)),)


def tight(source: Source, node: ast.expr) -> str:
    """The node's text, in parentheses if an operator next to it could tear it apart."""
    text = source.segment(node)
    return text if is_atom(node) or isinstance(node, ast.Constant) else f"({text})"


def role_of(parent: ast.AST, field: str, node: ast.expr, outer: str) -> str:
    """The part that an expression plays in its parent, whose own part is `outer`."""
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return "target"
    if field == "test" or (isinstance(parent, ast.comprehension) and field == "ifs"):
        return "condition"
    if isinstance(parent, ast.BoolOp) or (
        isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
    ):
        return "condition" if outer == "condition" else "operand"
    if isinstance(parent, ast.Call):
        return "callee" if field == "func" else "argument"
    if isinstance(parent, ast.keyword):
        return "argument"
    if isinstance(parent, ast.Attribute):
        return "base"
    if isinstance(parent, ast.Subscript):
        return "base" if field == "value" else "index"
    if isinstance(parent, ast.Slice):
        return "index"
    if isinstance(parent, _OPERATORS):
        return "operand"
    if field == "iter":
        return "iterable"
    if isinstance(parent, ast.List | ast.Tuple | ast.Set | ast.Dict):
        return "element"
    if isinstance(parent, ast.arguments):
        return "default"
    return "value"


@lru_cache(maxsize=64)
def _places(source: Source, statement: ast.stmt) -> tuple[Place, ...]:
    found: list[Place] = []

    def walk(parent: ast.AST, outer: str, exact: bool) -> None:
        for field, value in ast.iter_fields(parent):
            if field in _UNTOUCHED or (field in BLOCKS and isinstance(value, list)):
                continue
            for node in value if isinstance(value, list) else (value,):
                if isinstance(node, ast.expr):
                    role = role_of(parent, field, node, outer)
                    inside = exact and not isinstance(node, ast.JoinedStr)
                    if not isinstance(node, ast.FormattedValue):
                        keep(node, parent, field, role, exact)
                    walk(node, role, inside)
                elif isinstance(node, ast.AST) and not isinstance(node, ast.stmt | ast.pattern):
                    walk(node, outer, exact)

    def keep(node: ast.expr, parent: ast.AST, field: str, role: str, exact: bool) -> None:
        try:
            start, end = source.span(node)
        except (IndexError, UnicodeDecodeError):  # wrong positions inside f-strings before 3.12
            return
        text = source.text[start:end]
        if exact or _reads_as(text, node):
            enclosed = source.text[start - 1 : start] == "(" and source.text[end : end + 1] == ")"
            found.append(Place(node, parent, field, role, start, end, text, enclosed))

    walk(statement, "value", True)
    return tuple(found)


def _reads_as(text: str, node: ast.expr) -> bool:
    try:
        return ast.dump(ast.parse(text.strip(), mode="eval").body) == ast.dump(node)
    except SyntaxError:
        return False


def places(site: Site) -> tuple[Place, ...]:
    """Every expression of the statement's head, outer ones first.

    Expressions inside an f-string whose positions do not read back (Python 3.11) are left out.
    """
    return _places(site.source, site.statement)


def loads(site: Site) -> Iterator[Place]:
    """The expressions that are read, not assigned to."""
    return (place for place in places(site) if place.role != "target")


def item_span(spans: list[tuple[int, int]], index: int) -> tuple[int, int]:
    """The span of one item of a list of items, with the comma that goes when it goes."""
    start, stop = spans[index]
    if index:
        return spans[index - 1][1], stop
    return start, spans[1][0] if len(spans) > 1 else stop
