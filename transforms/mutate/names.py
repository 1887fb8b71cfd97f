"""Another identifier in scope, another attribute, another object in front of the dot."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, loads, places, replace
from tracepy.transforms.mutate.survey import names_near, parameters, similarity, survey

_MOST = 24
_PAIRS = (
    "left right", "first last", "start end stop", "begin end", "min max", "width height", "x y",
    "row column col", "rows columns cols", "low high", "prev previous next", "source target",
    "src dst", "parent child children", "key value", "keys values", "lower upper", "before after",
    "incoming outgoing", "head tail", "old new", "top bottom", "input output", "predecessor successor",
    "predecessors successors", "real imag", "numerator denominator", "year month day",
    "hour minute second", "days seconds", "open close", "name value", "horizontal vertical",
)  # fmt: skip
OPPOSITES: dict[str, dict[str, None]] = {}
for _line in _PAIRS:
    for _word in _line.split():
        OPPOSITES.setdefault(_word, {}).update(
            dict.fromkeys(w for w in _line.split() if w != _word)
        )


def names(site: Site) -> Iterator[Draft]:
    """Other names for names read or assigned, other attributes of the same object."""
    for place in places(site):
        node = place.node
        if isinstance(node, ast.Name) and place.role == "target":
            yield from _targets(site, place)
        elif isinstance(node, ast.Name) and place.role != "callee":
            yield from _identifiers(site, place)
        elif isinstance(node, ast.Attribute):
            yield from _attributes(site, place, node)
            if place.role != "callee" and isinstance(node.value, ast.Name):
                for score, name in names_near(site, place.text)[:6]:
                    note = f"`{name.text}` for `{place.text}`"
                    yield Draft("caller", replace(place, name.text), 0.6 * score, note)
    for place in loads(site):
        if place.role in ("argument", "value", "operand", "condition", "index", "iterable"):
            yield from _added(site, place)


def _identifiers(site: Site, place: Place) -> Iterator[Draft]:
    kind = "caller" if place.role == "base" else "identifier"
    attribute = place.parent.attr if isinstance(place.parent, ast.Attribute) else ""
    seen = survey(site.source).attributes
    for score, name in names_near(site, place.text)[:_MOST]:
        note = f"`{name.text}` for `{place.text}`"
        fit = 2.0 if attribute and attribute in seen.get(name.text, ()) else 1.0
        yield Draft(kind, replace(place, name.text), score * fit, note)
    if (
        attribute and place.role == "base"
    ):  # a module or a class as well, where it is known to have it
        for known in survey(site.source).names(site):
            if (
                known.callable
                and known.text != place.text
                and attribute in seen.get(known.text, ())
            ):
                note = f"`{known.text}` for `{place.text}`"
                yield Draft(kind, replace(place, known.text), 2.0, note)
    own = f"self.{attribute}"
    if attribute and any(name.text == own for name in survey(site.source).names(site)):
        yield Draft(kind, replace(place, "self"), 2.0, f"`{own}`")
    yield from _constants(place)


def _constants(place: Place) -> Iterator[Draft]:
    """A constant for a name: True, False and None above all where identity is asked for."""
    if place.role == "base":
        return
    parent = place.parent
    identity = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.Is | ast.IsNot)
    texts = ("None", "True", "False") if identity else ("0", "1", "None", "True", "False", "''")
    for rank, text in enumerate(texts):
        score = (1.0 if identity else 0.25) / (1 + 0.5 * rank)
        yield Draft("operand", replace(place, text), score, f"{text} for `{place.text}`")


def _targets(site: Site, place: Place) -> Iterator[Draft]:
    for score, name in names_near(site, place.text)[:8]:
        if name.kind in ("parameter", "local", "attribute"):
            note = f"assign to `{name.text}`, not `{place.text}`"
            yield Draft("identifier", replace(place, name.text), score * 0.3, note)


def _attributes(site: Site, place: Place, node: ast.Attribute) -> Iterator[Draft]:
    if place.role == "callee":
        return  # another method is a matter of `calls`
    seen = survey(site.source).attributes
    base = node.value.id if isinstance(node.value, ast.Name) else ""
    counts = {name: 0.3 for every in seen.values() for name in every}
    counts.update(dict.fromkeys(seen.get(base, ()), 1.0))
    for other in OPPOSITES.get(node.attr, ()):
        counts[other] = 2.0
    ranked = sorted(
        ((part * (0.3 + similarity(node.attr, name)), name) for name, part in counts.items()),
        key=lambda item: (-item[0], item[1]),
    )
    cut = place.end - len(node.attr)
    for score, name in ranked[:12]:
        if name != node.attr:
            edit = Edit(cut, place.end, name)
            yield Draft("attribute", (edit,), score, f"`.{name}` for `.{node.attr}`")
    if place.role not in ("target", "base"):
        for name, function in survey(site.source).functions.items():
            if [argument.arg for argument in parameters(function)] == ["self"] and name[:2] != "__":
                edit = Edit(cut, place.end, f"{name}()")
                score = 0.5 * (0.3 + similarity(node.attr, name))
                yield Draft("attribute", (edit,), score, f"`.{name}()` for `.{node.attr}`")
    if place.role != "target":
        inner = site.source.segment(node.value)
        yield Draft("attribute", replace(place, inner, False), 0.2, f"drop `.{node.attr}`")


def _added(site: Site, place: Place) -> Iterator[Draft]:
    """`x.attr` for `x`, where the module reads that attribute of `x` elsewhere."""
    if not isinstance(place.node, ast.Name):
        return
    for name, count in survey(site.source).attributes.get(place.text, {}).items():
        text = f"{place.text}.{name}"
        yield Draft("add attribute", replace(place, text), 0.3 + 0.1 * min(count, 5), f"`{text}`")
