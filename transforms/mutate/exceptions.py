"""Exceptions: another type caught or raised, one more caught, a statement tried."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.blocks import alone, indentation, lines_span, step
from tracepy.transforms.mutate.guards import awaited, leaves
from tracepy.transforms.mutate.survey import Function, similarity, survey

_COMMON = ("Exception", "ValueError", "KeyError", "TypeError", "IndexError", "AttributeError",
           "LookupError", "OSError", "StopIteration", "ZeroDivisionError", "OverflowError",
           "UnicodeDecodeError", "ImportError", "NotImplementedError", "RuntimeError")  # fmt: skip
_TRIED = (ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.AnnAssign)


def exceptions(site: Site) -> Iterator[Draft]:
    """Edits of `except` clauses, of `raise`, and `try` put around a statement."""
    statement = site.statement
    if isinstance(statement, ast.Try | ast.TryStar):
        for handler in statement.handlers:
            if handler.type is not None:
                yield from _caught(site, handler.type)
    elif isinstance(statement, ast.Raise) and isinstance(
        statement.exc, ast.Constant | ast.JoinedStr | ast.BinOp
    ):
        text = site.source.segment(statement.exc)
        for score, kind in _others(site, statement.exc):
            edit = Edit(*site.source.span(statement.exc), f"{kind}({text})")
            yield Draft("exception", (edit,), 3 * score, f"raise {kind}")
    elif isinstance(statement, ast.Raise) and statement.exc is not None:
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        for score, text in _others(site, raised):
            edit = Edit(*site.source.span(raised), text)
            yield Draft("exception", (edit,), score, f"raise {text}")
    elif isinstance(statement, _TRIED) and site.function is not None:
        yield from _tried(site)


def _others(site: Site, node: ast.expr) -> list[tuple[float, str]]:
    """Exception types to take: parents of the one there, the module's own, the common ones."""
    old = site.source.segment(node)
    found: dict[str, float] = {}
    kind = getattr(builtins, old, None)
    if isinstance(kind, type) and issubclass(kind, BaseException):
        found.update({base.__name__: 0.8 for base in kind.__mro__[1:-2]})
        found.update(
            {sub.__name__: 0.5 for sub in kind.__subclasses__() if hasattr(builtins, sub.__name__)}
        )
    for rank, name in enumerate(_COMMON):
        found.setdefault(name, 0.7 / (1 + 0.3 * rank) + 0.1 * similarity(old, name))
    for item in site.source.tree.body:
        if isinstance(item, ast.ClassDef) and item.name.endswith(("Error", "Exception")):
            found[item.name] = 0.6
    found.update(dict.fromkeys(awaited(site), 2.0))
    found.update(dict.fromkeys(escaped(site), 3.0))
    scope = [node for node in site.parents if isinstance(node, Function)]
    found.update(
        dict.fromkeys((n for f in scope for n in sorted(survey(site.source).idle(f))), 0.8)
    )
    found.pop(old, None)
    return sorted(((score, text) for text, score in found.items()), key=lambda item: -item[0])[:20]


def escaped(site: Site) -> Iterator[str]:
    """Exceptions that ended a failing case within the body of this `try`."""
    statement = site.statement
    if isinstance(statement, ast.Try | ast.TryStar):
        last = statement.body[-1].end_lineno or statement.body[-1].lineno
        for line in range(statement.body[0].lineno, last + 1):
            yield from sorted(site.facts.raised.get(line, ()))


def _caught(site: Site, node: ast.expr) -> Iterator[Draft]:
    source = site.source
    where, old = source.span(node), source.segment(node)
    if not isinstance(node, ast.Tuple):
        for score, text in _others(site, node):
            yield Draft("exception", (Edit(*where, text),), score, f"except {text}")
            more = f"({old}, {text})"
            yield Draft("exception", (Edit(*where, more),), score, f"except {more}")
        return
    held = [source.segment(item) for item in node.elts]
    for score, text in _others(site, node):
        if text not in held:
            more = f"({', '.join((*held, text))})"
            yield Draft("exception", (Edit(*where, more),), score, f"except {text} too")
    for item in node.elts:
        for score, text in _others(site, item)[:8]:
            edit = Edit(*source.span(item), text)
            yield Draft("exception", (edit,), score * 0.5, f"except {text}")


def _tried(site: Site) -> Iterator[Draft]:
    source, statement = site.source, site.statement
    if not alone(source, statement) or statement.lineno != statement.end_lineno:
        return
    if not any(isinstance(n, ast.Call | ast.Subscript | ast.BinOp) for n in ast.walk(statement)):
        return
    space, newline, deeper = indentation(source, statement), source.newline, step(source)
    start, stop = lines_span(source, statement)
    text = source.segment(statement)
    ways = [*leaves(site)[:4], (0.5, "pass")]
    kinds = _likely(statement)
    for rank, kind in enumerate(kinds):
        for score, leave in ways:
            lines = ("try:", deeper + text, f"except {kind}:", deeper + leave)
            new = "".join(space + line + newline for line in lines)
            edit = Edit(start, stop, new)
            yield Draft("try", (edit,), score / (1 + rank), f"try it, except {kind}: {leave}")


def _likely(statement: ast.stmt) -> list[str]:
    """What the statement could raise, by what it does."""
    found = []
    for node in ast.walk(statement):
        if isinstance(node, ast.Subscript):
            found += ["KeyError", "IndexError"]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
            found.append("ZeroDivisionError")
        elif isinstance(node, ast.Attribute):
            found.append("AttributeError")
    return list(dict.fromkeys((*found, "ValueError", "TypeError", "Exception")))[:4]
