"""Slices and indices: bounds moved, dropped, added; first for last."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, loads, replace, tight
from tracepy.transforms.mutate.survey import names_near

_INDICES = ("-1", "0", "1", "-2", "2")


def slices(site: Site) -> Iterator[Draft]:
    """Edits of every subscript, and subscripts for names that have none."""
    for place in loads(site):
        node = place.node
        if isinstance(node, ast.Slice):
            yield from _bounds(site, place, node)
        elif isinstance(node, ast.Subscript):
            base = place.text[: site.source.span(node.value)[1] - place.start]
            yield Draft("index", replace(place, base), 0.4, "without the index")
        elif place.role == "index" and not isinstance(node, ast.Tuple):
            yield from _index(site, place)
        if isinstance(node, ast.Name | ast.Attribute | ast.Call) and place.role in (
            "argument", "operand", "iterable", "value", "element",
        ):  # fmt: skip
            yield from _added(site, place)


def _bounds(site: Site, place: Place, node: ast.Slice) -> Iterator[Draft]:
    source = site.source
    low = source.segment(node.lower) if node.lower else ""
    high = source.segment(node.upper) if node.upper else ""
    step = source.segment(node.step) if node.step else ""
    lows = _moved(source.segment(node.lower) if node.lower else "", node.lower, ("1", "0"))
    highs = _moved(high, node.upper, ("-1", "1"))
    near = [name.text for _, name in names_near(site)[:5]]
    forms = {(other, high, step): 1.0 / (1 + rank) for rank, other in enumerate(lows)}
    forms |= {(low, other, step): 1.0 / (1 + rank) for rank, other in enumerate(highs)}
    forms |= {(high, low, step): 0.3, (low, high, "-1"): 0.3, (low, high, "2"): 0.1}
    forms |= {(low, high, ""): 0.3, ("", "", "-1"): 0.2, (low, f"{low} + {high}", step): 0.1}
    for rank, name in enumerate(near):
        forms.setdefault((name, high, step), 0.4 / (1 + rank))
        forms.setdefault((low, name, step), 0.4 / (1 + rank))
    for (first, last, pace), score in forms.items():
        text = f"{first}:{last}" + (f":{pace}" if pace else "")
        yield Draft("slice", (Edit(place.start, place.end, text),), score, f"`[{text}]`")
    yield from _rest(site, place, low, high, step)
    if node.lower is not None:
        yield Draft("slice", (Edit(place.start, place.end, low),), 0.2, f"`[{low}]`")


def _rest(site: Site, place: Place, low: str, high: str, step: str) -> Iterator[Draft]:
    """A slice and what it leaves out: `a[i:] + a[:i]`, `a[:i] + a[i + 1:]`."""
    whole = next((p for p in loads(site) if p.node is place.parent), None)
    if whole is None or step or bool(low) == bool(high):
        return
    assert isinstance(whole.node, ast.Subscript)
    base, cut = site.source.segment(whole.node.value), low or high
    less = cut.removesuffix(" + 1") if low else cut
    forms = [f"{whole.text} + {base}[:{cut}]"] if low else [f"{whole.text} + {base}[{cut}:]"]
    forms += [f"{base}[:{less}] + {whole.text}"] if low else []
    forms += [f"{whole.text} + {base}[{cut} + 1:]"] if high else []
    for form in forms:
        yield Draft("slice", replace(whole, form, False), 0.3, f"`{form}`")


def _moved(text: str, node: ast.expr | None, missing: tuple[str, ...]) -> list[str]:
    """Bounds next to a bound: one more, one less, none."""
    if not text:
        return list(missing)
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return [str(node.value + 1), str(node.value - 1), "", f"-{node.value}"]
    return [f"{text} + 1", f"{text} - 1", "", f"-{text}" if text.isidentifier() else text]


def _index(site: Site, place: Place) -> Iterator[Draft]:
    """`[0]` for `[-1]`, a slice from or to the index; the index ±1 is a matter of `operands`."""
    if isinstance(place.node, ast.Slice) or isinstance(place.parent, ast.Slice):
        return
    for rank, text in enumerate(_INDICES):
        if text != place.text:
            yield Draft("index", replace(place, text), 1 / (1 + rank), f"`[{text}]`")
    for score, name in names_near(site)[:6]:
        if name.kind in ("parameter", "local") and name.text != place.text:
            for text in (f"{place.text}, {name.text}", f"{name.text}, {place.text}"):
                yield Draft("index", replace(place, text), 0.3 * score, f"`[{text}]`")
    bare = place.text.removeprefix("-")
    if bare.isidentifier() or isinstance(place.node, ast.BinOp):
        base = (
            site.source.segment(place.parent.value)
            if isinstance(place.parent, ast.Subscript)
            else ""
        )
        for rank, text in enumerate(
            (f"-{bare}", f"-1 - {bare}", f"len({base}) - 1 - {bare}", f"-{bare} - 1")
        ):
            if text != place.text:
                yield Draft("index", replace(place, text), 0.4 / (1 + 0.3 * rank), f"`[{text}]`")
    for text in (f"{place.text}:", f":{place.text}"):
        yield Draft("index", (Edit(place.start, place.end, text),), 0.3, f"`[{text}]`")


def _added(site: Site, place: Place) -> Iterator[Draft]:
    inner = tight(site.source, place.node)
    near = [name.text for _, name in names_near(site)[:5] if name.text != place.text]
    forms = ["[0]", "[1:]", "[:-1]", "[-1]", "[1]", "[::-1]", "[:]"]
    forms += [form for name in near for form in (f"[{name}]", f"[{name}:]", f"[:{name}]")]
    scale = 1.0 if isinstance(place.node, ast.Name) else 0.4
    for rank, form in enumerate(forms):
        score = scale / (1 + 0.5 * rank)
        yield Draft("index", replace(place, inner + form), score * 0.4, f"`{form}` behind it")
