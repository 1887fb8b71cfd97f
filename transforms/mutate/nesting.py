"""The same operands grouped otherwise: parentheses moved, added or dropped, calls widened."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.operators import SIGNS
from tracepy.transforms.mutate.places import Place, loads, replace, tight

_MOST = 6  # operands of one expression that are regrouped


def nesting(site: Site) -> Iterator[Draft]:
    """Other groupings of each expression with several operators, and of calls in it."""
    for place in loads(site):
        node = place.node
        if isinstance(node, ast.BinOp | ast.BoolOp) and not isinstance(place.parent, type(node)):
            yield from _regrouped(site, place)
        if isinstance(node, ast.BinOp):
            yield from _rotated(site, place, node)
            yield from _taken_in(site, place, node)
        elif isinstance(node, ast.Call):
            yield from _let_out(site, place, node)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.BinOp):
            base, index = site.source.segment(node.value), node.slice
            sign = SIGNS[type(index.op)]
            left, right = tight(site.source, index.left), tight(site.source, index.right)
            yield _draft(place, f"{base}[{left}] {sign} {right}", 0.5)


def _draft(place: Place, text: str, score: float) -> Draft:
    note = text if len(text) < 60 else text[:57] + "…"
    return Draft("nesting", replace(place, text, False), score, f"`{note}`")


def _flat(site: Site, node: ast.expr, top: bool = True) -> tuple[list[str], list[str]]:
    """Operands and signs in the order of the text, through groups of the same sort."""
    if isinstance(node, ast.BinOp):
        left, right = _flat(site, node.left, False), _flat(site, node.right, False)
        return left[0] + right[0], [*left[1], SIGNS[type(node.op)], *right[1]]
    if isinstance(node, ast.BoolOp):
        operands: list[str] = []
        signs: list[str] = []
        for value in node.values:
            some, between = _flat(site, value, False)
            signs += [SIGNS[type(node.op)]] * bool(operands) + between
            operands += some
        return operands, signs
    plain = isinstance(node, ast.Compare | ast.UnaryOp)
    return [site.source.segment(node) if plain and not top else tight(site.source, node)], []


def _regrouped(site: Site, place: Place) -> Iterator[Draft]:
    operands, signs = _flat(site, place.node)
    if isinstance(place.node, ast.BinOp):
        operands = [
            f"({text})" if text[0] not in "([{" and _loose(text) else text for text in operands
        ]
    if not 3 <= len(operands) <= _MOST or (
        len(set(signs)) < 2 and signs[0] in ("+", "*", "and", "or")
    ):
        return
    yield _draft(place, _joined(operands, signs, 0, 0), 1.0)
    for low in range(len(operands)):
        for high in range(low + 1, len(operands)):
            if high - low + 1 < len(operands):
                yield _draft(place, _joined(operands, signs, low, high), 1.0)


def _loose(text: str) -> bool:
    """Whether an operand is one that an arithmetic operator would tear apart."""
    return isinstance(
        ast.parse(f"({text})", mode="eval").body, ast.Compare | ast.BoolOp | ast.IfExp
    )


def _joined(operands: list[str], signs: list[str], low: int, high: int) -> str:
    """The operands in their order, those from `low` to `high` in parentheses where they are more."""
    parts = list(operands)
    if low < high:
        parts[low] = "(" + parts[low]
        parts[high] += ")"
    text = parts[0]
    for sign, part in zip(signs, parts[1:], strict=True):
        text += f" {sign} {part}"
    return text


def _rotated(site: Site, place: Place, node: ast.BinOp) -> Iterator[Draft]:
    """`(a + b) * c` for `a + b * c` and back, whatever else is grouped within them."""
    source, sign = site.source, SIGNS[type(node.op)]
    if isinstance(node.right, ast.BinOp):
        inner = node.right
        one, two, three = (tight(source, n) for n in (node.left, inner.left, inner.right))
        yield _draft(place, f"({one} {sign} {two}) {SIGNS[type(inner.op)]} {three}", 1.0)
    if isinstance(node.left, ast.BinOp):
        inner = node.left
        one, two, three = (tight(source, n) for n in (inner.left, inner.right, node.right))
        yield _draft(place, f"{one} {SIGNS[type(inner.op)]} ({two} {sign} {three})", 1.0)


def _taken_in(site: Site, place: Place, node: ast.BinOp) -> Iterator[Draft]:
    """`f(a - 1)` for `f(a) - 1`, `a[i + 1]` for `a[i] + 1`."""
    source, sign = site.source, SIGNS[type(node.op)]
    left, right = node.left, node.right
    other = tight(source, right)
    if isinstance(left, ast.Call) and left.args and not left.keywords:
        text = source.segment(left)
        if not isinstance(left.args[-1], ast.Starred | ast.GeneratorExp):
            yield _draft(place, f"{text[:-1]} {sign} {other})", 1.0)
    if isinstance(left, ast.Subscript) and not isinstance(left.slice, ast.Slice):
        yield _draft(place, f"{source.segment(left)[:-1]} {sign} {other}]", 0.8)
    if isinstance(right, ast.Call) and right.args:
        start = source.span(right.args[0])[0] - source.span(right)[0]
        text = source.segment(right)
        first = tight(source, left)
        if not isinstance(right.args[0], ast.Starred | ast.GeneratorExp):
            yield _draft(place, f"{text[:start]}{first} {sign} {text[start:]}", 0.6)


def _let_out(site: Site, place: Place, call: ast.Call) -> Iterator[Draft]:
    """`f(a) - 1` for `f(a - 1)`, `f(a) > b` for `f(a > b)`."""
    if len(call.args) != 1 or call.keywords:
        return
    inner, source = call.args[0], site.source
    name = source.segment(call.func)
    if isinstance(inner, ast.BinOp):
        sign = SIGNS[type(inner.op)]
        left, right = tight(source, inner.left), tight(source, inner.right)
        yield _draft(place, f"{name}({left}) {sign} {right}", 1.0)
        yield _draft(place, f"{left} {sign} {name}({right})", 0.5)
    elif isinstance(inner, ast.Compare) and len(inner.ops) == 1:
        sign, right = SIGNS[type(inner.ops[0])], tight(source, inner.comparators[0])
        yield _draft(place, f"{name}({tight(source, inner.left)}) {sign} {right}", 1.0)
