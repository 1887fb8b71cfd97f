"""Arguments after the signature of what is called, and of what other calls of it are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.material import kinds_at, material, numeric
from tracepy.transforms.mutate.places import Place, loads, replace
from tracepy.transforms.mutate.survey import (
    Function,
    callee,
    kinds_of,
    names_near,
    parameters,
    similarity,
    survey,
)

_MOST = 240
_NEEDY = frozenset({"len", "sorted", "sum", "min", "max", "any", "all", "abs", "isinstance", "ord",
                    "chr", "append", "extend", "add", "remove", "join", "range", "enumerate",
                    "reversed", "zip", "map", "filter", "next", "iter", "startswith", "endswith",
                    "round", "repr", "insert", "update", "divmod", "pow", "open"})  # fmt: skip
_TEXTS = frozenset({"strip", "lstrip", "rstrip", "split", "rsplit", "join", "replace", "startswith",
                    "endswith", "find", "index", "count", "partition", "get", "pop"})  # fmt: skip


def arguments(site: Site) -> Iterator[Draft]:
    """Missing arguments by the signature, other ones by other calls, `*` and `**`."""
    found: list[Draft] = []
    for place in loads(site):
        if isinstance(place.node, ast.Call):
            found += _starred(site, place, place.node)
            found += _missing(site, place, place.node)
            found += _other(site, place, place.node)
            found += _gathered(site, place.node)
            if callee(place.node) in ("isinstance", "issubclass") and len(place.node.args) == 2:
                found += _types(site, place.node.args[1])
    found.sort(key=lambda draft: -draft.score)
    yield from found[:_MOST]


def _put(place: Place, call: ast.Call, text: str) -> Edit:
    """The edit that puts an argument behind the last one."""
    lead = ", " if call.args or call.keywords else ""
    return Edit(place.end - 1, place.end - 1, lead + text)


def _starred(site: Site, place: Place, call: ast.Call) -> Iterator[Draft]:
    for node in call.args:
        start, stop = site.source.span(node)
        if isinstance(node, ast.Starred):
            yield Draft("star", (Edit(start, start + 1, ""),), 0.5, "no `*`")
        elif isinstance(node, ast.GeneratorExp) and len(call.args) + len(call.keywords) == 1:
            text = site.source.text[start:stop]
            edit = Edit(start, stop, f"(*{text})")
            yield Draft("star", (edit,), 0.3, "`*` before it")
        elif not isinstance(node, ast.Constant | ast.Compare | ast.Lambda):
            likely = callee(call) in ("zip", "gather", "chain", "product", "max", "min", "print")
            score = 1.0 if likely or node is call.args[-1] else 0.4
            yield Draft("star", (Edit(start, start, "*"),), score, "`*` before it")
    function = site.function
    if function is None:
        return
    given = {site.source.segment(node) for node in (*call.args, *call.keywords)}
    for argument, sign in ((function.args.vararg, "*"), (function.args.kwarg, "**")):
        text = f"{sign}{argument.arg}" if argument else ""
        if text and text not in given:
            if sign == "*" and call.keywords:
                first = site.source.span(call.keywords[0])[0]
                yield Draft("add argument", (Edit(first, first, f"{text}, "),), 2.0, text)
            else:
                yield Draft("add argument", (_put(place, call, text),), 2.0, text)


def _signature(site: Site, call: ast.Call) -> list[str]:
    """Names of the parameters of what is called, where the module defines it."""
    facts, name = survey(site.source), callee(call)
    owners = [node.name for node in site.parents if isinstance(node, ast.ClassDef)]
    if owners and site.source.segment(call.func) in ("type(self)", "self.__class__", "cls"):
        name = owners[-1]
    function = facts.functions.get(name)
    if name in facts.classes:
        owner = next(n for n in site.source.tree.body if getattr(n, "name", "") == name)
        assert isinstance(owner, ast.ClassDef)
        function = next(
            (n for n in owner.body if isinstance(n, Function) and n.name == "__init__"), None
        )
        if function is None:
            fields = [n.target for n in owner.body if isinstance(n, ast.AnnAssign)]
            return [target.id for target in fields if isinstance(target, ast.Name)]
    if function is None:
        return []
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _missing(site: Site, place: Place, call: ast.Call) -> Iterator[Draft]:
    """The parameters that are not given: under their own name, or as other calls give them."""
    names, given = _signature(site, call), {keyword.arg for keyword in call.keywords}
    if any(isinstance(node, ast.Starred) for node in call.args):
        names = []
    known = {name.text for name in survey(site.source).names(site)}
    elsewhere = _given_elsewhere(site, call)
    if not call.args and not call.keywords and callee(call) in _NEEDY:
        for item in material(site, 24):
            edits = (_put(place, call, item.text),)
            yield Draft("missing argument", edits, item.score, f"`{item.text}` in it")
    for rank, name in enumerate(names[len(call.args) :]):
        if name in given:
            continue
        at = len(call.args) + rank
        forms = {name: 2.0, f"self.{name}": 1.5} if name in known or f"self.{name}" in known else {}
        forms = {text: score for text, score in forms.items() if text in known}
        if name in known and site.function is not None and callee(call) == site.function.name:
            forms |= _passed_on(site, name)
        for text in elsewhere.get(at, ()):
            forms.setdefault(text, 1.0)
        for item in material(site, 24):
            alike = similarity(item.text, name)
            forms.setdefault(item.text, item.score * (0.4 + alike) * (1.0 if rank == 0 else 0.5))
        for text, score in forms.items():
            if rank == 0 and not call.keywords:
                yield Draft("add argument", (_put(place, call, text),), score, f"`{text}` more")
            if text.rpartition(".")[2] == name or score > 1:
                edits = (_put(place, call, f"{name}={text}"),)
                part = 0.8 if rank or call.keywords else 0.4
                yield Draft("add argument", edits, score * part, f"`{name}={text}` more")
    if isinstance(call.func, ast.Attribute) and callee(call) in _TEXTS and not call.keywords:
        for string, count in survey(site.source).strings.most_common(16):
            score = 0.25 + 0.05 * min(count, 5)
            yield Draft("add argument", (_put(place, call, string),), score, f"`{string}` more")
    for text in survey(site.source).keywords.get(callee(call), ()):
        if text.partition("=")[0] not in given:
            yield Draft("add argument", (_put(place, call, text),), 0.8, f"`{text}` more")
    if callee(call) in ("sorted", "sort", "max", "min") and "key" not in given:
        for text in _keys(site):
            yield Draft("add argument", (_put(place, call, text),), 0.5, f"`{text}` more")


def _gathered(site: Site, call: ast.Call) -> Iterator[Draft]:
    """`f((a, b))` for `f(a, b)` and back."""
    if not call.args or any(isinstance(node, ast.Starred) for node in call.args):
        return
    start, stop = site.source.span(call.args[0])[0], site.source.span(call.args[-1])[1]
    text = site.source.text[start:stop]
    if len(call.args) > 1 and site.source.text[start - 1] in "( ":
        yield Draft("star", (Edit(start, stop, f"({text})"),), 0.5, "the arguments as one tuple")
        yield Draft("star", (Edit(start, stop, f"[{text}]"),), 0.4, "the arguments as one list")
    elif isinstance(call.args[0], ast.Tuple | ast.List) and text[0] in "([" and text[-1] in ")]":
        inner = text[1:-1].rstrip(", ")
        if inner:
            yield Draft("star", (Edit(start, stop, inner),), 0.4, "the elements as arguments")


_TYPES = ("str", "list", "int", "tuple", "dict", "float", "set", "bool", "bytes", "type(None)")


def _types(site: Site, node: ast.expr) -> Iterator[Draft]:
    """Other types, and one type more, to be an instance of."""
    source = site.source
    held = [source.segment(n) for n in (node.elts if isinstance(node, ast.Tuple) else [node])]
    known = [name for name in (*_TYPES, *survey(source).classes) if name not in held]
    for rank, name in enumerate(known[:14]):
        score = 1 / (1 + 0.2 * rank)
        more = f"({', '.join((*held, name))})"
        edit = Edit(*source.span(node), more)
        yield Draft("add element", (edit,), 1.5 * score, f"or an instance of `{name}`")
        for item in node.elts if isinstance(node, ast.Tuple) else [node]:
            edit = Edit(*source.span(item), name)
            yield Draft("identifier", (edit,), 0.6 * score, f"an instance of `{name}`")


def _passed_on(site: Site, name: str) -> dict[str, float]:
    """What a recursive call makes of a parameter that it passes on: one more, one item more."""
    kinds, forms = kinds_of(site, name), dict[str, float]()
    if numeric(kinds):
        forms |= {f"{name} + 1": 1.3, f"{name} - 1": 1.1}
    for score, other in names_near(site)[:6]:
        if other.text == name:
            continue
        if not kinds or kinds & {"tuple", "list"}:
            forms |= {f"(*{name}, {other.text})": score, f"{name} + ({other.text},)": score}
            forms |= {f"{name} + [{other.text}]": score, f"[*{name}, {other.text}]": score}
        if not kinds or kinds & {"set"}:
            forms[f"{name} | {{{other.text}}}"] = score
        if not kinds or kinds & {"str", "int", "float"}:
            forms[f"{name} + {other.text}"] = score
    return forms


def _keys(site: Site) -> list[str]:
    """Sort keys: by attributes that the module reads, by index, by what the module uses."""
    facts = survey(site.source)
    found = [
        text for name in ("sorted", "sort", "max", "min") for text in facts.keywords.get(name, ())
    ]
    attributes = dict.fromkeys(
        name for owner, names in facts.attributes.items() if owner != "self" for name in names
    )
    found += [f"key=lambda item: item[{index}]" for index in (1, 0)]
    found += [f"key=lambda item: item.{name}" for name in list(attributes)[:6]]
    return [text for text in dict.fromkeys(found) if text.startswith("key=")]


def _given_elsewhere(site: Site, call: ast.Call) -> dict[int, dict[str, None]]:
    """For each position, what other calls of the same name are given there, if in scope here."""
    name, found = callee(call), dict[int, dict[str, None]]()
    known = {item.text for item in survey(site.source).names(site)}
    for node in survey(site.source).nodes:
        if isinstance(node, ast.Call) and node is not call and callee(node) == name and name:
            for at, argument in enumerate(node.args[:6]):
                names = {n.id for n in ast.walk(argument) if isinstance(n, ast.Name)}
                text = site.source.segment(argument)
                if names <= known and len(text) <= 40 and "\n" not in text:
                    found.setdefault(at, {})[text] = None
    return found


def _other(site: Site, place: Place, call: ast.Call) -> Iterator[Draft]:
    """Other arguments: what recursion usually passes on, what other calls are given there."""
    own = site.function is not None and callee(call) == site.function.name
    elsewhere = _given_elsewhere(site, call)
    names = [argument.arg for argument in parameters(site.function)] if site.function else []
    for at, node in enumerate(call.args[:6]):
        spot = next((p for p in loads(site) if p.node is node), None)
        if spot is None or isinstance(node, ast.Starred):
            continue
        for text in elsewhere.get(at, ()):
            yield Draft("recursion", replace(spot, text, False), 0.7, f"`{text}` at {at + 1}")
        if not own and at:
            continue
        kinds = kinds_at(site, spot)
        if not kinds and at < len(names):
            kinds = kinds_of(site, names[at])
        part = 1.0 if own else 0.25
        old = spot.text
        forms: dict[str, float] = {}
        if numeric(kinds):
            forms |= {f"{old} - 1": 1.0, f"{old} + 1": 1.0, f"{old} // 2": 0.6, f"{old} // 10": 0.3}
        if not kinds & {"int", "float"} or "[" in old:
            forms |= {f"{old}[1:]": 1.0, f"{old}[:-1]": 0.6, f"{old}[0]": 0.2}
        for score, name in names_near(site)[:8]:
            text, sort = name.text, kinds_of(site, name.text)
            forms.setdefault(text, 0.6 * score)
            if numeric(sort) and numeric(kinds):
                forms |= {f"{text} - 1": 0.6 * score, f"{text} + 1": 0.6 * score}
                forms |= {f"{old} - {text}": 0.5 * score, f"{old} // {text}": 0.4 * score}
                forms |= {f"{old} % {text}": 0.4 * score, f"{text} % {old}": 0.3 * score}
            if not kinds & {"int", "float"} and text != old:
                forms |= {f"{old} + [{text}]": 0.4 * score, f"[*{old}, {text}]": 0.3 * score}
                forms |= {f"(*{old}, {text})": 0.3 * score, f"{old} | {{{text}}}": 0.3 * score}
            if numeric(kinds) and not sort & {"int", "float"}:
                forms |= {f"{old} - {text}[0]": 0.4 * score, f"{old} - len({text})": 0.4 * score}
                forms |= {f"{old} - len({text}) - 1": 0.3 * score}
            if not sort & {"int", "float"}:
                forms |= {f"{text}[1:]": 0.4 * score, f"{text}[:-1]": 0.2 * score}
        for text, score in forms.items():
            if text != old:
                edits = replace(spot, text, False)
                yield Draft("recursion", edits, part * score, f"`{text}` at {at + 1}")
