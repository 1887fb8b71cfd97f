"""Other literals: numbers, booleans, None, strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, loads, replace
from tracepy.transforms.mutate.survey import names_near, similarity, survey

_MARK = 2  # characters of a literal that separates
_MARKS = (",", " ", ":", ";", "\n", "-", "_", "=", "/", ".", "|", "&", "\t", ", ")


def literals(site: Site) -> Iterator[Draft]:
    """Other values for each literal of the statement."""
    for place in loads(site):
        node = place.node
        if not isinstance(node, ast.Constant) or isinstance(place.parent, ast.JoinedStr):
            continue
        if isinstance(place.parent, ast.Expr):
            continue  # a docstring
        value = node.value
        if isinstance(value, bool):
            yield Draft("literal boolean", replace(place, str(not value)), 1.0, str(not value))
            yield Draft("constant type", replace(place, "None"), 0.5, "None")
        elif isinstance(value, int | float):
            yield from _numbers(site, place, value)
        elif value is None:
            for rank, text in enumerate(("False", "''", "0", "[]", "True", "{}")):
                yield Draft("constant type", replace(place, text), 1 / (1 + rank), text)
        elif isinstance(value, str):
            yield from _strings(site, place, value)
        if value is not Ellipsis:
            for score, name in names_near(site)[:8]:
                edits = replace(place, name.text)
                yield Draft("operand", edits, score * 0.5, f"`{name.text}` for {place.text}")


def _numbers(site: Site, place: Place, value: float) -> Iterator[Draft]:
    near: list[float] = [value + 1, value - 1]
    near += [other for other in (0, 1, -1, 2) if other not in near]
    near += [-value, value * 2, value * 10]
    if isinstance(value, float):
        near += [value / 10, value / 2, 1 - value]
    elif value > 3 and value % 2 == 0:
        near.append(value // 2)
    texts = dict.fromkeys(repr(number) for number in near if number != value)
    for count, text in enumerate(survey(site.source).numbers):
        if count < 40 and len(texts) < 24:
            texts.setdefault(text)
    texts.pop(repr(value), None)
    for rank, text in enumerate(texts):
        edits = replace(place, text, atom=False) if text[0] == "-" else replace(place, text)
        yield Draft("literal number", edits, 1 / (1 + rank), f"{text} for {place.text}")
    kind = repr(float(value)) if isinstance(value, int) else repr(int(value))
    yield Draft("constant type", replace(place, kind), 0.6, kind)
    yield Draft("constant type", replace(place, f"'{place.text}'"), 0.3, "as a string")
    yield Draft("constant type", replace(place, "None"), 0.3, "None")


def _strings(site: Site, place: Place, value: str) -> Iterator[Draft]:
    if len(value) > 200:
        return
    changed = [value.strip(), value.lower(), value.upper(), value.capitalize(), value + " ",
               " " + value, value + "\n", value.rstrip("s"), value + "s", value[1:], value[:-1],
               value.replace("_", "-"), value.replace("-", "_")]  # fmt: skip
    texts = {repr(text): 0.4 for text in changed if text != value}
    for text, count in survey(site.source).strings.items():
        score = 0.1 + similarity(text, repr(value)) + 0.02 * min(count, 10)
        texts[text] = max(score, texts.get(text, 0))
    if 0 < len(value) <= _MARK and not any(map(str.isalnum, value)):
        for mark, score in _marks(site).items():
            texts[repr(mark)] = max(score, texts.get(repr(mark), 0))
    texts.pop(repr(value), None)
    ranked = sorted(texts.items(), key=lambda item: -item[1])
    prefix = "r" if place.text[0] in "rR" else ""
    for text, score in ranked[:20]:
        if prefix and "\\" in text:
            continue
        written = prefix + _quoted(text, place.text)
        yield Draft("literal string", replace(place, written), score, written)
    for rank, text in enumerate(("''", "None", "' '")):
        if text != repr(value):
            written = _quoted(text, place.text)
            yield Draft("constant type", replace(place, written), 1 / (1 + rank), written)


def _marks(site: Site) -> dict[str, float]:
    """What separates in the texts that a run saw at the statement, and what usually does."""
    found = dict.fromkeys(_MARKS, 0.3)
    values = site.facts.values.get(site.statement.lineno, {})
    for shown in (text for texts in values.values() for text in texts if text[:1] in "'\""):
        found.update((mark, 1.0) for mark in shown[1:-1] if not mark.isalnum() and mark != "\\")
    return found


def _quoted(text: str, like: str) -> str:
    """A string as `repr` writes it, in the quotes of another one where that is safe."""
    if like[-1:] == '"' and text[0] == "'" and '"' not in text and "\\'" not in text:
        return f'"{text[1:-1]}"'
    return text
