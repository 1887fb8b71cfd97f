"""What a function returns: another value, or one where there is none."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.blocks import block_of, insert_after
from tracepy.transforms.mutate.guards import returned_values
from tracepy.transforms.mutate.survey import names_near

_CONSTANTS = ("None", "True", "False", "[]", "0", "''", "{}", "1", "-1", "()", "set()")


def returns(site: Site) -> Iterator[Draft]:
    """Other returned values, `return` for an expression statement, a return at the end."""
    statement, source = site.statement, site.source
    if site.function is None:
        return
    if isinstance(statement, ast.Return):
        yield from _values(site, statement)
    elif isinstance(statement, ast.Expr) and not isinstance(
        statement.value, ast.Constant | ast.Yield | ast.YieldFrom | ast.Await
    ):
        start = source.span(statement)[0]
        yield Draft("add return", (Edit(start, start, "return "),), 1.5, "return it")
    elif isinstance(statement, ast.Assign) and block_of(site)[-1] is statement:
        start, value = source.span(statement)[0], source.span(statement.value)[0]
        yield Draft("add return", (Edit(start, value, "return "),), 0.5, "return it")
    if block_of(site)[-1] is statement and not isinstance(statement, ast.Return | ast.Raise):
        yield from _at_end(site)


def _values(site: Site, statement: ast.Return) -> Iterator[Draft]:
    source = site.source
    if statement.value is None:
        stop = source.span(statement)[1]
        for score, text in _candidates(site):
            edit = Edit(stop, stop, f" {text}")
            yield Draft("return value", (edit,), score, f"return {text}")
        return
    where = source.span(statement.value)
    old = source.segment(statement.value)
    for score, text in _candidates(site):
        if text != old:
            yield Draft("return value", (Edit(*where, text),), score, f"return {text}")
    boolean = isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, bool)
    if boolean:
        for score, name in names_near(site)[:8]:
            forms = ("not {}", "{} == 0", "bool({})", "{} is not None", "len({}) == 0", "{} > 0")
            for rank, form in enumerate(forms):
                text = form.format(name.text)
                yield Draft("return value", (Edit(*where, text),), score / (2 + rank), text)
    if isinstance(statement.value, ast.Compare | ast.BoolOp | ast.Call | ast.Name):
        yield Draft("negate", (Edit(*where, f"not ({old})"),), 0.5, "return the opposite")


def _candidates(site: Site) -> list[tuple[float, str]]:
    found = dict.fromkeys(returned_values(site), 0.5)
    for score, name in names_near(site)[:16]:
        found.setdefault(name.text, score)
    for score, name in names_near(site, callables=True)[:16]:
        if name.callable and name.kind in ("local", "closure"):
            found.setdefault(name.text, 0.8 * score)
    if site.function is not None and site.function.name[:2] == "__":
        found.setdefault("NotImplemented", 0.5)
    for rank, text in enumerate(_CONSTANTS):
        found.setdefault(text, 0.6 / (1 + 0.5 * rank))
    return sorted(((score, text) for text, score in found.items()), key=lambda item: -item[0])


def _at_end(site: Site) -> Iterator[Draft]:
    function = site.function
    last = function is not None and function.body[-1] is site.statement
    for score, text in _candidates(site)[:12]:
        edits = insert_after(site, [f"return {text}"])
        if edits:
            scale = 1.0 if last else 0.2
            yield Draft("add return", edits, score * scale, f"return {text} after it")
