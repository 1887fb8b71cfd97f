"""The syntax that instrumentation inserts, placed where a real statement stands.

It talks to the recorder by operators on two objects, LOG and a function's gate, which are listed
in `tracepy/recorder/native/module.c`. Names that begin with `@` cannot be written in a program,
and neither can a constant that is a tuple with a set in it: such constants stand for the two
objects, which the loader puts in their place once the code is compiled (`transforms.assemble`), so
that neither globals nor `co_names` show that the recorder is there.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeVar

from tracepy.transforms.scope import children

BASE = 1 << 60
"""Sites are numbered from here on."""
LOG = "@log"
SERIAL = "@id"
RESULT = "@value"
OPEN = "@open"

_LOAD, _STORE, _DELETE = ast.Load(), ast.Store(), ast.Del()

Node = TypeVar("Node", bound=ast.AST)


def place(node: Node, at: ast.AST) -> Node:
    """Give a new node, and what is new in it, the position where an existing one begins.

    The position has no extent: the compiler gives some instructions the last line of a statement.
    """
    line, column = at.lineno, at.col_offset  # type: ignore[attr-defined]
    stack: list[ast.AST] = [node]
    while stack:
        part = stack.pop()
        have = part.__dict__
        if part._attributes and "lineno" not in have:
            have["lineno"] = have["end_lineno"] = line
            have["col_offset"] = have["end_col_offset"] = column
        elif part is not node and part._attributes:
            continue
        stack += children(part)
    return node


def name(text: str) -> ast.Name:
    """A use of a variable."""
    return ast.Name(text, _LOAD)


def assign(target: str, value: ast.expr) -> ast.stmt:
    """`target = value`."""
    return ast.Assign([ast.Name(target, _STORE)], value)


Placeholder = tuple[frozenset[str], str, int]


def placeholder(text: str, number: int = 0) -> Placeholder:
    """The constant that stands for LOG, or for the gate of a function, by its first site."""
    return frozenset(), text, number


def log() -> ast.Constant:
    """LOG itself. The variable `@log` is LOG too, or None in a loop that has had its share."""
    return ast.Constant(placeholder(LOG))  # type: ignore[arg-type]


def written(site: int, values: Sequence[ast.expr]) -> ast.stmt:
    """`LOG[site] = value`, or `LOG[-site] = (values)`: an event."""
    number, value = site, values[0] if len(values) == 1 else None
    if value is None:
        number, value = -site, ast.Tuple(list(values), _LOAD)
    return ast.Assign([ast.Subscript(log(), ast.Constant(number), _STORE)], value)


def passed(
    site: int, value: ast.expr, before: Sequence[ast.expr] = (), silent: bool = False
) -> ast.expr:
    """`LOG[site, before, value]`: an event with these values; the expression gives the last.

    Where `silent` is in force, `@log` comes first: nothing is written if it is None.
    """
    guard = [name(LOG)] if silent else []
    key = ast.Tuple([*guard, ast.Constant(site), *before, value], _LOAD)
    return ast.Subscript(log(), key, _LOAD)


def excepted(site: int, serial: ast.expr | None, values: Sequence[ast.expr] = ()) -> ast.stmt:
    """`del LOG[site, number, values]`: the exception that is being handled."""
    key = ast.Tuple([ast.Constant(site), serial or ast.Constant(None), *values], _LOAD)
    return ast.Delete([ast.Subscript(log(), key, _DELETE)])


def turned(site: int) -> ast.stmt:
    """`@log = LOG << site`: after a turn of a loop. A negative site stands for the turn as well."""
    return assign(LOG, ast.BinOp(log(), ast.LShift(), ast.Constant(site)))


def guarded(*body: ast.stmt) -> ast.stmt:
    """`if @log is not None: ...`."""
    test = ast.Compare(name(LOG), [ast.IsNot()], [ast.Constant(None)])
    return ast.If(test, list(body), [])


def regained(*body: ast.stmt) -> ast.stmt:
    """`if @log is None: @log = +LOG; ...`: where a loop is left that had had its share."""
    test = ast.Compare(name(LOG), [ast.Is()], [ast.Constant(None)])
    return ast.If(test, [assign(LOG, ast.UnaryOp(ast.UAdd(), log())), *body], [])


def numbered() -> ast.expr:
    """`@id := -LOG`: the number of a frame that is left and entered again."""
    return ast.NamedExpr(ast.Name(SERIAL, _STORE), ast.UnaryOp(ast.USub(), log()))


def declared() -> ast.stmt:
    """Makes `@open` a local name without a line of code: `@open: 0`."""
    return ast.AnnAssign(ast.Name(OPEN, _STORE), ast.Constant(0), None, 1)


def entered(site: int, arguments: Sequence[ast.expr], keep: bool) -> ast.expr:
    """`@open and (@log := GATE[arguments]) is not None`: whether this call is to be recorded.

    `@open` is the gate too. The compiler decides `if constant:` by itself; a name it must load,
    and `transforms.assemble` makes that load one of the constant.
    """
    gate = ast.Constant(placeholder(OPEN, site))  # type: ignore[arg-type]
    begun: ast.expr = ast.Subscript(gate, ast.Tuple(list(arguments), _LOAD), _LOAD)
    if keep:
        begun = ast.NamedExpr(ast.Name(LOG, _STORE), begun)
    recorded = ast.Compare(begun, [ast.IsNot()], [ast.Constant(None)])
    return ast.BoolOp(ast.And(), [name(OPEN), recorded])
