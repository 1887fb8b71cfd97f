"""How a frame reports its beginning and its end, and by which means it reports at all."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from tracepy.transforms.instrument_facts import Site
from tracepy.transforms.instrument_syntax import (
    LOG,
    OPEN,
    SERIAL,
    at_the_limit,
    call,
    declared,
    guarded,
    name,
    numbered,
    opened,
    place,
    record,
    reserved,
    ticked,
    written,
)
from tracepy.transforms.scope import Function, beginning, blocks, own_nodes

if TYPE_CHECKING:
    from tracepy.transforms.instrument_statements import Statements

_SEES_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec", "breakpoint"})
_SEES_FRAMES = frozenset({"_getframe", "currentframe", "f_locals", "stack", "set_trace"})

_JUMPS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_SUSPENDS = frozenset({ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith})


class Mode(Enum):
    """How a body reports.

    FAST: inline, through a local that holds the log. SERIAL: the same, with the frame's number,
    since the frame is left and entered again. MODULE: inline, the log being a constant (modules
    and classes in them run once, in the thread that imports). CALL: by calls only (functions that
    look at their locals). CLASS: by calls through one object (a class in a function must not reach for the
    function's names). PLAIN: not at all.
    """

    FAST = "fast"
    SERIAL = "serial"
    MODULE = "module"
    CALL = "call"
    CLASS = "class"
    PLAIN = "plain"


def mode_of(root: ast.Module | ast.ClassDef | Function, outer: Mode | None) -> Mode:
    """How the body of a module, class or function reports."""
    if isinstance(root, ast.Module):
        return Mode.MODULE
    if isinstance(root, ast.ClassDef):
        # The surrounding frame's number cannot be reached from a class body.
        if outer in (Mode.SERIAL, Mode.PLAIN):
            return Mode.PLAIN
        return Mode.MODULE if outer is Mode.MODULE else Mode.CLASS
    suspends = isinstance(root, ast.AsyncFunctionDef)
    looks = False
    for node in own_nodes(root.body):
        kind = type(node)
        if kind is ast.Name:
            text = node.id  # type: ignore[attr-defined]
            looks = looks or text in _SEES_LOCALS or text in _SEES_FRAMES
        elif kind is ast.Attribute:
            looks = looks or node.attr in _SEES_FRAMES  # type: ignore[attr-defined]
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
    begin = _begin(rewriter, sites.add(enter), parameters)
    fail = sites.add(site("fail", "raise", 2))
    if not isinstance(original[-1], ast.Return | ast.Raise):
        end = site("fall", "return", 0)
        end.line = end.end_line = last.lineno
        _run_off(rewriter, sites.add(end), body, last)
    handler = ast.ExceptHandler(None, None, [_failure(mode, fail), ast.Raise()])
    cleanup: list[ast.stmt] = []
    if rewriter.deferred:
        cleanup = rewriter.event(sites.add(site("exit", "return", 0)), (), last)
    attempt = ast.Try(body, [handler], [], cleanup)
    recorded = [*begin, attempt]
    if node is None:
        placed: list[ast.stmt] = recorded
    elif mode is Mode.CALL:
        placed = [declared(), ast.If(name(OPEN), recorded, list(original))]
    else:
        placed = [declared(), ast.If(opened(), recorded, list(original))]
    return [place(statement, beginning(first)) for statement in placed]


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
    leave = [] if rewriter.mode is Mode.MODULE else [place(ast.Return(None), at)]
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


def _begin(rewriter: Statements, number: int, parameters: Sequence[str]) -> list[ast.stmt]:
    """What reports that the body begins."""
    mode = rewriter.mode
    site = rewriter.sites.rows[number - rewriter.sites.first]
    if mode is Mode.MODULE:
        return [reserved(LOG), guarded(ast.Expr(written(number, ())))]
    if mode is Mode.CALL:
        values = [name(text) for text in parameters]
        return [reserved(OPEN), ast.Expr(call("@event", ast.Constant(number), *values))]
    guesses = [(text, rewriter.guess(text)) for text in parameters]
    begin = [reserved(OPEN)]
    if mode is Mode.SERIAL:
        begin.append(numbered())
    begin += ticked(number)
    receiver: tuple[str, ...] = ()
    serial = mode is Mode.SERIAL
    if rewriter.method and parameters:
        # What a method is called on is an object: its identity and type say it all.
        receiver, guesses = (parameters[0],), guesses[1:]
    if len(guesses) + len(receiver) < 2:
        return [*begin, guarded(*record(number, guesses, serial, receiver))]
    site.slots = site.slots[: len(receiver)]
    site.width = len(site.slots) + serial
    entered = record(number, (), serial, receiver)
    for text, guess in guesses:
        argument = Site("argument", "argument", rewriter.function, site.line, site.line,
                        slots=((text, "local"),), width=1 + serial, serial=serial)  # fmt: skip
        entered += record(rewriter.sites.add(argument), [(text, guess)], serial)
    # A tick may just have spent the budget, and what is written then would open the log again.
    return [*begin, guarded(*entered)]


def _failure(mode: Mode, number: int) -> ast.stmt:
    serial = name(SERIAL) if mode is Mode.SERIAL else ast.Constant(None)
    report: ast.stmt = ast.Expr(call("@failed", serial, ast.Constant(number)))
    # At the recursion limit the report itself may fail; the user's exception must not notice.
    report = ast.Try([report], [at_the_limit(ast.Pass())], [], [])
    return report if mode is Mode.CALL else guarded(report)
