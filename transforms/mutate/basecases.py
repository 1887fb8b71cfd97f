"""A missing base case: a test of the parameters at the start of a function, and what it returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.blocks import insert_before
from tracepy.transforms.mutate.guards import returned_values
from tracepy.transforms.mutate.guess import kind_of
from tracepy.transforms.mutate.survey import Function, callee, kinds_of, parameters

_NUMBERS = ("{} == 0", "{} <= 0", "{} <= 1", "{} < 0", "{} == 1", "{} < 2", "{} < 1")
_SEQUENCES = ("not {}", "len({}) <= 1", "len({}) < 2", "len({}) == 1", "len({}) == 0")
_MOST = 100
_BY_KIND = {"int": ("1", "0", "{}"), "list": ("[]", "[[]]", "[{}]", "{}"), "str": ("''", "{}"),
            "bool": ("True", "False"), "dict": ("{{}}",), "set": ("set()", "{}"),
            "tuple": ("()", "{}")}  # fmt: skip


def basecases(site: Site) -> Iterator[Draft]:
    """`if n == 0: return 1` and its like before the first statement of a function."""
    function = site.function
    if function is None or site.parents[-1] is not function or not _is_first(site, function):
        return
    kind = "base case" if _recursive(function) else "guard"
    found = []
    for part, name, test in _tests(site, function):
        for score, value in _values(site, function, name):
            leave = f"return {value}" if value else "return"
            found.append((part * score, f"if {test}:", leave))
    found.sort(key=lambda item: -item[0])
    for score, test, leave in found[:_MOST]:
        edits = insert_before(site, [test, f"\t{leave}"])
        if edits:
            yield Draft(kind, edits, score, f"{test} {leave}")


def _is_first(site: Site, function: Function) -> bool:
    body = function.body
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return site.statement is (body[1] if documented and len(body) > 1 else first)


def _recursive(function: Function) -> bool:
    return any(
        isinstance(node, ast.Call) and callee(node) == function.name for node in ast.walk(function)
    )


def _tests(site: Site, function: Function) -> Iterator[tuple[float, str, str]]:
    own = [a.arg for a in parameters(function) if a.arg not in ("self", "cls")][:4]
    for rank, name in enumerate(own):
        kinds, part = kinds_of(site, name), 1 / (1 + 0.3 * rank)
        number = bool(kinds & {"int", "float"})
        sized = bool(kinds & {"list", "str", "dict", "set", "tuple", "deque"})
        for place, form in enumerate(_NUMBERS):
            yield part * (0.3 if sized else 1.0) / (1 + 0.35 * place), name, form.format(name)
        for place, form in enumerate(_SEQUENCES):
            yield part * (0.3 if number else 1.0) / (1 + 0.35 * place), name, form.format(name)
        yield part * (0.3 if kinds else 0.9), name, f"{name} is None"
    for one, other in pairwise(own):
        yield 0.5, one, f"not {one} or not {other}"
        yield 0.3, one, f"{one} == {other}"
        yield 0.2, one, f"{one} >= {other}"


def _values(site: Site, function: Function, name: str) -> list[tuple[float, str]]:
    """What the base case may return: after what is returned elsewhere."""
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    if not any(returned):
        return [(1.0, "")]
    kinds = dict.fromkeys(kind for node in returned if (kind := kind_of(node)))
    found: dict[str, float] = {}
    for kind in kinds:
        for rank, form in enumerate(_BY_KIND.get(kind, ())):
            found.setdefault(form.format(name), 1.0 / (1 + 0.5 * rank))
    others = [a.arg for a in parameters(function) if a.arg not in ("self", "cls", name)][:3]
    rest = (*returned_values(site), "0", "1", "None", "[]", name, "''", "False", "True", *others)
    for rank, text in enumerate(dict.fromkeys(rest)):
        found.setdefault(text, 0.9 / (1 + 0.3 * rank))
    return [(score, text) for text, score in found.items()]
