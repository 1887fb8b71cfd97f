"""Calls: arguments added, dropped, swapped; another function, another method."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections import Counter
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.callees import KEYWORDS, METHODS, SIBLINGS, USUAL
from tracepy.transforms.mutate.guess import kind_of
from tracepy.transforms.mutate.places import Place, is_atom, item_span, loads
from tracepy.transforms.mutate.survey import (
    callee,
    kinds_of,
    names_near,
    parameters,
    similarity,
    survey,
)

_MOST = 28


def calls(site: Site) -> Iterator[Draft]:
    """Edits of every call of the statement."""
    for place in loads(site):
        if isinstance(place.node, ast.Call):
            yield from _functions(site, place, place.node)
            yield from _added(site, place, place.node)
            yield from _dropped(site, place.node)
            yield from _keywords(site, place.node)
            yield from _swapped(site, place.node)


def _functions(site: Site, place: Place, call: ast.Call) -> Iterator[Draft]:
    """Another function or method in the call's stead."""
    func, name = call.func, callee(call)
    if not name:
        return
    stop = site.source.span(func)[1]
    found = {other: 1.0 / (1 + rank) for rank, other in enumerate(SIBLINGS.get(name, ()))}
    facts = survey(site.source)
    if isinstance(func, ast.Attribute):
        base = func.value.id if isinstance(func.value, ast.Name) else ""
        own = facts.attributes.get(base, Counter())
        for other in itertools.chain(own, facts.methods):
            part = 0.8 if other in own else 0.25
            found.setdefault(other, part * (0.2 + similarity(name, other)))
        seen = kinds_of(site, site.source.segment(func.value)) | {kind_of(func.value)}
        kinds = seen & METHODS.keys()
        # What the object does not have is not what was meant: all that it has may be.
        lacking = bool(kinds) and not any(
            name in METHODS[k] or hasattr(getattr(builtins, k, None), name) for k in kinds
        )
        for kind in sorted(kinds):
            for rank, other in enumerate(METHODS[kind]):
                part = (0.8 if lacking else 0.2) / (1 + 0.1 * rank)
                found[other] = max(found.get(other, 0.0), part * (0.3 + similarity(name, other)))
    else:
        for score, other_name in names_near(site, name, callables=True):
            if other_name.callable or other_name.kind == "parameter":
                arity = _arity(site, other_name.text) == _arity(site, name)
                found.setdefault(other_name.text, (0.6 if arity else 0.3) * min(1, 0.3 + score))
    found.pop(name, None)
    ranked = sorted(found.items(), key=lambda item: -item[1])[:_MOST]
    for other, score in ranked:
        edit = Edit(stop - len(name), stop, other)
        yield Draft("function name", (edit,), score, f"`{other}` for `{name}`")


def _arity(site: Site, name: str) -> int:
    function = survey(site.source).functions.get(name)
    return len(parameters(function)) if function else -1


def _added(site: Site, place: Place, call: ast.Call) -> Iterator[Draft]:
    """One argument more: the usual ones of that function, keywords seen, names in scope."""
    name = callee(call)
    usual = USUAL.get(name, ())
    found = {text: 1.0 / (1 + rank) for rank, text in enumerate(usual)}
    for text in survey(site.source).keywords.get(name, ()):
        found.setdefault(text, 0.8)
    given = {keyword.arg for keyword in call.keywords}
    near = names_near(site)[:10]
    function = survey(site.source).functions.get(name)
    for argument in parameters(function) if function else ():
        if argument.arg not in given and argument.arg not in ("self", "cls"):
            for score, other in near:
                alike = similarity(argument.arg, other.text)
                if alike > 0.3:
                    found.setdefault(f"{argument.arg}={other.text}", score * alike)
    for score, other in near:
        found.setdefault(other.text, 0.6 * score)
    for text in ("None", "True", "0", "1"):
        found.setdefault(text, 0.1)
    used = {site.source.segment(item) for item in (*call.args, *call.keywords)}
    for text, score in sorted(found.items(), key=lambda item: -item[1])[:16]:
        keyword = "=" in text
        if text not in used and text.partition("=")[0] not in given:
            yield from _insert(site, place, call, text, score, keyword)


