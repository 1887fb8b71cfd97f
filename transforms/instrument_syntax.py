"""The syntax that instrumentation inserts, placed where a real statement begins.

It talks to the recorder by operators on two objects, LOG and a function's gate, which are listed
in `tracepy/recorder/native/module.c`. Names that begin with `@` cannot be written in a program,
and neither can a constant that is a tuple with a set in it: such constants stand for the two
objects, which the loader puts in their place once the code is compiled (`recorder/native/bind.c`),
so that neither globals nor `co_names` show that the recorder is there.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeVar

from tracepy.transforms.scope import beginning

BASE = 1 << 60
"""Sites are numbered from here on."""
LOG = "@log"
SERIAL = "@id"
GATE = "@gate"

_LOAD, _STORE, _DELETE = ast.Load(), ast.Store(), ast.Del()

Node = TypeVar("Node", bound=ast.AST)


def put(node: Node, at: ast.AST) -> Node:
    """Give a new node the position where an existing one begins.

    The position has no extent: the compiler gives some instructions the last line of a statement.
    """
    have = node.__dict__
    have["lineno"] = have["end_lineno"] = at.lineno  # type: ignore[attr-defined]
    have["col_offset"] = have["end_col_offset"] = at.col_offset  # type: ignore[attr-defined]
    return node


def name(text: str, at: ast.AST) -> ast.expr:
    """A use of a variable."""
    return put(ast.Name(text, _LOAD), at)


def constant(value: object, at: ast.AST) -> ast.expr:
    """A constant, be it one that no program can write."""
    return put(ast.Constant(value), at)  # type: ignore[arg-type]


def assign(target: str, value: ast.expr, at: ast.AST) -> ast.stmt:
    """`target = value`."""
    return put(ast.Assign([put(ast.Name(target, _STORE), at)], value), at)


Placeholder = tuple[frozenset[str], str, int]


def placeholder(text: str, number: int = 0) -> Placeholder:
    """The constant that stands for LOG, or for the gate of a function, by its first site."""
    return frozenset(), text, number


_LOG_ITSELF = placeholder(LOG)


def log(at: ast.AST) -> ast.expr:
    """LOG itself. The variable `@log` is LOG too, or None in a loop that has had its share."""
    return constant(_LOG_ITSELF, at)


def written(site: int, values: Sequence[ast.expr], at: ast.AST) -> ast.stmt:
    """`LOG[site] = value`, or `LOG[-site] = (values)`: an event."""
    if len(values) == 1:
        number, value = site, values[0]
    else:
        number, value = -site, put(ast.Tuple(list(values), _LOAD), at)
    target = put(ast.Subscript(log(at), constant(number, at), _STORE), at)
    return put(ast.Assign([target], value), at)


def passed(site: int, value: ast.expr, serial: bool = False, silent: bool = False) -> ast.expr:
    """`LOG[site, value]`: an event with this value, which the expression gives.

    Where `serial` is in force, the frame's number comes before the value. Where `silent` is,
    `@log` comes before all: nothing is written if it is None. Of a negative site the value is no
    part of the event.
    """
    at = beginning(value)  # a tracer sees the expression begin there, not where it is made
    key = [constant(site, at), value]
    if serial:
        key.insert(1, name(SERIAL, at))
    if silent:
        key.insert(0, name(LOG, at))
    return put(ast.Subscript(log(at), put(ast.Tuple(key, _LOAD), value), _LOAD), value)


def excepted(
    site: int, serial: ast.expr | None, values: Sequence[ast.expr], at: ast.AST
) -> ast.stmt:
    """`del LOG[site, number, values]`: the exception that is being handled."""
    key = ast.Tuple([constant(site, at), serial or constant(None, at), *values], _LOAD)
    return put(ast.Delete([put(ast.Subscript(log(at), put(key, at), _DELETE), at)]), at)


def nothing(at: ast.AST) -> ast.stmt:
    """A statement in a function that no code is made of: `pass` would be a line to a tracer."""
    return put(ast.AnnAssign(put(ast.Name("_", _STORE), at), constant(0, at), None, 0), at)


def turned(site: int, at: ast.AST) -> ast.stmt:
    """`@log = LOG << site`: after a turn of a loop. A negative site stands for the turn as well."""
    shifted = ast.BinOp(log(at), ast.LShift(), constant(site, at))
    return assign(LOG, put(shifted, at), at)


def _log_is(operator: ast.cmpop, body: Sequence[ast.stmt], at: ast.AST) -> ast.stmt:
    test = ast.Compare(name(LOG, at), [operator], [constant(None, at)])
    return put(ast.If(put(test, at), list(body), []), at)


def guarded(*body: ast.stmt, at: ast.AST) -> ast.stmt:
    """`if @log is not None: ...`."""
    return _log_is(ast.IsNot(), body, at)


def regained(body: Sequence[ast.stmt], turns: Sequence[int], at: ast.AST) -> ast.stmt:
    """Where a loop is left that had had its share; `turns` are the sites of loops around it.

    `if @log is None: @log = LOG << turn and ...; if @log is not None: body`, or `@log = +LOG`.
    """
    if turns:
        asked = [put(ast.BinOp(log(at), ast.LShift(), constant(turn, at)), at) for turn in turns]
        again: ast.expr = asked[0]
        if len(asked) > 1:
            again = put(ast.BoolOp(ast.And(), list[ast.expr](asked)), at)
    else:
        again = put(ast.UnaryOp(ast.UAdd(), log(at)), at)
    return _log_is(ast.Is(), [assign(LOG, again, at), guarded(*body, at=at)], at)


def numbered(at: ast.AST) -> ast.expr:
    """`@id := -LOG`: the number of a frame that is left and entered again."""
    number = put(ast.UnaryOp(ast.USub(), log(at)), at)
    return put(ast.NamedExpr(put(ast.Name(SERIAL, _STORE), at), number), at)


def entered(site: int, arguments: Sequence[ast.expr], keep: bool, at: ast.AST) -> ast.expr:
    """`-GATE is not None and (@log := GATE[arguments]) is not None`: is this call recorded?

    A single argument spares the tuple: `GATE @ argument`.
    `@log` is kept for a function that may fall silent. The compiler would decide `if GATE:` by
    itself, as it does with other constants.
    """
    gate = placeholder(GATE, site)
    asked = put(ast.UnaryOp(ast.USub(), constant(gate, at)), at)
    begun: ast.expr
    if len(arguments) == 1:
        begun = put(ast.BinOp(constant(gate, at), ast.MatMult(), arguments[0]), at)
    else:
        given = put(ast.Tuple(list(arguments), _LOAD), at)
        begun = put(ast.Subscript(constant(gate, at), given, _LOAD), at)
    if keep:
        begun = put(ast.NamedExpr(put(ast.Name(LOG, _STORE), at), begun), at)
    both: list[ast.expr] = [
        put(ast.Compare(answer, [ast.IsNot()], [constant(None, at)]), at)
        for answer in (asked, begun)
    ]
    return put(ast.BoolOp(ast.And(), both), at)
