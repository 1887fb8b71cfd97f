"""Loops: bounds of ranges, what is iterated over, how far."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, is_atom, loads, replace
from tracepy.transforms.mutate.survey import callee, names_near


def loops(site: Site) -> Iterator[Draft]:
    """Edits of `range`, `enumerate` and of the iterables of loops and comprehensions."""
    for place in loads(site):
        node = place.node
        if isinstance(node, ast.Call) and callee(node) in ("range", "xrange") and node.args:
            yield from _ranges(site, place, node)
        if place.role != "iterable":
            continue
        inner = place.text
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) or (
            isinstance(node, ast.Call) and callee(node) != "range"
        ):
            forms = (f"list({inner})", f"reversed({inner})", f"sorted({inner})", f"{inner}[1:]",
                     f"{inner}[:-1]", f"range({inner})", f"enumerate({inner})", f"set({inner})",
                     f"range(len({inner}))", f"{inner}.items()", f"range(1, len({inner}))")  # fmt: skip
            for rank, text in enumerate(forms):
                yield Draft(
                    "iterable", replace(place, text), 1 / (1 + 0.5 * rank), f"over `{text}`"
                )
    if isinstance(site.statement, ast.While):
        test = next(place for place in loads(site) if place.node is site.statement.test)
        for score, name in names_near(site)[:8]:
            edits = replace(test, name.text)
            yield Draft("iterable", edits, 0.5 * score, f"while {name.text}")


def _ranges(site: Site, place: Place, node: ast.Call) -> Iterator[Draft]:
    source = site.source
    texts = [source.segment(argument) for argument in node.args]
    forms: dict[tuple[str, ...], float] = {}
    if len(texts) == 1:
        (stop,) = texts
        for rank, stops in enumerate((_plus(stop, 1), _plus(stop, -1))):
            forms[(stops,)] = 1.0 / (1 + rank)
        forms |= {("1", stop): 0.8, ("1", _plus(stop, 1)): 0.8, ("0", stop, "2"): 0.1}
        forms |= {(_plus(stop, -1), "-1", "-1"): 0.5, (stop, "0", "-1"): 0.3}
        forms |= {(name.text, stop): 0.3 * score for score, name in names_near(site)[:5]}
        forms |= {(f"{name.text} + 1", stop): 0.3 * score for score, name in names_near(site)[:5]}
        if not is_atom(node.args[0]):
            forms[(f"({stop}) // 2",)] = 0.1
    else:
        start, stop, *rest = texts
        forms |= {
            (_plus(start, 1), stop, *rest): 0.8,
            (_plus(start, -1), stop, *rest): 0.5,
            (start, _plus(stop, 1), *rest): 1.0,
            (start, _plus(stop, -1), *rest): 0.8,
            (stop, *rest) if not rest else (start, stop): 0.3,
            (stop, start, *rest): 0.2,
            (start, stop, "-1"): 0.3,
            (start, stop, "2"): 0.15,
        }
        forms |= {(start, stop, name.text): 0.1 * score for score, name in names_near(site)[:4]}
        forms |= {(_plus(stop, -1), _plus(start, -1), "-1"): 0.3}
    low, high = source.span(node.args[0])[0], source.span(node.args[-1])[1]
    for form, score in forms.items():
        text = ", ".join(form)
        yield Draft("range", (Edit(low, high, text),), score, f"range({text})")


def _plus(text: str, change: int) -> str:
    """`n + 1` from `n`, `n` from `n - 1`, `2` from `1`."""
    if text.lstrip("-").isdigit():
        return str(int(text) + change)
    back = " - 1" if change > 0 else " + 1"
    if text.endswith(back):
        return text.removesuffix(back)
    return f"{text} + 1" if change > 0 else f"{text} - 1"
