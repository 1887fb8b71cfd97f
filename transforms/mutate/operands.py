"""Operands: one dropped, two swapped, one or a name added to or taken from a value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.operators import SIGNS, locate
from tracepy.transforms.mutate.places import Place, loads, replace, tight
from tracepy.transforms.mutate.survey import names_near

_PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp)


def operands(site: Site) -> Iterator[Draft]:
    """Edits of the operands of each operator, and an operator more for values that have none."""
    source = site.source
    for place in loads(site):
        node = place.node
        if isinstance(node, ast.BinOp):
            left, right = tight(source, node.left), tight(source, node.right)
            yield Draft("operand", replace(place, left), 0.7, f"drop `{_short(right)}`")
            yield Draft("operand", replace(place, right), 0.7, f"drop `{_short(left)}`")
            yield from _exchange(site, node.left, node.right, 1.0)
            yield from _steps(site, place, node)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            yield from _exchange(site, node.left, node.comparators[0], 0.5)
            yield from _chained(site, place, node)
            yield from _bounds(site, node)
        if isinstance(node, _PLAIN) and place.role not in ("callee", "base", "iterable"):
            yield from _shifted(site, place)
        if place.role == "operand" and not isinstance(node, ast.Name | ast.Constant):
            for score, name in names_near(site)[:6]:
                note = f"`{name.text}` for `{_short(place.text)}`"
                yield Draft("operand", replace(place, name.text), score * 0.5, note)


def _exchange(site: Site, one: ast.expr, other: ast.expr, score: float) -> Iterator[Draft]:
    first, second = tight(site.source, one), tight(site.source, other)
    if first != second:
        edits = (Edit(*site.source.span(one), second), Edit(*site.source.span(other), first))
        yield Draft("operand", edits, score, "swap the operands")


def _steps(site: Site, place: Place, node: ast.BinOp) -> Iterator[Draft]:
    """Operator and number at once: `n // 2` for `n - 1`."""
    if not isinstance(node.right, ast.Constant) or type(node.right.value) is not int:
        return
    left, sign = tight(site.source, node.left), SIGNS[type(node.op)]
    for rank, form in enumerate(
        ("// 2", "- 1", "+ 1", "* 2", "- 2", "% 2", "// 10", "% 10", "/ 2")
    ):
        if form.split()[0] != sign:
            text = f"{left} {form}"
            yield Draft(
                "operand", replace(place, text, False), 0.25 / (1 + 0.3 * rank), f"`{text}`"
            )


def _chained(site: Site, place: Place, node: ast.Compare) -> Iterator[Draft]:
    """`low <= x < high` for `x < high`."""
    if not isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return
    sign = SIGNS[type(node.ops[0])]
    near = [(score, name.text) for score, name in names_near(site)[:8]] + [(0.8, "0")]
    for score, name in near:
        if name != "0" and name in place.text:
            continue
        for other in (sign[0] + "=", sign[0]):
            for text in (f"{name} {other} {place.text}", f"{place.text} {other} {name}"):
                yield Draft("more specific", replace(place, text, False), 0.3 * score, f"`{text}`")


def _bounds(site: Site, node: ast.Compare) -> Iterator[Draft]:
    """Operator and number at once: `x == 0` as `x <= 1`."""
    right, op = node.comparators[0], node.ops[0]
    if not isinstance(right, ast.Constant) or type(right.value) is not int:
        return
    sign = {ast.Eq: "==", ast.Gt: ">", ast.Lt: "<", ast.LtE: "<=", ast.GtE: ">="}.get(type(op))
    where = locate(site.source, node.left, right, sign) if sign else None
    if where is None:
        return
    span = site.source.span(right)
    for other in ("<=", ">=", "<", ">"):
        for number in (right.value + 1, right.value - 1):
            if other != sign and number >= 0:
                edits = (Edit(*where, other), Edit(*span, str(number)))
                yield Draft("comparison", edits, 0.2, f"`{other} {number}`")


def _shifted(site: Site, place: Place) -> Iterator[Draft]:
    """`x + 1`, `x - 1`, `x - other` for `x`."""
    if place.role == "condition" or isinstance(place.parent, ast.Expr | ast.keyword):
        return
    if isinstance(place.parent, ast.BinOp) and isinstance(place.node, ast.BinOp):
        return  # the outer sum is shifted instead
    counted = place.role in ("index", "operand") or isinstance(place.node, ast.BinOp)
    score = 0.8 if counted else 0.4
    text = place.text if not isinstance(place.node, ast.BinOp) else _sum(site, place.node)
    for form in (f"{text} + 1", f"{text} - 1"):
        yield Draft("operand", replace(place, form, False), score, f"`{_short(form)}`")
    yield Draft("operand", replace(place, f"-{text}", False), 0.1, f"`-{_short(text)}`")
    for part, name in names_near(site)[:6]:
        if name.kind in ("parameter", "local") and name.text != place.text:
            for sign in "-+*":
                form = f"{text} {sign} {name.text}"
                weight = part * score * (0.3 if sign != "*" else 0.12)
                yield Draft("operand", replace(place, form, False), weight, f"`{_short(form)}`")


def _sum(site: Site, node: ast.BinOp) -> str:
    text = tight(site.source, node)
    plain = isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv | ast.Mod)
    return text[1:-1] if plain else text


def _short(text: str) -> str:
    return text if len(text) < 40 else text[:37] + "…"
