"""Guards in front of a statement: leave, or set a default, where a value does not fit.

Source: TBar's NullPointerChecker, RangeChecker and ClassCastChecker; PyTER's AddGuard.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.blocks import insert_before
from tracepy.transforms.mutate.places import loads, places
from tracepy.transforms.mutate.survey import names_near, parameters, survey

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_ENDS = (*_LOOPS, ast.FunctionDef, ast.AsyncFunctionDef)
_SCALARS = ("None", "0", "[]", "''", "False", "True", "{}", "1")


def guards(site: Site) -> Iterator[Draft]:
    """`if x is None: return` and its like before the statement."""
    if site.function is None or _is_docstring(site):
        return
    exits = leaves(site)
    for part, test in _tests(site):
        for score, leave in exits:
            edits = insert_before(site, [f"if {test}:", f"\t{leave}"])
            if edits:
                note = f"if {test}: {leave}"
                yield Draft("guard", edits, part * score, note)
    for part, name in used(site)[:3]:
        for rank, text in enumerate(("[]", "{}", "''", "0", "set()")):
            lines = [f"if {name} is None:", f"\t{name} = {text}"]
            edits = insert_before(site, lines)
            if edits and name.isidentifier():
                yield Draft("guard", edits, 0.3 * part / (1 + rank), f"{name} = {text} for None")


def _is_docstring(site: Site) -> bool:
    statement = site.statement
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def leaves(site: Site) -> list[tuple[float, str]]:
    """Ways to leave what surrounds the statement, likelier ones first."""
    found: list[tuple[float, str]] = []
    for node in reversed(site.parents):
        if isinstance(node, _LOOPS):
            found += [(0.9, "continue"), (0.6, "break")]
        if isinstance(node, _ENDS):
            break
    if site.function is None:
        return found
    found += [(1.5, f"raise {name}") for name in awaited(site)]
    returned = returned_values(site)
    if not returned:
        return [*found, (1.0, "return")]
    values = dict.fromkeys(
        (*returned, *_SCALARS, *(argument.arg for argument in parameters(site.function)[:4]))
    )
    for rank, text in enumerate(text for text in values if text != "self"):
        found.append((1.0 / (1 + 0.6 * rank), f"return {text}" if text else "return"))
    raised = survey(site.source).raises[:3]
    for node in raised:
        text = site.source.segment(node)
        if "\n" not in text and len(text) < 80:
            found.append((0.3, text))
    return found


def awaited(site: Site) -> list[str]:
    """Exceptions that failing cases wait for and the module can name."""
    own = {*dir(builtins), *(name.text for name in survey(site.source).globals)}
    return [name for name in site.facts.awaited if name in own][:3]


def returned_values(site: Site) -> list[str]:
    """Texts of simple values that the function returns elsewhere."""
    found = []
    for node in ast.walk(site.function) if site.function else ():
        if isinstance(node, ast.Return) and node.value is not None:
            text = site.source.segment(node.value)
            plain = isinstance(
                node.value, ast.Constant | ast.Name | ast.List | ast.Tuple | ast.Dict
            )
            found.append(text if plain and len(text) < 20 and "\n" not in text else "None")
    return list(dict.fromkeys(found))


def used(site: Site) -> list[tuple[float, str]]:
    """Names that the statement reads, objects of attributes and indices first."""
    known = {name.text: name.kind for name in survey(site.source).names(site)}
    found: dict[str, float] = {}
    for place in loads(site):
        text = place.text
        if isinstance(place.node, ast.Name | ast.Attribute) and known.get(text) in (
            "parameter", "local", "attribute",
        ):  # fmt: skip
            score = {"base": 1.0, "iterable": 0.9, "index": 0.8, "argument": 0.7}.get(
                place.role, 0.6
            )
            found[text] = max(score, found.get(text, 0))
    for part, name in names_near(site)[:4]:
        if name.kind == "parameter":
            found.setdefault(name.text, 0.4 * part)
    found.pop("self", None)
    return sorted(((score, text) for text, score in found.items()), key=lambda item: -item[0])


def _tests(site: Site) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []
    for part, name in used(site)[:4]:
        found += [(part, f"not {name}"), (part, f"{name} is None"), (part * 0.5, f"{name} == 0")]
        found += [(part * 0.35, f"{name} < 0"), (part * 0.3, f"len({name}) < 2")]
        found += [(part * 0.3, f"{name} <= 1")]
        found += [
            (part * 0.25, f"not isinstance({name}, {kind})") for kind in ("str", "list", "int")
        ]
    for place in places(site):
        if isinstance(place.node, ast.Subscript) and not isinstance(place.node.slice, ast.Slice):
            base = site.source.segment(place.node.value)
            index = site.source.segment(place.node.slice)
            found += [(0.5, f"{index} >= len({base})"), (0.5, f"{index} not in {base}")]
        elif isinstance(place.node, ast.BinOp) and isinstance(
            place.node.op, ast.Div | ast.FloorDiv | ast.Mod
        ):
            found.append((0.6, f"{site.source.segment(place.node.right)} == 0"))
        elif isinstance(place.node, ast.Call) and isinstance(place.node.func, ast.Attribute):
            first = place.node.args[0] if place.node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                base = site.source.segment(place.node.func.value)
                found.append((0.5, f"{site.source.segment(first)} not in {base}"))
    pair = [name for _, name in used(site)[:3] if name.isidentifier()]
    if len(pair) > 1:
        found += [(0.2, f"{pair[0]} == {pair[1]}"), (0.15, f"{pair[0]} in {pair[1]}")]
        found.append((0.15, f"{pair[1]} in {pair[0]}"))
    return [(score, text) for score, text in found if "\n" not in text][:24]
