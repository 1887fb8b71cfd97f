"""Default arguments: mutable ones made None with a guard, others changed, missing ones added."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.blocks import indentation, lines_span
from tracepy.transforms.mutate.survey import Function, parameters
from tracepy.transforms.source import Source

_VALUES = ("None", "()", "True", "False", "0", "1", "''", "[]", "{}")
_MUTABLE = ("list", "dict", "set")


def defaults(site: Site) -> Iterator[Draft]:
    """Edits of the defaults of a `def`."""
    function = site.statement
    if not isinstance(function, Function):
        return
    args, source = function.args, site.source
    named = [*args.posonlyargs, *args.args]
    with_default = list(zip(named[len(named) - len(args.defaults) :], args.defaults, strict=True))
    with_default += [
        (argument, value)
        for argument, value in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        if value is not None
    ]
    for argument, value in with_default:
        old = source.segment(value)
        for rank, text in enumerate(_VALUES):
            if text != old:
                edit = Edit(*source.span(value), text)
                note = f"{argument.arg}={text}"
                yield Draft("default argument", (edit,), 0.4 / (1 + rank), note)
        if isinstance(value, ast.Name | ast.Constant) and old != "None":
            for form in (f"({old},)", f"[{old}]"):
                edit = Edit(*source.span(value), form)
                yield Draft("default argument", (edit,), 0.1, f"{argument.arg}={form}")
        if is_mutable(value):
            yield from _guarded(source, function, argument.arg, value)
    plain = [
        a for a in parameters(function) if a.annotation is None and a.arg not in ("self", "cls")
    ]
    given = {argument.arg for argument, _ in with_default}
    if not args.vararg and not args.kwarg:
        for argument in plain[-1:]:
            if argument.arg not in given:
                stop = source.span(argument)[1]
                for rank, text in enumerate(_VALUES[:6]):
                    edit = Edit(stop, stop, f"={text}")
                    note = f"{argument.arg}={text}"
                    yield Draft("default argument", (edit,), 0.3 / (1 + rank), note)


def is_mutable(value: ast.expr) -> bool:
    """Whether a default is a container that all calls would share."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in _MUTABLE
    return isinstance(value, ast.List | ast.Dict | ast.Set)


def _guarded(source: Source, function: ast.stmt, name: str, value: ast.expr) -> Iterator[Draft]:
    body = list(getattr(function, "body", []))
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if documented and len(body) > 1:
        first = body[1]
    if first.lineno == function.lineno:
        return
    start = lines_span(source, first)[0]
    space, newline = indentation(source, first), source.newline
    deeper = space + space.removeprefix(indentation(source, function))
    text = f"{space}if {name} is None:{newline}{deeper}{name} = {source.segment(value)}{newline}"
    edits = (Edit(*source.span(value), "None"), Edit(start, start, text))
    yield Draft("default argument", edits, 3.0, f"{name}=None, made anew in each call")
