"""Bugs of one statement that fit none of the typical patterns, turned round likewise.

Real ones are 60 % of TSSB-3M, which does not say what they are. Those here are the fix templates
of TBar (Liu et al., ISSTA 2019) and PAR (Kim et al., ICSE 2013) that TSSB-3M has no name for.
"""

from __future__ import annotations

import ast

from benchmarks.search.patterns import Pattern, Ways
from benchmarks.search.scenery import Scenery

_SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.Delete, ast.Raise, ast.Break, ast.Continue)
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def statement_missing(scene: Scenery, node: ast.stmt) -> Ways:
    # The only assignment of a variable is not forgotten for long.
    if not isinstance(node, ast.Assign) or all(scene.is_set_elsewhere(node, target) for target in node.targets):  # fmt: skip
        yield [(*scene.at.span(node), "pass")]


def guard_missing(scene: Scenery, node: ast.If) -> Ways:
    if not node.orelse and len(node.body) == 1 and isinstance(node.body[0], _LEAVES):
        start, end = scene.at.span(node)
        if not scene.text[:start].endswith("el"):
            yield [(start, end, "pass")]


def returned(scene: Scenery, node: ast.Return) -> Ways:
    if node.value is not None:
        span = scene.at.span(node.value)
        for new in ("None", "True", "False", "0", "''", "[]", *scene.names(node)):
            if new != scene.source(node.value):
                yield [(*span, new)]


def slice_bound(scene: Scenery, node: ast.Slice) -> Ways:
    for bound in (node.lower, node.upper):
        if bound is not None:
            span, text = scene.at.span(bound), scene.source(bound)
            yield [(*span, "")]
            yield [(*span, f"{text} + 1")]
            yield [(*span, f"{text} - 1")]


def iterated(scene: Scenery, node: ast.For) -> Ways:
    span, text = scene.at.span(node.iter), scene.source(node.iter)
    for wrong in ("reversed(list({}))", "list({})[1:]", "list({})[:-1]", "sorted({})"):
        yield [(*span, wrong.format(text))]


def string(scene: Scenery, node: ast.Constant) -> Ways:
    text = scene.source(node)
    if isinstance(node.value, str) and node.value and text[:1] in "'\"":
        value = node.value
        for new in (value[:-1], value[1:], value + " ", value.upper(), value.lower(), ""):
            if new != value:
                yield [(*scene.at.span(node), repr(new))]


def exception(scene: Scenery, node: ast.ExceptHandler) -> Ways:
    if isinstance(node.type, ast.Name):
        for name in ("ValueError", "KeyError", "TypeError", "IndexError", "AttributeError"):
            if name != node.type.id:
                yield [(*scene.at.span(node.type), name)]


def augmented(scene: Scenery, node: ast.AugAssign) -> Ways:
    start, end = scene.at.span(node.target)[1], scene.at.span(node.value)[0]
    yield [(start, end, " = ")]


def default(scene: Scenery, node: ast.arguments) -> Ways:
    for old in [*node.defaults, *node.kw_defaults]:
        if isinstance(old, ast.Constant):
            for new in ("None", "True", "False", "0", "1", "''"):
                if new != scene.source(old):
                    yield [(*scene.at.span(old), new)]


def order(scene: Scenery, node: ast.stmt) -> Ways:
    """Two neighbours in the wrong order: one of them has to be moved."""
    following = _next(scene, node)
    if following is not None:
        one, two = scene.source(node), scene.source(following)
        yield [(*scene.at.span(node), two), (*scene.at.span(following), one)]


def _next(scene: Scenery, node: ast.stmt) -> ast.stmt | None:
    for block in ("body", "orelse", "finalbody"):
        statements = getattr(scene.parents.get(node, scene.tree), block, ())
        if isinstance(statements, list) and node in statements[:-1]:
            found = statements[statements.index(node) + 1]
            return found if isinstance(found, (*_SIMPLE, ast.Return)) else None
    return None


# As much in all as a quarter of the whole.
_EACH = 48
UNPATTERNED: tuple[Pattern, ...] = (
    Pattern("add statement", _EACH, _SIMPLE, statement_missing),
    Pattern("add guard", _EACH, (ast.If,), guard_missing),
    Pattern("change what is returned", _EACH, (ast.Return,), returned),
    Pattern("change bound of slice", _EACH, (ast.Slice,), slice_bound),
    Pattern("change what is iterated", _EACH, (ast.For,), iterated),
    Pattern("change string", _EACH, (ast.Constant,), string),
    Pattern("change exception", _EACH, (ast.ExceptHandler,), exception),
    Pattern("make assignment augmented", _EACH, (ast.AugAssign,), augmented),
    Pattern("change default", _EACH, (ast.arguments,), default),
    Pattern("move statement", _EACH, _SIMPLE, order),
)  # fmt: skip
