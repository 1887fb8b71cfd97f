"""Two of a statement's expressions in each other's place, wherever they stand."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, loads

_MOST = 12  # expressions that are tried in pairs


def swaps(site: Site) -> Iterator[Draft]:
    """Every two names, constants or attributes exchanged; the arms of a conditional expression."""
    found = [place for place in loads(site) if _movable(place)][:_MOST]
    for one, other in itertools.combinations(found, 2):
        if one.text == other.text or one.start <= other.start < one.end:
            continue
        alike = 1.0 if one.role == other.role else 0.4
        kinds = 1.0 if isinstance(one.node, type(other.node)) else 0.4
        edits = (Edit(one.start, one.end, other.text), Edit(other.start, other.end, one.text))
        note = f"swap `{one.text[:20]}` and `{other.text[:20]}`"
        yield Draft("swap names", edits, alike * kinds, note)
    for place in loads(site):
        if isinstance(place.node, ast.IfExp):
            first, second = place.node.body, place.node.orelse
            edits = (
                Edit(*site.source.span(first), site.source.segment(second)),
                Edit(*site.source.span(second), site.source.segment(first)),
            )
            yield Draft("swap names", edits, 1.0, "swap the two values")


def _movable(place: Place) -> bool:
    if place.role in ("callee", "base") and not isinstance(place.node, ast.Name):
        return False
    if isinstance(place.node, ast.Constant):
        return not isinstance(place.parent, ast.Expr | ast.JoinedStr)
    return isinstance(place.node, ast.Name | ast.Attribute) and place.text not in ("self", "cls")
