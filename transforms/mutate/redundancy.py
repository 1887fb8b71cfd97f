"""Expressions of the same file as replacements, their names refilled (after Cardumen).

Source: M. Martinez, M. Monperrus, "Ultra-Large Repair Search Space with Automatically Mined
Templates: the Cardumen Mode of Astor", SSBSE 2018.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.places import Place, is_atom, loads, replace, role_of
from tracepy.transforms.mutate.survey import similarity, survey
from tracepy.transforms.source import Source

_MOST = 40
_FILLED = 150  # templates tried for a site, the nearest and most used
_ALIKE = ("argument", "value", "operand")
_ROLES = frozenset({"condition", "argument", "value", "operand", "index", "iterable"})


@lru_cache(maxsize=4)
def _templates(source: Source) -> dict[str, tuple[tuple[str, ast.expr, int, int], ...]]:
    """For a role, the module's expressions: text, node, line of first use, uses."""
    count: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], ast.expr] = {}
    stack: list[tuple[ast.AST, str]] = [(source.tree, "value")]
    while stack:
        parent, outer = stack.pop()
        exact = not isinstance(parent, ast.JoinedStr | ast.FormattedValue)
        for field, value in ast.iter_fields(parent):
            if field in ("annotation", "returns", "decorator_list"):
                continue
            for node in value if isinstance(value, list) else (value,):
                if not isinstance(node, ast.AST) or not exact:
                    continue
                role = outer
                if isinstance(node, ast.expr):
                    role = role_of(parent, field, node, outer)
                    dull = isinstance(node, ast.Constant | ast.Name) or isinstance(parent, ast.Expr)
                    if role in _ROLES and not dull:
                        text = source.segment(node)
                        if len(text) <= 60 and "\n" not in text and "\r" not in text:
                            count[role, text] += 1
                            first.setdefault((role, text), node)
                stack.append((node, role))
    found: dict[str, list[tuple[str, ast.expr, int, int]]] = {}
    for (role, text), node in first.items():
        found.setdefault(role, []).append((text, node, node.lineno, count[role, text]))
    return {role: tuple(items) for role, items in found.items()}


def mined(site: Site, role: str, most: int = _MOST) -> list[tuple[float, str]]:
    """Expressions of a role with names in scope, scored 0 to 1 by use, nearness and fit."""
    return [(score, text) for score, text, _ in found_elsewhere(site, role)[:most]]


def found_elsewhere(site: Site, role: str) -> list[tuple[float, str, ast.expr]]:
    """As `mined`, each with the node that it was found as (its names may be others)."""
    line = site.statement.lineno
    scope = survey(site.source).names(site)
    known = {name.text for name in scope}
    locals_ = [name.text for name in scope if name.kind in ("parameter", "local")]
    pools = _templates(site.source)
    coroutine = isinstance(site.function, ast.AsyncFunctionDef)
    ranked: list[tuple[float, str, ast.expr]] = []
    for pool in _ALIKE if role in _ALIKE else (role,):
        part = 1.0 if pool == role else 0.6
        for text, node, where, uses in pools.get(pool, ()):
            if coroutine or "await " not in text:
                near = 0.4 + 0.6 / (1 + abs(where - line) / 10)
                ranked.append((part * near * (0.3 + 0.1 * min(uses, 4)), text, node))
    ranked.sort(key=lambda item: -item[0])
    found: dict[str, tuple[float, str, ast.expr]] = {}
    for score, text, node in ranked[:_FILLED]:
        filled, lost = _fill(text, node, known, locals_)
        if filled and score * lost > found.get(filled, (0.0,))[0]:
            found[filled] = (score * lost, filled, node)
    return sorted(found.values(), key=lambda item: -item[0])[:_MOST]


@lru_cache(maxsize=4096)
def _names(node: ast.expr) -> tuple[ast.Name, ...]:
    """Names in an expression, the last first."""
    names = [item for item in ast.walk(node) if isinstance(item, ast.Name)]
    return tuple(sorted(names, key=lambda name: -name.col_offset))


def _fill(text: str, node: ast.expr, known: set[str], locals_: list[str]) -> tuple[str, float]:
    """The text with each name that is not in scope replaced by the most similar local one."""
    lost = 1.0
    names = _names(node)
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    line, column = node.lineno, node.col_offset
    for name in names:
        if name.id in known or name.id in bound or name.id in _BUILTINS:
            continue
        if not locals_ or name.lineno != line or not text.isascii():
            return "", 0.0
        best = max(locals_, key=lambda other: similarity(name.id, other))
        at = name.col_offset - column
        text = text[:at] + best + text[at + len(name.id) :]
        lost *= 0.3 + 0.5 * similarity(name.id, best)
    return text, lost


_BUILTINS = frozenset(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)


def redundancy(site: Site) -> Iterator[Draft]:
    """Whole expressions replaced by others that the module uses in the same role."""
    drafts: list[tuple[float, Place, str, bool]] = []
    pools: dict[str, list[tuple[float, str, ast.expr]]] = {}
    for place in loads(site):
        if place.role not in _ROLES or isinstance(place.parent, ast.Expr):
            continue
        plain = isinstance(place.node, ast.Constant | ast.Name)
        if place.role not in pools:
            pools[place.role] = found_elsewhere(site, place.role)[:16]
        for score, text, node in pools[place.role]:
            alike = similarity(text, place.text)
            score *= (0.5 if plain else 1.0) * (0.3 + alike)
            drafts.append((score, place, text, is_atom(node)))
    drafts.sort(key=lambda item: -item[0])
    for score, place, text, atom in drafts[:_MOST]:
        if text != place.text:
            yield Draft("redundancy", replace(place, text, atom), score, f"`{text}` as elsewhere")
