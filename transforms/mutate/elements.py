"""Elements of list, tuple, set and dictionary displays: one more, one less, two swapped."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, item_span, loads
from tracepy.transforms.mutate.survey import names_near
from tracepy.transforms.source import Source

_FIRST = ("''", "0", "None", "[]", "1")


@lru_cache(maxsize=4)
def _seen(source: Source) -> Counter[str]:
    """Constants and names that the module's displays hold, as written."""
    return Counter(
        source.segment(item)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.List | ast.Tuple | ast.Set)
        for item in node.elts
        if isinstance(item, ast.Constant | ast.Name)
    )


def elements(site: Site) -> Iterator[Draft]:
    """Edits of every display of the statement."""
    for place in loads(site):
        node = place.node
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            yield from _added(site, place, node.elts)
            yield from _dropped(site, place, [site.source.span(item) for item in node.elts])
            for one, other in zip(node.elts[:6], node.elts[1:6], strict=False):
                first, second = site.source.segment(one), site.source.segment(other)
                edits = (
                    Edit(*site.source.span(one), second),
                    Edit(*site.source.span(other), first),
                )
                yield Draft("swap elements", edits, 1.0, f"swap `{first[:20]}` and `{second[:20]}`")
        elif isinstance(node, ast.Dict) and all(node.keys):
            pairs = [
                (site.source.span(key)[0], site.source.span(value)[1])
                for key, value in zip(node.keys, node.values, strict=True)
                if key is not None
            ]
            yield from _dropped(site, place, pairs)


def _added(site: Site, place: Place, items: list[ast.expr]) -> Iterator[Draft]:
    source = site.source
    held = {source.segment(item) for item in items}
    texts: dict[str, float] = {}
    for score, name in names_near(site)[:10]:
        texts[name.text] = score
        texts[f"[{name.text}]"] = score * 0.3
    kinds = {type(item.value) for item in items if isinstance(item, ast.Constant)}
    for text, count in _seen(source).most_common(40):
        texts[text] = max(0.4 + 0.05 * min(count, 6) if kinds else 0.2, texts.get(text, 0))
    for rank, text in enumerate(_FIRST):
        texts.setdefault(text, (0.6 if not items else 0.3) / (1 + rank))
    ranked = sorted(texts.items(), key=lambda item: -item[1])
    for text, score in [pair for pair in ranked if pair[0] not in held][:20]:
        if not items:
            if isinstance(place.node, ast.List):
                yield Draft(
                    "add element",
                    (Edit(place.end - 1, place.end - 1, text),),
                    score,
                    f"`{text}` in it",
                )
            continue
        start, stop = source.span(items[0])[0], source.span(items[-1])[1]
        yield Draft("add element", (Edit(stop, stop, f", {text}"),), score, f"`{text}` at the end")
        if not isinstance(items[0], ast.Constant):
            edit = Edit(start, start, f"{text}, ")
            yield Draft("add element", (edit,), score * 0.5, f"`{text}` in front")


def _dropped(site: Site, place: Place, spans: list[tuple[int, int]]) -> Iterator[Draft]:
    if len(spans) > 30:
        return
    for index, (start, stop) in enumerate(spans):
        text = site.source.text[start:stop]
        # What is left of a pair must stay a tuple.
        pair = index and isinstance(place.node, ast.Tuple) and len(spans) == 2
        edit = Edit(*item_span(spans, index), "," if pair else "")
        yield Draft("drop element", (edit,), 1.0, f"without `{text[:30]}`")
