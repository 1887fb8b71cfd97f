"""Conditions, and values that are true or false: negated, narrowed, widened, forced."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.material import numeric
from tracepy.transforms.mutate.places import Place, loads, replace, tight
from tracepy.transforms.mutate.redundancy import mined
from tracepy.transforms.mutate.survey import kinds_of, names_near, survey, types_of


def conditions(site: Site) -> Iterator[Draft]:
    """Edits of each condition: `not`, a part more, a part less, always and never."""
    for place in loads(site):
        if isinstance(place.node, ast.BoolOp):
            yield from _drop(site, place, place.node)
        if place.role != "condition":
            yield from _truth(site, place)
            continue
        whole = tight(site.source, place.node)
        if isinstance(place.node, ast.Name | ast.Attribute):
            yield from _compared(site, place)
        if not isinstance(place.node, ast.UnaryOp):
            yield Draft("negate", replace(place, f"not {whole}", False), 1.0, "negate")
        if isinstance(place.parent, ast.BoolOp | ast.UnaryOp):
            # Parts are widened and narrowed less often than the whole.
            if isinstance(place.parent, ast.BoolOp):
                yield from _extend(site, place, whole, 0.15)
            continue
        yield from _extend(site, place, whole)
        for text in ("True", "False"):
            yield Draft("force condition", replace(place, text), 1.0, f"always {text}")


def _compared(site: Site, place: Place) -> Iterator[Draft]:
    """`x == 0`, `x > 1`, `x is not None`, `len(x) > 1` for a bare `x`."""
    kinds = kinds_of(site, place.text)
    forms = {"{} is not None": 1.0, "{} is None": 0.6}
    if numeric(kinds):
        forms |= {"{} > 0": 0.8, "{} == 0": 0.8, "{} > 1": 0.5, "{} >= 0": 0.4, "{} == 1": 0.4}
        forms |= {"{} < 0": 0.3, "{} != 1": 0.2, "{} % 2": 0.2, "{} % 2 == 0": 0.2}
    if not kinds or kinds - {"int", "float", "bool"}:
        forms |= {"len({}) > 1": 0.6, "len({}) > 0": 0.2, "len({}) == 1": 0.3}
    for form, score in forms.items():
        text = form.format(place.text)
        yield Draft("comparison", replace(place, text, False), 0.5 * score, f"`{text}`")
    for score, name in names_near(site)[:6]:
        if name.text != place.text:
            for sign, part in (
                ("==", 0.3),
                ("!=", 0.2),
                ("in", 0.3),
                ("not in", 0.2),
                ("<", 0.2),
                (">", 0.2),
            ):
                text = f"{place.text} {sign} {name.text}"
                edits = replace(place, text, False)
                yield Draft("comparison", edits, score * part, f"`{text}`")


def _truth(site: Site, place: Place) -> Iterator[Draft]:
    """A value that is true or false: negated, or with a part more."""
    whole, node = tight(site.source, place.node), place.node
    truth = isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.Name | ast.Attribute) and types_of(site, place.text) == {"bool"}
    )
    if place.role not in ("value", "argument", "element") or not truth:
        return
    yield Draft("negate", replace(place, f"not {whole}", False), 1.0, "negate")
    yield from _extend(site, place, whole)


def _drop(site: Site, place: Place, node: ast.BoolOp) -> Iterator[Draft]:
    word = " and " if isinstance(node.op, ast.And) else " or "
    for index, value in enumerate(node.values):
        rest = [tight(site.source, other) for other in node.values if other is not value]
        edits = replace(place, word.join(rest), atom=len(rest) == 1)
        yield Draft("drop condition", edits, 1.0 + 0.1 * index, f"drop `{_short(site, value)}`")
    for index in range(len(node.values) - 1):
        values = list(node.values)
        values[index], values[index + 1] = values[index + 1], values[index]
        text = word.join(tight(site.source, value) for value in values)
        note = f"`{_short(site, values[index])}` first"
        yield Draft("operand", replace(place, text, False), 0.6, note)


def _extend(site: Site, place: Place, whole: str, scale: float = 1.0) -> Iterator[Draft]:
    if isinstance(place.node, ast.Compare | ast.UnaryOp):
        whole = place.text  # binds tighter than `and` as it is
    bounds = dict(_bounds(site, place))
    for score, text in tests(site, place):
        score *= scale
        note = text if len(text) < 40 else text[:37] + "…"
        # A bound must be asked for before the item is read; any other part reads best behind.
        behind, before = (0.2, 1.0) if text in bounds else (1.0, 0.4)
        for kind, word in (("more specific", "and"), ("less specific", "or")):
            edits = replace(place, f"{whole} {word} {text}", False)
            yield Draft(kind, edits, score * behind, f"{word} {note}")
            edits = replace(place, f"{text} {word} {whole}", False)
            yield Draft(kind, edits, score * before, f"{note} {word}")


def tests(site: Site, place: Place) -> list[tuple[float, str]]:
    """Conditions to add: tests of names (those in the condition first), conditions seen elsewhere."""
    used = {node.id for node in ast.walk(place.node) if isinstance(node, ast.Name)}
    found: dict[str, float] = {}
    for score, name in names_near(site)[:12]:
        score *= 1.0 if name.text in used else 0.4
        for rank, form in enumerate(("{}", "not {}", "{} is not None", "{} is None")):
            found[form.format(name.text)] = score * _fits(site, name.text, rank)
        if name.text in used:
            for form in ("isinstance({}, str)", "len({}) > 0", "len({}) > 1", "{} > 0", "{} == 0"):
                found[form.format(name.text)] = score * 0.35
    found.update(_bounds(site, place))
    found.update(_parallel(site, place))
    for argument in _optional(site):
        found[f"{argument} is None"] = found[f"{argument} is not None"] = 0.9
    for text in sorted(used - {"self", "cls"}):
        for attribute in list(survey(site.source).attributes.get(text, ()))[:4]:
            found.setdefault(f"{text}.{attribute}", 0.5)
            found.setdefault(f"not {text}.{attribute}", 0.3)
        for owner in survey(site.source).classes[:3]:
            found.setdefault(f"isinstance({text}, {owner})", 0.5)
    for score, text in mined(site, "condition", 10):
        found[f"({text})" if " or " in text or " if " in text else text] = 0.3 + score * 0.5
    ranked = [(score, text) for text, score in found.items() if text != place.text]
    return sorted(ranked, key=lambda item: -item[0])[:24]


def _fits(site: Site, name: str, rank: int) -> float:
    """How well the test of a rank (x, not x, is not None, is None) fits what a run saw in x."""
    kinds = types_of(site, name)
    if kinds == {"bool"}:
        return (1.5, 1.5, 0.05, 0.05)[rank]
    if kinds and "NoneType" not in kinds and rank > 1:
        return 0.1  # never None, as far as a run has shown
    return 1 / (1 + 0.5 * rank)


def _optional(site: Site) -> list[str]:
    """Parameters whose default is None."""
    if site.function is None:
        return []
    args = site.function.args
    named = [*args.posonlyargs, *args.args]
    given = zip(named[len(named) - len(args.defaults) :], args.defaults, strict=True)
    more = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return [
        argument.arg
        for argument, value in (*given, *more)
        if isinstance(value, ast.Constant) and value.value is None
    ]


def _parallel(site: Site, place: Place) -> Iterator[tuple[str, float]]:
    """`a.y == b.y` beside `a.x == b.x`, `a.y == y` beside `a.x == x`."""
    facts = survey(site.source)
    known = {name.text for name in facts.names(site)}
    for node in ast.walk(place.node):
        if not isinstance(node, ast.Compare) or not isinstance(node.left, ast.Attribute):
            continue
        left, right = node.left, node.comparators[0]
        if not isinstance(left.value, ast.Name) or not isinstance(node.ops[0], ast.Eq):
            continue
        names = dict.fromkeys((*facts.attributes.get(left.value.id, ()), *facts.fields))
        for name in [name for name in names if name != left.attr][:12]:
            one = f"{left.value.id}.{name}"
            if isinstance(right, ast.Attribute) and right.attr == left.attr:
                yield f"{one} == {site.source.segment(right.value)}.{name}", 0.8
            elif name in known:
                yield f"{one} == {name}", 0.8


def _bounds(site: Site, place: Place) -> Iterator[tuple[str, float]]:
    """`i < len(a)` where the condition reads `a[i]`, `a` where it reads `a[-1]`."""
    for node in ast.walk(place.node):
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            base, index = site.source.segment(node.value), site.source.segment(node.slice)
            if isinstance(node.slice, ast.Name | ast.BinOp):
                yield f"{index} < len({base})", 0.9
            elif isinstance(node.slice, ast.Constant | ast.UnaryOp):
                yield base, 0.9


def _short(site: Site, node: ast.expr) -> str:
    text = site.source.segment(node)
    return text if len(text) < 40 else text[:37] + "…"
