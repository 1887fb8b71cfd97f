"""A call put around an expression, or taken away from one; a default put behind it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.callees import METHODS
from tracepy.transforms.mutate.places import Place, is_atom, loads, replace, tight
from tracepy.transforms.mutate.survey import (
    Function,
    kinds_of,
    names_near,
    parameters,
    similarity,
    survey,
)

_NUMBERS = ("int", "abs", "float", "round")
_AROUND = ("str", "int", "list", "len", "float", "sorted", "set", "tuple", "abs", "dict",
           "reversed", "bool", "repr", "sum", "next", "iter", "max", "min", "round", "type")  # fmt: skip
_METHODS = ("strip()", "lower()", "copy()", "items()", "values()", "keys()", "upper()", "rstrip()",
            "lstrip()", "split()", "encode()", "decode()", "rstrip('\\n')", "casefold()",
            "replace(' ', '')", "splitlines()", "group()", "read()", "pop()", "get()")  # fmt: skip
_DEFAULTS = ("''", "0", "[]", "{}", "None", "()")
_FITTING: dict[str, tuple[str, ...]] = {
    "iterable": ("sorted", "list", "range", "enumerate", "reversed", "set", "iter", "items()",
                 "values()", "copy()", "split()", "splitlines()"),
    "index": ("int", "str", "len", "lower()", "strip()"),
    "condition": ("len", "any", "all", "bool"),
    "operand": ("len", "str", "int", "abs", "float", "lower()", "strip()", "set", "list"),
}  # fmt: skip
_NUMERIC = frozenset({"int", "float", "bool", "complex"})
_LONG = 60
_ROLES = frozenset({"argument", "value", "operand", "iterable", "index", "element", "condition"})


def wraps(site: Site) -> Iterator[Draft]:
    """Wrapped and unwrapped forms of each expression of the statement."""
    for place in loads(site):
        if isinstance(place.node, ast.Call):
            yield from _unwrapped(site, place, place.node)
        if isinstance(place.node, ast.BoolOp) and place.role in ("value", "argument"):
            for rank, name in enumerate(
                ("list", "bool", "str", "set", "dict", "tuple", "int", "len")
            ):
                text = f"{name}({place.text})"
                yield Draft("wrap", replace(place, text), 0.5 / (1 + rank), f"`{name}(…)`")
        if isinstance(place.node, ast.BoolOp | ast.Starred | ast.Slice | ast.Lambda):
            continue
        if place.role == "base":
            yield from _based(site, place)
        if place.role not in _ROLES or isinstance(place.parent, ast.Expr | ast.Starred):
            continue
        if isinstance(place.node, ast.Constant) and place.role != "argument":
            continue
        yield from _functions(site, place)
        yield from _methods(site, place)
        yield from _defaults(site, place)


def _size(place: Place) -> float:
    """Names and calls are wrapped more often than constants and long expressions."""
    return 1.0 if isinstance(place.node, ast.Name | ast.Attribute | ast.Call) else 0.5


def _types(site: Site, place: Place) -> frozenset[str]:
    """Type names that a run saw in a name at this line; none known without one."""
    return site.facts.types.get(site.statement.lineno, {}).get(place.text, frozenset())


def _functions(site: Site, place: Place) -> Iterator[Draft]:
    fitting = _FITTING.get(place.role, ())
    order = dict.fromkeys((*(name for name in fitting if name[-1] != ")"), *_AROUND))
    inner, held = place.text, _types(site, place)
    for rank, name in enumerate(order):
        if not inner.startswith(f"{name}(") and held != {name}:
            score = _size(place) / (1 + 0.4 * rank)
            yield Draft("wrap", replace(place, f"{name}({inner})"), score, f"`{name}(…)`")
    for rank, function in enumerate(survey(site.source).functions.values()):
        if rank < 12 and len(parameters(function)) == 1:
            text = f"{function.name}({inner})"
            yield Draft("wrap", replace(place, text), 0.3, f"`{function.name}(…)`")
    if place.role in ("argument", "value", "operand"):
        others = ["0", *(name.text for _, name in names_near(site)[:5]), *_targets(site)]
        for other in dict.fromkeys(others):
            for name in ("max", "min"):
                text = f"{name}({other}, {inner})"
                score = 0.3 if other in _targets(site) or other == "0" else 0.08
                yield Draft("wrap", replace(place, text), score, f"`{name}({other}, …)`")


def _targets(site: Site) -> list[str]:
    """Plain names that the statement assigns to."""
    statement = site.statement
    if not isinstance(statement, ast.Assign):
        return []
    return [target.id for target in statement.targets if isinstance(target, ast.Name)]


def _methods(site: Site, place: Place) -> Iterator[Draft]:
    fitting = [name for name in _FITTING.get(place.role, ()) if name[-1] == ")"]
    inner = tight(site.source, place.node)
    if isinstance(place.node, ast.Constant) and not isinstance(place.node.value, str):
        return
    held = _types(site, place)
    if held and held <= _NUMERIC:
        return
    other = 0.1 if held and not held & METHODS.keys() else 1.0  # an object of another kind
    for rank, name in enumerate(dict.fromkeys((*fitting, *_METHODS))):
        if not inner.endswith(name):
            score = other * _size(place) / (1 + 0.5 * rank)
            yield Draft("add method call", replace(place, f"{inner}.{name}"), score, f"`.{name}`")
    if isinstance(place.node, ast.Name | ast.Attribute):
        yield Draft("add method call", replace(place, f"{inner}()"), 0.5, f"call `{inner}`")
        for score, call in _calls_near(site, inner):
            yield Draft("add method call", replace(place, f"{inner}{call}"), score, f"`{call}`")


def _calls_near(site: Site, like: str) -> list[tuple[float, str]]:
    """Calls of methods in the function, as `.match(text, at)`: those of objects named alike first."""
    found: dict[str, float] = {}
    for node in ast.walk(site.function) if site.function is not None else ():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        text, base = site.source.segment(node), site.source.segment(node.func.value)
        if len(text) < _LONG and "\n" not in text and base != like:
            near = 1 / (1 + abs(node.lineno - site.statement.lineno) / 10)
            call = text[len(base) :]
            if call.startswith("."):
                score = 2 * near * (0.2 + similarity(like, base))
                found[call] = max(found.get(call, 0.0), score)
    return sorted(((score, call) for call, score in found.items()), key=lambda x: (-x[0], x[1]))[:8]


def _based(site: Site, place: Place) -> Iterator[Draft]:
    """A conversion before a method or an index: `str(x).join`, `x.strip().split`."""
    if isinstance(place.node, ast.Name | ast.Call | ast.Attribute | ast.Subscript):
        for rank, name in enumerate(("str", "list", "sorted")):
            text = f"{name}({place.text})"
            yield Draft("wrap", replace(place, text), 0.25 / (1 + rank), f"`{name}(…)`")
        if isinstance(place.parent, ast.Attribute):
            for rank, name in enumerate(("strip()", "lower()", "copy()", "items()", "rstrip()")):
                text = f"{place.text}.{name}"
                yield Draft("add method call", replace(place, text), 0.4 / (1 + rank), f"`.{name}`")


def _defaults(site: Site, place: Place) -> Iterator[Draft]:
    if place.role not in ("argument", "value", "iterable", "operand"):
        return
    if not isinstance(place.node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        return
    own = [name.text for _, name in names_near(site)[:3]]
    if "str" in kinds_of(site, place.text):
        own += [text for text, _ in survey(site.source).strings.most_common(8)]
    inner = place.text
    for rank, text in enumerate(dict.fromkeys((*_DEFAULTS, *own))):
        score = 1 / (1 + rank)
        yield Draft(
            "default value", replace(place, f"{inner} or {text}", False), score, f"or {text}"
        )
        if isinstance(place.node, ast.Name):
            form = f"{inner} if {inner} is not None else {text}"
            yield Draft("default value", replace(place, form, False), score * 0.7, f"else {text}")


def _unwrapped(site: Site, place: Place, call: ast.Call) -> Iterator[Draft]:
    source = site.source
    for rank, argument in enumerate(call.args[:3]):
        if isinstance(argument, ast.Starred | ast.GeneratorExp):
            continue
        text = source.segment(argument)
        edits = replace(place, text, is_atom(argument))
        yield Draft("unwrap", edits, 1 / (1 + rank), f"`{text[:30]}` without the call")
    if isinstance(call.func, ast.Attribute):
        inner = source.segment(call.func.value)
        edits = replace(place, inner, is_atom(call.func.value))
        yield Draft("unwrap", edits, 1.0, f"without `.{call.func.attr}()`")
    start, stop = source.span(call.func)[1], place.end
    yield Draft("unwrap", (Edit(start, stop, ""),), 0.2, "do not call")
    function = site.function
    if isinstance(function, Function) and isinstance(place.parent, ast.Yield):
        text = f"from {place.text}"
        yield Draft("yield", (Edit(place.start, place.end, text),), 1.0, "`yield from`")
