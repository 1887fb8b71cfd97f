"""Other operators: comparison, arithmetic, boolean, unary, augmented."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import loads, replace, tight
from tracepy.transforms.source import Source

SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<",
    ast.RShift: ">>", ast.MatMult: "@", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in",
    ast.NotIn: "not in", ast.And: "and", ast.Or: "or",
}  # fmt: skip

_OTHERS: dict[str, tuple[str, ...]] = {
    "<": ("<=", ">", ">=", "!=", "=="),
    "<=": ("<", ">=", ">", "=="),
    ">": (">=", "<", "<=", "!=", "=="),
    ">=": (">", "<=", "<", "=="),
    "==": ("!=", "is", "in", ">=", "<=", ">", "<"),
    "!=": ("==", "is not", "not in", "<", ">", "<=", ">="),
    "is": ("is not", "=="),
    "is not": ("is", "!="),
    "in": ("not in", "==", "is"),
    "not in": ("in", "!="),
    "+": ("-", "*", "|"),
    "-": ("+", "*", "/", "%"),
    "*": ("/", "+", "**", "//", "-"),
    "/": ("//", "*", "%", "-"),
    "//": ("/", "%", "*", ">>"),
    "%": ("//", "/", "*"),
    "**": ("*", "^"),
    "&": ("|", "^", "-"),
    "|": ("&", "^", "+"),
    "^": ("&", "|", "**"),
    "<<": (">>", "*"),
    ">>": ("<<", "//"),
    "@": ("*",),
}


def operators(site: Site) -> Iterator[Draft]:
    """Every other operator of the same sort, the likeliest first."""
    source = site.source
    for place in loads(site):
        node = place.node
        if isinstance(node, ast.Compare):
            for left, op, right in zip(
                (node.left, *node.comparators), node.ops, node.comparators, strict=False
            ):
                yield from _swap(source, left, right, op, "comparison")
        elif isinstance(node, ast.BinOp):
            yield from _swap(source, node.left, node.right, node.op, "binary operator")
        elif isinstance(node, ast.BoolOp):
            other = "or" if isinstance(node.op, ast.And) else "and"
            text = f" {other} ".join(tight(source, value) for value in node.values)
            edits = replace(place, text, atom=False)
            yield Draft("boolean operator", edits, 1.0, f"`{other}`")
        elif isinstance(node, ast.UnaryOp):
            inner = tight(source, node.operand)
            sign = place.text[: 3 if isinstance(node.op, ast.Not) else 1]
            yield Draft("unary operator", replace(place, inner), 1.0, f"drop `{sign}`")
    if isinstance(site.statement, ast.AugAssign):
        statement = site.statement
        yield from _swap(source, statement.target, statement.value, statement.op, "binary operator")


def _swap(
    source: Source, left: ast.expr, right: ast.expr, op: ast.AST, kind: str
) -> Iterator[Draft]:
    sign = SIGNS[type(op)]
    where = locate(source, left, right, sign)
    if where is None:
        return
    for rank, other in enumerate(_OTHERS[sign]):
        edit = Edit(*where, _padded(source, where, other))
        yield Draft(kind, (edit,), 1 / (1 + rank), f"`{other}` for `{sign}`")


def _padded(source: Source, where: tuple[int, int], other: str) -> str:
    """A word for a sign needs spaces where the sign had none."""
    if not other[0].isalpha():
        return other
    before = "" if source.text[where[0] - 1].isspace() else " "
    after = "" if source.text[where[1]].isspace() else " "
    return before + other + after


def locate(source: Source, left: ast.expr, right: ast.expr, sign: str) -> tuple[int, int] | None:
    """Span of the operator between two operands (comments and parentheses may stand there)."""
    start, stop = source.span(left)[1], source.span(right)[0]
    gap = re.sub(r"#[^\r\n]*", lambda match: " " * len(match.group()), source.text[start:stop])
    pattern = re.escape(sign).replace(r"\ ", r"\s+")
    found = re.search(rf"\b{pattern}\b" if sign[0].isalpha() else pattern, gap)
    return (start + found.start(), start + found.end()) if found else None
