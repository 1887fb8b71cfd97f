"""Assignments: `+=` for `=`, first values, swapped targets, a copy before a change."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.guess import kind_of
from tracepy.transforms.mutate.operators import SIGNS
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
            yield from _spelled_out(site, statement)
    elif isinstance(statement, ast.Assign):
        yield from _augmented(site, statement)
        yield from _swapped(site, statement)
        yield from _values(site, statement)
        yield from _copied(site, statement)
        yield from _counted(site, statement.targets[0], statement.value)


def _spelled_out(site: Site, statement: ast.AugAssign) -> Iterator[Draft]:
    """`a = b + a` and `a = max(a, b)` for `a += b`; a default for an item that is not there yet."""
    source = site.source
    old, value, sign = (
        source.segment(statement.target),
        source.segment(statement.value),
        SIGNS[type(statement.op)],
    )
    if "\n" in value:
        return
    inner = value if is_atom(statement.value) else f"({value})"
    forms = {f"{old} = {inner} {sign} {old}": 1.0, f"{old} = max({old}, {value})": 0.6}
    forms |= {f"{old} = min({old}, {value})": 0.4, f"{old} = max(0, {old} {sign} {value})": 0.4}
    for text, score in forms.items():
        edit = Edit(*source.span(statement), text)
        yield Draft("augment", (edit,), 0.6 * score, f"`{text}`")
    yield from _counted(site, statement.target, statement.value)


def _counted(site: Site, target: ast.expr, value: ast.expr) -> Iterator[Draft]:
    """`d[k] = d.get(k, 0) + v`, `d.setdefault(k, []).append(v)` for `d[k] = v` and `d[k] += v`."""
    source = site.source
    if not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice):
        return
    base, key, new = (
        source.segment(target.value),
        source.segment(target.slice),
        source.segment(value),
    )
    if "\n" in new or isinstance(target.slice, ast.Tuple):
        return
    forms = [
        f"{base}[{key}] = {base}.get({key}, {first}) + {new}" for first in ("0", "[]", "''", "1")
    ]
    forms += [f"{base}.setdefault({key}, []).append({new})", f"{base}.setdefault({key}, {new})"]
    forms += [f"{base}.setdefault({key}, set()).add({new})"]
    for rank, text in enumerate(forms):
        edit = Edit(*source.span(site.statement), text)
        yield Draft("augment", (edit,), 0.5 / (1 + 0.4 * rank), f"`{text}`")


def _augmented(site: Site, statement: ast.Assign) -> Iterator[Draft]:
    source = site.source
    target = statement.targets[0]
    if len(statement.targets) > 1 or isinstance(target, ast.Tuple | ast.List | ast.Starred):
        return
    start, stop = source.span(target)[1], source.span(statement.value)[0]
    if "(" in source.text[start:stop]:
        return
    elsewhere = _augmented_elsewhere(site, source.segment(target))
    signs = dict.fromkeys((*elsewhere, "+=", "-=", "*=", "|=", "//=", "/=", "&="))
    for rank, sign in enumerate(signs):
        edit = Edit(start, stop, f" {sign} ")
        kind = "augment" if sign not in elsewhere else "augment again"
        yield Draft(kind, (edit,), 1 / (1 + 1.5 * rank), f"`{sign}`")


def _augmented_elsewhere(site: Site, target: str) -> list[str]:
    """The signs with which the function changes the same target in other statements."""
    found = dict[str, None]()
    for node in ast.walk(site.function) if site.function else ():
        if isinstance(node, ast.AugAssign) and site.source.segment(node.target) == target:
            found[f"{SIGNS[type(node.op)]}="] = None
    return list(found)


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
        kind = kind_of(value)
        forms = {"{}": 0.8, "[{}]": 0.3, "{}[0]": 0.3, "len({})": 0.2}
        forms |= {"{{{}}}": 0.6} if kind == "set" else {}
        forms |= {"{{{}: 0}}": 0.4} if kind == "dict" else {}
        for form, part in forms.items():
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
