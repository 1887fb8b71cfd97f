"""How a frame reports its beginning and its end, and by which of three means it reports at all."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from tracepy.transforms.instrument_facts import Site
from tracepy.transforms.instrument_syntax import (
    GATE,
    LOG,
    SERIAL,
    assign,
    gate,
    guarded,
    name,
    place,
)
from tracepy.transforms.scope import Function, own_nodes

if TYPE_CHECKING:
    from tracepy.transforms.instrument_statements import Statements

_SEES_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec", "breakpoint"})
_SEES_FRAMES = frozenset({"_getframe", "currentframe", "f_locals", "stack", "set_trace"})


class Mode(Enum):
    """How a body reports.

    FAST: through a local that holds the log. CALL: by calls only, adding no local (modules,
    classes, functions that look at their locals). SERIAL: by calls that carry the frame's number,
    since the frame is left and entered again. PLAIN: not at all.
    """

    FAST = "fast"
    CALL = "call"
    SERIAL = "serial"
    PLAIN = "plain"


def mode_of(root: ast.Module | ast.ClassDef | Function, outer: Mode | None) -> Mode:
    """How the body of a module, class or function reports."""
    if isinstance(root, ast.Module):
        return Mode.CALL
    if isinstance(root, ast.ClassDef):
        # The surrounding frame's number cannot be reached from a class body.
        return Mode.PLAIN if outer in (Mode.SERIAL, Mode.PLAIN) else Mode.CALL
    suspends = isinstance(root, ast.AsyncFunctionDef)
    looks = False
    for node in own_nodes(root.body):
        suspends |= isinstance(node, ast.Yield | ast.YieldFrom | ast.Await)
        looks |= isinstance(node, ast.Name) and node.id in _SEES_LOCALS
        looks |= isinstance(node, ast.Name | ast.Attribute) and (
            (node.id if isinstance(node, ast.Name) else node.attr) in _SEES_FRAMES
        )
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
    """A rewritten body with the events of its beginning, its end, and an exception that leaves it."""
    sites, mode = rewriter.sites, rewriter.mode
    first, last = original[0], original[-1]
    line = node.lineno if node is not None else first.lineno
    slots = tuple((text, "local") for text in parameters)
    serial = mode is Mode.SERIAL

    def site(event: str, kind: str, width: int) -> Site:
        return Site(event, kind, rewriter.function, line, line, width=width + serial, serial=serial,
                    deferred=rewriter.deferred)  # fmt: skip

    enter = site("enter", "call", len(slots))
    enter.slots = slots
    values = [name(text) for text in parameters]
    begin: ast.stmt
    number = ast.Constant(sites.add(enter))
    if mode is Mode.FAST:
        begin = assign(LOG, gate("enter", number, *values))
    elif serial:
        begin = assign(SERIAL, gate("genter", number, *values))
    else:
        begin = ast.Expr(gate("event", number, *values))
    fail = ast.Constant(sites.add(site("fail", "raise", 2)))
    call: ast.stmt = ast.Expr(gate("failed", name(SERIAL) if serial else ast.Constant(None), fail))
    # At the recursion limit the report itself may fail; the user's exception must not notice.
    too_deep = ast.Attribute(ast.Constant(GATE), "RecursionError", ast.Load())
    call = ast.Try([call], [ast.ExceptHandler(too_deep, None, [ast.Pass()])], [], [])
    if mode is Mode.FAST:
        call = guarded(call)
    if not isinstance(original[-1], ast.Return | ast.Raise):
        end = site("return", "return", 0)
        end.line = end.end_line = last.lineno
        end.event = "fall"
        end.width = int(serial)
        body = [*body, rewriter.event(sites.add(end), (), last)]
    handler = ast.ExceptHandler(None, None, [place(call, first), place(ast.Raise(), first)])
    cleanup: list[ast.stmt] = []
    if rewriter.deferred:
        cleanup = [rewriter.event(sites.add(site("exit", "return", 0)), (), last)]
    attempt = ast.Try(body, [place(handler, first)], [], cleanup)
    return [place(begin, first), place(attempt, first)]
