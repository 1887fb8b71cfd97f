"""Items that may be missing: `d.get(k)` for `d[k]`, with and without a default, and back."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, is_atom, loads, replace
from tracepy.transforms.mutate.survey import callee, kinds_of, names_near, survey, types_of

_DEFAULTS = ("0", "[]", "''", "{}", "1", "False", "()", "set()", "0.0", "True", "float('inf')")
_KEYS = frozenset({"argument", "value", "operand", "element"})
_DEFAULTED = ("get", "setdefault", "pop")
_LISTS = frozenset({"list", "tuple", "str", "bytes", "range", "deque", "array"})


def items(site: Site) -> Iterator[Draft]:
    """Other ways of reading an item of a mapping, an item for its key, an item taken out."""
    containers = [
        (score, name.text)
        for score, name in names_near(site)
        if kinds_of(site, name.text) & {"dict", "list"} or name.kind == "global"
    ][:5]
    for place in loads(site):
        if isinstance(place.node, ast.Name) and place.role in _KEYS:
            for score, base in containers:
                if base != place.text:
                    text = f"{base}[{place.text}]"
                    yield Draft("item", replace(place, text), 0.6 * score, f"`{text}`")
        yield from _taken(site, place)
        if isinstance(place.node, ast.Subscript):
            yield from _get(site, place, place.node)
        elif isinstance(place.node, ast.Call):
            yield from _item(site, place, place.node)


def _taken(site: Site, place: Place) -> Iterator[Draft]:
    """`a.pop()` for `a[-1]`, `a.pop(0)` for `a[0]`, and back."""
    node = place.node
    if isinstance(node, ast.Subscript):
        index = site.source.segment(node.slice)
        form = {"-1": ".pop()", "0": ".pop(0)"}.get(index)
        if form and is_atom(node.value):
            text = site.source.segment(node.value) + form
            yield Draft("item", replace(place, text), 0.5, f"`{text}`")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if callee(node) not in ("pop", "popleft") or len(node.args) > 1:
            return
        index = site.source.segment(node.args[0]) if node.args else "-1"
        index = "0" if callee(node) == "popleft" else index
        text = f"{site.source.segment(node.func.value)}[{index}]"
        yield Draft("item", replace(place, text), 0.5, f"`{text}`")


def _get(site: Site, place: Place, node: ast.Subscript) -> Iterator[Draft]:
    index = node.slice
    if isinstance(index, ast.Slice | ast.UnaryOp | ast.Tuple):
        return
    if isinstance(index, ast.Constant) and not isinstance(index.value, str):
        return
    base, key = site.source.segment(node.value), site.source.segment(index)
    kinds = types_of(site, base)
    if not is_atom(node.value) or (kinds and kinds <= _LISTS):
        return
    score = 1.0 if "dict" in kinds or isinstance(index, ast.Constant) else 0.6
    yield Draft("item", replace(place, f"{base}.get({key})"), score, f"`{base}.get({key})`")
    for rank, text in enumerate(dict.fromkeys((*_usual(site), *_DEFAULTS))):
        form = f"{base}.get({key}, {text})"
        yield Draft("item", replace(place, form), score / (1 + 0.4 * rank), f"`{form}`")


def _usual(site: Site) -> list[str]:
    """Defaults that the module gives to `get` and its like elsewhere."""
    given: Counter[str] = Counter()
    for node in survey(site.source).nodes:
        if isinstance(node, ast.Call) and callee(node) in _DEFAULTED and len(node.args) == 2:
            default = node.args[1]
            if isinstance(default, ast.Constant | ast.List | ast.Dict):
                given[site.source.segment(default)] += 1
    return [text for text, _ in given.most_common(4) if len(text) <= 20]


def _item(site: Site, place: Place, call: ast.Call) -> Iterator[Draft]:
    """`d[k]` for `d.get(k)`: what is missing is an error, not None."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr != "get" or call.keywords or not call.args:
        return
    base, key = site.source.segment(func.value), site.source.segment(call.args[0])
    yield Draft("item", replace(place, f"{base}[{key}]"), 0.5, f"`{base}[{key}]`")
