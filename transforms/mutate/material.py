"""Expressions that could be put into a statement: names in scope, what the module computes nearby."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tracepy.transforms.mutate.base import Site
from tracepy.transforms.mutate.guess import kind_of
from tracepy.transforms.mutate.places import Place, is_atom, places
from tracepy.transforms.mutate.redundancy import found_elsewhere
from tracepy.transforms.mutate.survey import Function, kinds_of, names_near

_SIZED = frozenset({"list", "str", "dict", "set", "tuple", "deque"})
_NUMBERS = frozenset({"int", "float", "bool", "complex"})


@dataclass(frozen=True, slots=True)
class Stuff:
    """An expression that may be put in.

    Attributes:
        score: How likely it is wanted, about 0 to 1.
        text: Its text.
        kinds: Type names that it may have; empty where nothing tells.
        atom: Whether it binds as tightly as a name.
    """

    score: float
    text: str
    kinds: frozenset[str]
    atom: bool


def material(site: Site, most: int = 40) -> list[Stuff]:
    """Names and expressions for a site, likelier ones first, at most so many."""
    used = {place.text for place in places(site)}
    found: dict[str, Stuff] = {}
    near = loop_variables(site)
    for score, name in names_near(site)[:24]:
        score *= 1.2 if name.text in near else 1.0
        score *= 0.7 if name.text in used else 1.0
        found[name.text] = Stuff(score, name.text, kinds_of(site, name.text), True)
        if kinds_of(site, name.text) & _SIZED and name.kind in ("parameter", "local"):
            length = f"len({name.text})"
            found[length] = Stuff(0.6 * score, length, frozenset({"int"}), True)
    inside = site.function
    for score, text, node in found_elsewhere(site, "argument"):
        own = inside is not None and inside.lineno <= node.lineno <= (inside.end_lineno or 0)
        if text not in found and len(text) <= 40:
            kinds = frozenset({kind_of(node)} - {""})
            found[text] = Stuff(score * (1.0 if own else 0.5), text, kinds, is_atom(node))
    return sorted(found.values(), key=lambda item: -item.score)[:most]


def loop_variables(site: Site) -> dict[str, None]:
    """Names that the loops around the statement bind, the innermost loop's first."""
    found: dict[str, None] = {}
    for node in reversed(site.parents):
        if isinstance(node, Function | ast.ClassDef):
            break
        if isinstance(node, ast.For | ast.AsyncFor):
            names = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
            found.update(dict.fromkeys(names))
    return found


def kinds_at(site: Site, place: Place) -> frozenset[str]:
    """Type names that the expression in a place may have."""
    shown = kind_of(place.node)
    return frozenset({shown}) if shown else kinds_of(site, place.text)


def agree(one: frozenset[str], other: frozenset[str]) -> float:
    """How well two values fit one operator: 1 for alike, less for unknown, little for unlike."""
    if not one or not other:
        return 0.6
    if one & other or (one & _NUMBERS and other & _NUMBERS):
        return 1.0
    return 0.1


def numeric(kinds: frozenset[str]) -> bool:
    """Whether a value may be a number (what nothing is known of may)."""
    return not kinds or bool(kinds & _NUMBERS)
