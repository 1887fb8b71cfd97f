"""Assignments: `+=` for `=`, first values, swapped targets, a copy before a change."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import is_atom
from tracepy.transforms.mutate.survey import names_near

_FIRST = ("0", "1", "None", "[]", "''", "{}", "set()", "-1", "False", "True", "[[]]", "()",
          "float('inf')", "float('-inf')", "[0]", "[1]", "['']", "1.0", "0.0")  # fmt: skip


def assigns(site: Site) -> Iterator[Draft]:
    """Edits of assignments and augmented assignments."""
    statement, source = site.statement, site.source
    if isinstance(statement, ast.AugAssign):
        target, value = source.span(statement.target)[1], source.span(statement.value)[0]
        gap = source.text[target:value]
        if "(" not in gap:
            yield Draft("augment", (Edit(target, value, " = "),), 1.0, "`=`")
    elif isinstance(statement, ast.Assign):
        yield from _augmented(site, statement)
        yield from _swapped(site, statement)
        yield from _values(site, statement)
        yield from _copied(site, statement)


def _augmented(site: Site, statement: ast.Assign) -> Iterator[Draft]:
    source = site.source
    target = statement.targets[0]
    if len(statement.targets) > 1 or isinstance(target, ast.Tuple | ast.List | ast.Starred):
        return
    start, stop = source.span(target)[1], source.span(statement.value)[0]
    if "(" in source.text[start:stop]:
        return
    for rank, sign in enumerate(("+=", "-=", "*=", "|=", "//=", "/=", "&=")):
        edit = Edit(start, stop, f" {sign} ")
        yield Draft("augment", (edit,), 1 / (1 + 1.5 * rank), f"`{sign}`")


def _swapped(site: Site, statement: ast.Assign) -> Iterator[Draft]:
    source = site.source
    for node in (*statement.targets, statement.value):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            first, second = (source.segment(item) for item in node.elts)
            edits = (
                Edit(*source.span(node.elts[0]), second),
                Edit(*source.span(node.elts[1]), first),
            )
            yield Draft("swap targets", edits, 1.0, f"swap `{first[:20]}` and `{second[:20]}`")
    target = statement.targets[0]
    if len(statement.targets) == 1 and isinstance(
        statement.value, ast.Name | ast.Attribute | ast.Subscript
    ):
        old, new = source.segment(target), source.segment(statement.value)
        edits = (Edit(*source.span(target), new), Edit(*source.span(statement.value), old))
        yield Draft("swap targets", edits, 0.6, f"`{new[:20]} = {old[:20]}`")


def _values(site: Site, statement: ast.Assign) -> Iterator[Draft]:
    """Other first values, where the value is a plain one."""
    source, value = site.source, statement.value
    plain = isinstance(value, ast.Constant | ast.List | ast.Dict | ast.Tuple | ast.Name | ast.Call)
    if not plain or "\n" in source.segment(value):
        return
    scale = 1.0 if isinstance(value, ast.Constant | ast.List | ast.Dict) else 0.3
    where, old = source.span(value), source.segment(value)
    for rank, text in enumerate(_FIRST):
        if text != old:
            score = scale / (1 + 0.5 * rank)
            yield Draft("initial value", (Edit(*where, text),), score, f"= {text}")
    for score, name in names_near(site)[:8]:
        for form, part in (("{}", 0.8), ("[{}]", 0.3), ("{}[0]", 0.3), ("len({})", 0.2)):
            text = form.format(name.text)
            yield Draft("initial value", (Edit(*where, text),), score * part, f"= {text}")


def _copied(site: Site, statement: ast.Assign) -> Iterator[Draft]:
    source, value = site.source, statement.value
    if not isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
        return
    text = source.segment(value)
    forms = (f"list({text})", f"dict({text})", f"{text}.copy()", f"{text}[:]", f"set({text})")
    if is_atom(value):
        for rank, form in enumerate(forms):
            edit = Edit(*source.span(value), form)
            yield Draft("copy", (edit,), 1 / (1 + 0.5 * rank), f"copy: `{form}`")