def _insert(
    site: Site, place: Place, call: ast.Call, text: str, score: float, keyword: bool
) -> Iterator[Draft]:
    source, note = site.source, f"argument `{text}` more"
    items: list[ast.AST] = [*call.args, *call.keywords]
    if len(items) == 1 and isinstance(items[0], ast.GeneratorExp):
        return
    if not items:
        yield Draft("add argument", (Edit(place.end - 1, place.end - 1, text),), score, note)
        return
    last = items[-1] if keyword or not call.keywords else None
    if last is None and call.args:
        last = call.args[-1]
    if last is not None:
        stop = _outer_end(source.text, source.span(last)[1], place.end - 1)
        yield Draft("add argument", (Edit(stop, stop, f", {text}"),), score, note)
    if not keyword:
        for item in call.args or call.keywords[:1]:
            start = source.span(item)[0]
            if source.text[start - 1] != "(" or source.text[start - 2].isidentifier():
                edit = Edit(start, start, f"{text}, ")
                yield Draft("add argument", (edit,), score * 0.4, f"{note}, earlier")


def _outer_end(text: str, position: int, limit: int) -> int:
    """After an argument and the parentheses around it."""
    while position < limit and text[position] == ")":
        position += 1
    return position


def _dropped(site: Site, call: ast.Call) -> Iterator[Draft]:
    items: list[ast.AST] = [*call.args, *call.keywords]
    if len(items) == 1 and isinstance(items[0], ast.GeneratorExp):
        return
    spans = sorted(site.source.span(item) for item in items)
    for index, (start, stop) in enumerate(spans):
        text = site.source.text[start:stop]
        edit = Edit(*item_span(spans, index), "")
        score = 1.0 if index else 0.6
        yield Draft("drop argument", (edit,), score, f"without argument `{text[:30]}`")


def _keywords(site: Site, call: ast.Call) -> Iterator[Draft]:
    """Another keyword for a keyword argument, or none at all."""
    name = callee(call)
    function = survey(site.source).functions.get(name)
    known = [argument.arg for argument in parameters(function)] if function else []
    known += [text.partition("=")[0] for text in survey(site.source).keywords.get(name, ())]
    known += KEYWORDS.get(name, ())
    given = {keyword.arg for keyword in call.keywords}
    for keyword in call.keywords:
        if keyword.arg is None:
            continue
        start = site.source.span(keyword)[0]
        stop = start + len(keyword.arg)
        for other in dict.fromkeys(known):
            if other not in given and other not in ("self", "cls"):
                note = f"`{other}=` for `{keyword.arg}=`"
                yield Draft("keyword argument", (Edit(start, stop, other),), 1.0, note)
        value = site.source.span(keyword.value)[0]
        yield Draft("keyword argument", (Edit(start, value, ""),), 0.3, f"no `{keyword.arg}=`")


def _swapped(site: Site, call: ast.Call) -> Iterator[Draft]:
    source = site.source
    for one, other in itertools.combinations(call.args[:5], 2):
        if isinstance(one, ast.Starred) or isinstance(other, ast.Starred):
            continue
        first, second = source.segment(one), source.segment(other)
        if first == second:
            continue
        edits = (Edit(*source.span(one), second), Edit(*source.span(other), first))
        yield Draft("swap arguments", edits, 1.0, f"swap `{first[:20]}` and `{second[:20]}`")
    if len(call.args) == 1 and isinstance(call.func, ast.Attribute):
        base, argument = call.func.value, call.args[0]
        if is_atom(base) and is_atom(argument) and not isinstance(argument, ast.GeneratorExp):
            first, second = source.segment(base), source.segment(argument)
            edits = (Edit(*source.span(base), second), Edit(*source.span(argument), first))
            yield Draft("swap arguments", edits, 0.4, f"swap `{first[:20]}` and `{second[:20]}`")
