"""An operand more: a value with an operator and another value put behind it or before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.guess import kind_of
from tracepy.transforms.mutate.material import Stuff, agree, kinds_at, material, numeric
from tracepy.transforms.mutate.places import Place, loads, replace
from tracepy.transforms.mutate.survey import survey

_MOST = 240
_CONSTANTS = {"1": 1.0, "2": 0.6, "10": 0.15, "100": 0.15}
_ROLES = {"value": 1.0, "argument": 0.8, "operand": 0.9, "index": 0.8, "element": 0.7}
_SEQUENCES = frozenset({"str", "list", "tuple", "bytes"})
_SIGNS = {"-": 1.0, "+": 0.9, "*": 0.6, "//": 0.4, "%": 0.4, "/": 0.35, "**": 0.1}
_FORMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.JoinedStr, ast.List,
          ast.ListComp, ast.Constant)  # fmt: skip
_SUMS = (ast.Add, ast.Sub)


def additions(site: Site) -> Iterator[Draft]:
    """`a + b`, `b + a`, `a - b`, `a // 2` … for each value `a` that stands alone in its place."""
    found: list[tuple[float, Place, str]] = []
    stuff = material(site)
    for place in loads(site):
        part = _ROLES.get(place.role, 0.0)
        if not part or not isinstance(place.node, _FORMS) or isinstance(place.parent, ast.Expr):
            continue
        if isinstance(place.node, ast.Constant) and isinstance(place.parent, ast.JoinedStr):
            continue
        if isinstance(place.node, ast.BinOp) and isinstance(place.parent, ast.BinOp):
            continue  # the outer one is added to
        found += _sums(site, place, part, stuff)
    found.sort(key=lambda item: -item[0])
    for score, place, text in found[:_MOST]:
        note = text if len(text) < 60 else text[:57] + "…"
        yield Draft("operand more", replace(place, text, False), score, f"`{note}`")


def _sums(
    site: Site, place: Place, part: float, stuff: list[Stuff]
) -> Iterator[tuple[float, Place, str]]:
    kinds, text = kinds_at(site, place), place.text
    if "\n" in text or len(text) > 80:
        return
    if isinstance(place.node, ast.Constant):
        part *= 0.4
    held = {site.source.segment(n) for n in ast.walk(place.node) if isinstance(n, ast.Name)}
    loose = isinstance(place.node, ast.BinOp)
    summed = loose and isinstance(place.node.op, _SUMS)  # type: ignore[attr-defined]
    if numeric(kinds):
        for other, score in _CONSTANTS.items():
            for sign, weight in _SIGNS.items():
                if other in ("1",) and sign not in "+-":
                    continue
                if summed and sign not in "+-":
                    continue  # `nesting` has the other groupings
                weight = 0.5 if (sign, other) == ("**", "2") else weight
                yield part * score * weight * 0.5, place, _joined(text, sign, other, loose)
            if other == "1":
                yield part * 0.4, place, f"1 + {text}"
                yield part * 0.2, place, f"1 - {text}"
    for item in stuff:
        if item.text == text:
            continue
        fit = agree(kinds, item.kinds) * (0.6 if item.text in held else 1.0)
        other = item.text if item.atom else f"({item.text})"
        base = part * item.score * fit
        if numeric(kinds) and numeric(item.kinds):
            for sign, weight in _SIGNS.items():
                if summed and sign not in "+-":
                    continue
                yield base * weight * 0.6, place, _joined(text, sign, other, loose)
            yield base * 0.3, place, f"{other} - {text}"
            yield base * 0.25, place, f"{text} - {other} - 1"
            yield base * 0.25, place, f"{text} - {other} + 1"
        if not kinds or kinds & _SEQUENCES or item.kinds & _SEQUENCES:
            yield base * 0.8, place, f"{text} + {other}"
        if not (kinds and kinds <= {"bool"}):
            yield base * 0.7, place, f"{other} + {text}"
        if kinds & {"list", "tuple"} or (not kinds and not item.kinds):
            yield base * 0.4, place, f"{text} + [{item.text}]"
            yield base * 0.3, place, f"[{item.text}] + {text}"
        if kinds & {"list", "str"} and numeric(item.kinds):
            yield base * 0.5, place, f"{text} * {other}"
        if "set" in kinds:
            yield base * 0.5, place, f"{text} | {{{item.text}}}"
    if kinds & {"str"}:
        for string, count in survey(site.source).strings.most_common(12):
            yield part * (0.2 + 0.03 * min(count, 4)), place, f"{text} + {string}"
            yield part * (0.15 + 0.03 * min(count, 4)), place, f"{string} + {text}"
    if kinds & {"list"} and kind_of(place.node) == "list":
        for item in stuff[:8]:
            length = f"len({item.text})"
            yield part * item.score * 0.4 * agree(item.kinds, kinds), place, f"{text} * {length}"


def _joined(text: str, sign: str, other: str, loose: bool) -> str:
    """The two with the sign between, the first in parentheses if it has an operator itself."""
    return f"({text}) {sign} {other}" if loose and sign not in "+-" else f"{text} {sign} {other}"
