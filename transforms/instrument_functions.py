"""How a frame reports its beginning and its end, and by which means it reports at all."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from tracepy.transforms.instrument_facts import Site
from tracepy.transforms.instrument_syntax import (
    SERIAL,
    entered,
    excepted,
    name,
    numbered,
    put,
    written,
)
from tracepy.transforms.outline import SEES_FRAMES, SEES_LOCALS, Outline
from tracepy.transforms.scope import Function, beginning, blocks, defaulted_names, own_nodes

if TYPE_CHECKING:
    from tracepy.transforms.instrument_statements import Statements

_CACHE = re.compile("cache|memo", re.IGNORECASE)
_JUMPS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_SUSPENDS = frozenset({ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith})


class Mode(Enum):
    """How a body reports.

    FAST: the function's calls are recorded or not, and so are the turns of a loop in it, which
    costs it a local variable. SERIAL: the same, with the frame's number, since the frame is left
    and entered again. CALL: no local variable (functions that look at their locals). MODULE: always
    (modules and classes). PLAIN: not at all.
    """

    FAST = "fast"
    SERIAL = "serial"
    CALL = "call"
    MODULE = "module"
    PLAIN = "plain"


def mode_of(
    root: ast.Module | ast.ClassDef | Function, outer: Mode | None, outline: Outline
) -> Mode:
    """How the body of a module, class or function reports."""
    if isinstance(root, ast.Module):
        return Mode.MODULE
    if isinstance(root, ast.ClassDef):
        # The surrounding frame's number cannot be reached from a class body.
        return Mode.PLAIN if outer in (Mode.SERIAL, Mode.PLAIN) else Mode.MODULE
    if not outline.may_look_or_suspend(root):
        return Mode.FAST
    suspends = isinstance(root, ast.AsyncFunctionDef)
    looks = False
    for node in own_nodes(root.body):
        kind = type(node)
        if kind is ast.Name:
            text = node.id  # type: ignore[attr-defined]
            looks = looks or text in SEES_LOCALS or text in SEES_FRAMES
        elif kind is ast.Attribute:
            looks = looks or node.attr in SEES_FRAMES or node.attr == "locals"  # type: ignore[attr-defined]
        elif kind in _SUSPENDS:
            suspends = True
    if suspends:
        return Mode.PLAIN if looks else Mode.SERIAL
    return Mode.CALL if looks else Mode.FAST


def wrapped(
    rewriter: Statements,
    original: Sequence[ast.stmt],
    body: list[ast.stmt],
    parameters: Sequence[str],
    node: Function | None = None,
) -> list[ast.stmt]:
    """A rewritten body with the events of its beginning, its end, and an exception that leaves it.

    A function's body is there twice: as it was written, for calls that are not recorded, and
    rewritten.
    """
    sites, mode = rewriter.sites, rewriter.mode
    first, last = original[0], original[-1]
    line = node.lineno if node is not None else first.lineno
    serial = mode is Mode.SERIAL

    def site(event: str, kind: str, width: int) -> Site:
        return Site(event, kind, rewriter.function, line, line, width=width + serial, serial=serial,
                    deferred=rewriter.deferred)  # fmt: skip

    enter = site("enter", "call", len(parameters))
    enter.slots = tuple((text, "local") for text in parameters)
    if node is not None:
        enter.defaults = defaulted_names(node.args)
        enter.captured = rewriter.captured
        enter.cached = any(_CACHE.search(ast.unparse(part)) for part in node.decorator_list)
        if mode is Mode.SERIAL:
            kinds = {type(part) for part in own_nodes(original)}
            enter.delegates = ast.YieldFrom in kinds
            enter.generates = enter.delegates or ast.Yield in kinds
    begin = sites.add(enter)
    fail = sites.add(site("fail", "raise", 2))
    if not isinstance(original[-1], ast.Return | ast.Raise):
        end = site("fall", "return", 0)
        end.line = end.end_line = last.lineno
        _run_off(rewriter, sites.add(end), body, last)
    at = beginning(first)
    left = excepted(-fail, name(SERIAL, at) if serial else None, (), at)
    handler = put(ast.ExceptHandler(None, None, [left, put(ast.Raise(), at)]), at)
    cleanup: list[ast.stmt] = []
    if rewriter.deferred:
        # On the first line, which has run: the last one has not where an exception leaves.
        cleanup = rewriter.event(sites.add(site("exit", "return", 0)), (), at)
    attempt = put(ast.Try(body, [handler], [], cleanup), at)
    if node is None:
        return [written(begin, (), at), attempt]
    arguments: list[ast.expr] = [numbered(at)] if serial else []
    arguments += [name(text, at) for text in parameters]
    test = entered(begin, arguments, rewriter.silent, at)
    return [put(ast.If(test, [attempt], list(original)), at)]


def _run_off(rewriter: Statements, number: int, block: list[ast.stmt], last: ast.stmt) -> None:
    """Report that a body was left at its end, wherever that is: on the line that ran last.

    Args:
        block: The rewritten statements, which end with what stands for `last`.
        last: The last statement as it was written.
    """
    node = block[-1]
    if isinstance(last, _JUMPS):
        return
    if isinstance(last, ast.If | ast.For | ast.AsyncFor | ast.While):
        assert isinstance(node, type(last))
        if isinstance(last, ast.If):
            _run_off(rewriter, number, node.body, last.body[-1])
        else:
            _before_breaks(rewriter, number, node.body)
        if last.orelse:
            _run_off(rewriter, number, node.orelse, last.orelse[-1])
        else:
            node.orelse += _leaving(rewriter, number, last)
    elif isinstance(last, ast.Try) and not last.finalbody:
        assert isinstance(node, ast.Try)
        for handler, written_ in zip(node.handlers, last.handlers, strict=True):
            _run_off(rewriter, number, handler.body, written_.body[-1])
        if last.orelse:
            _run_off(rewriter, number, node.orelse, last.orelse[-1])
        else:
            _run_off(rewriter, number, node.body, last.body[-1])
    else:
        block += _leaving(rewriter, number, last)


def _leaving(rewriter: Statements, number: int, at: ast.stmt) -> list[ast.stmt]:
    """The event, and a `return` that ends the function on this line, as a tracer sees it plain."""
    leave = [] if rewriter.mode is Mode.MODULE else [put(ast.Return(None), at)]
    return [*rewriter.event(number, (), at), *leave]


def _before_breaks(rewriter: Statements, number: int, block: list[ast.stmt]) -> None:
    """A loop at the end of a body leaves the body where it is broken off."""
    for index in reversed(range(len(block))):
        node = block[index]
        if isinstance(node, ast.Break):
            block[index:index] = _leaving(rewriter, number, node)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            _before_breaks(rewriter, number, node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for inner in blocks(node):
                _before_breaks(rewriter, number, inner)
