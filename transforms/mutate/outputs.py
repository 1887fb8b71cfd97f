"""Literals made what the output lacks: the value that came out replaced by the one that was wanted."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tracepy.transforms.edit import Edit
from tracepy.transforms.ends import shared_end, shared_start
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, loads, replace

_LARGE = 1e15
_SHORT = 12  # characters of a number that somebody may have written
_LONG = 80  # characters of any other literal
_NUMBER = (int, float)
_DISPLAYS = (ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Constant)


def outputs(site: Site) -> Iterator[Draft]:
    """Edits of literals that would turn an output that is wrong into the one that is wanted."""
    if not site.facts.outputs or isinstance(site.statement, ast.Expr):
        return
    for place in loads(site):
        if isinstance(place.node, ast.JoinedStr):
            for got, wanted in site.facts.outputs:
                if isinstance(got, str) and isinstance(wanted, str):
                    yield from _formatted(place, place.node, got, wanted)
        if not isinstance(place.node, _DISPLAYS) or isinstance(place.parent, ast.JoinedStr):
            continue
        try:
            value = ast.literal_eval(place.node)
        except (ValueError, TypeError):
            continue
        for got, wanted in site.facts.outputs:
            yield from _exact(place, value, got, wanted)
            if _number(value) and _number(got) and _number(wanted):
                yield from _moved(place, value, got, wanted)
            elif isinstance(value, str) and isinstance(got, str) and isinstance(wanted, str):
                yield from _spelled(place, value, got, wanted)


def _number(value: Any) -> bool:
    plain = isinstance(value, _NUMBER) and not isinstance(value, bool)
    return plain and abs(value) < _LARGE  # which no number that is not one is, either


def _exact(place: Place, value: Any, got: Any, wanted: Any) -> Iterator[Draft]:
    """The wanted value for a literal that is what came out."""
    if value != got or type(value) is not type(got) or isinstance(value, bool):
        return
    text = repr(wanted)
    if len(text) <= _LONG and text != place.text:
        kind = "literal number" if _number(value) and _number(wanted) else "constant type"
        kind = "literal string" if isinstance(value, str) and isinstance(wanted, str) else kind
        yield Draft(kind, replace(place, text, not text.startswith("-")), 4.0, f"{text} as wanted")


def _moved(place: Place, value: float, got: float, wanted: float) -> Iterator[Draft]:
    """A number that is as far off as the output, or in the same proportion."""
    off = wanted - got
    scaled = value * wanted / got if got else value
    for score, new in ((2.0, value + off), (1.5, scaled), (1.0, value - off)):
        text = _written(new, isinstance(value, int))
        if text and text != repr(value):
            atom = not text.startswith("-")
            yield Draft(
                "literal number", replace(place, text, atom), score, f"{text} by the output"
            )


def _written(number: float, whole: bool) -> str:
    """A number as somebody would write it; '' where it is not one."""
    if not _number(number):
        return ""
    short = float(f"{number:.10g}")
    text = repr(int(short)) if short.is_integer() and whole else repr(short)
    return text if len(text) <= _SHORT else ""


def _spelled(place: Place, value: str, got: str, wanted: str) -> Iterator[Draft]:
    """A string with the difference between two outputs, where it stands in what came out."""
    if place.text[0] not in "'\"" or place.text.startswith(("'''", '"""')) or "\\" in place.text:
        return
    quote = place.text[-1]
    for text in _respelled(value, got, wanted):
        plain = text.isprintable() and quote not in text and "\\" not in text
        written = f"{quote}{text}{quote}" if plain else repr(text)
        edits = (Edit(place.start, place.end, written),)
        yield Draft("literal string", edits, 3.0, f"{written} by the output")


def _formatted(place: Place, node: ast.JoinedStr, got: str, wanted: str) -> Iterator[Draft]:
    """The same of the fixed parts of a formatted string."""
    for part in node.values:
        fixed = part.value if isinstance(part, ast.Constant) else None
        if not isinstance(fixed, str) or place.text.count(fixed) != 1:
            continue
        start = place.start + place.text.index(fixed)
        for text in _respelled(fixed, got, wanted):
            if text.isprintable() and not set(text) & set("{}\\" + place.text[-1]):
                edits = (Edit(start, start + len(fixed), text),)
                yield Draft("literal string", edits, 3.0, f"`{text}` by the output")


def _respelled(value: str, got: str, wanted: str) -> Iterator[str]:
    """What a part of what came out becomes where the wanted text differs within it."""
    head = shared_start(got, wanted)
    tail = shared_end(got, wanted, min(len(got), len(wanted)) - head)
    start, stop, new = head, len(got) - tail, wanted[head : len(wanted) - tail]
    if not value or len(value) > _LONG or stop - start > _LONG or len(new) > _LONG:
        return
    at = got.find(value)
    while at >= 0:
        if at <= start and stop <= at + len(value):
            yield value[: start - at] + new + value[stop - at :]
        at = got.find(value, at + 1)
