"""Conditional expressions: one made of a plain value, one of its two values kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.conditions import tests
from tracepy.transforms.mutate.material import kinds_at
from tracepy.transforms.mutate.places import Place, is_atom, loads, replace, tight
from tracepy.transforms.mutate.survey import kinds_of, names_near

_EMPTY = {"str": "''", "int": "0", "float": "0.0", "list": "[]", "dict": "{}", "bool": "False",
          "set": "set()", "tuple": "()"}  # fmt: skip
_MOST = 80


def ternaries(site: Site) -> Iterator[Draft]:
    """`x if test else y` for `x` and for `y`; `x` or `y` for `x if test else y`."""
    drafts: list[Draft] = []
    for place in loads(site):
        if isinstance(place.node, ast.IfExp):
            for part in (place.node.body, place.node.orelse):
                text = tight(site.source, part)
                edits = replace(place, text, is_atom(part))
                yield Draft("ternary", edits, 1.0, f"only `{text[:40]}`")
        elif _wanted(place):
            drafts += _made(site, place)
    drafts.sort(key=lambda draft: -draft.score)
    yield from drafts[:_MOST]


def _wanted(place: Place) -> bool:
    if place.role not in ("value", "argument") or "\n" in place.text or len(place.text) > 60:
        return False
    return isinstance(place.parent, ast.Assign | ast.Return | ast.AugAssign | ast.Call) or (
        isinstance(place.parent, ast.ListComp | ast.GeneratorExp | ast.SetComp)
        and place.field == "elt"
    )


def _own_tests(site: Site, inside: set[str]) -> Iterator[tuple[str, float]]:
    """Tests of the names in the value and of those near it, by what they hold."""
    near = {name.text: score for score, name in names_near(site)[:8] if name.kind != "global"}
    for name in dict.fromkeys((*sorted(inside & set(near)), *near)):
        score = 1.0 if name in inside else 0.7 * near[name]
        kinds = kinds_of(site, name)
        yield f"{name} is None", score * (0.3 if kinds - {"NoneType"} else 0.9)
        yield f"{name} is not None", score * (0.3 if kinds - {"NoneType"} else 0.9)
        yield name, score * 0.9
        yield f"not {name}", score * 0.3


def _made(site: Site, place: Place) -> Iterator[Draft]:
    whole = 1.0 if place.role == "value" else 0.4
    empty = [_EMPTY[kind] for kind in sorted(kinds_at(site, place)) if kind in _EMPTY]
    values = dict.fromkeys((*empty, "None"), 0.9)
    inside = {node.id for node in ast.walk(place.node) if isinstance(node, ast.Name)}
    for score, name in names_near(site)[:5]:
        values[name.text] = score * (1.0 if name.text in inside else 0.7)
    for text in ("0", "''", "-1", "[]", "1", "False"):
        values.setdefault(text, 0.4)
    old = (
        place.text
        if not isinstance(place.node, ast.Lambda | ast.GeneratorExp)
        else f"({place.text})"
    )
    if isinstance(place.node, ast.Call) and len(place.node.args) == 1:
        values[site.source.segment(place.node.args[0])] = 1.0  # the value unconverted
    ranked = {test: score for score, test in tests(site, place)[:14]}
    ranked |= dict(_own_tests(site, inside))
    for test, score in ranked.items():
        for text, part in values.items():
            if text != old and " if " not in test:
                for form in (f"{old} if {test} else {text}", f"{text} if {test} else {old}"):
                    note = form if len(form) < 60 else form[:57] + "…"
                    yield Draft(
                        "ternary", replace(place, form, False), whole * score * part, f"`{note}`"
                    )
