"""The syntax that instrumentation inserts, placed where a real statement stands.

Names that begin with `@` cannot be written in a program, and neither can a constant that is a
tuple with a set in it: such constants stand for the recorder's objects, which the loader puts in
their place once the code is compiled (`transforms.assemble`), so that neither globals nor
`co_names` show that the recorder is there.
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
KIND = "@kind"
THREAD = "@thread"
OPEN = "@open"
TICK = "@tick"
CALLS = "@calls"
OBJECTS = (
    *(OPEN, LOG, THREAD, TICK, CALLS, "@refill", "@held", "@note", "@failed", "@caught"),
    *("@event", "@via", "@turned", "@serial", "@identity", "@type", "@RecursionError"),
    *("@int", "@float", "@bool", "@str", "@bytes", "@list", "@tuple", "@dict"),
)
"""The recorder's objects, as instrumented code names them."""

# Names that `inspect.getclosurevars` takes for keywords and so does not list.
_OF_THREAD = "True"
_VIA = "True"
# Types whose values are shown, or kept as they are, the likeliest first.
_SHOWN = ("@str", "@list", "@tuple", "@dict", "@float", "@bool", "@bytes")
_LOAD, _STORE = ast.Load(), ast.Store()

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


def gate(function: str, *arguments: ast.expr) -> ast.Call:
    """A call of one of the recorder's functions where a scope has no room for names of ours."""
    attribute = _VIA if function == "via" else function
    return ast.Call(ast.Attribute(recorders(CALLS), attribute, _LOAD), list(arguments), [])


Placeholder = tuple[frozenset[str], str]


def placeholder(text: str) -> Placeholder:
    """The constant that stands for one of `OBJECTS` until the recorder is there."""
    return frozenset(), text


def recorders(text: str) -> ast.Constant:
    """One of `OBJECTS`."""
    return ast.Constant(placeholder(text))  # type: ignore[arg-type]


def call(function: str, *arguments: ast.expr) -> ast.Call:
    """A call of one of `OBJECTS`."""
    return ast.Call(recorders(function), list(arguments), [])


def assign(target: str, value: ast.expr) -> ast.stmt:
    """`target = value`."""
    return ast.Assign([ast.Name(target, _STORE)], value)


def guarded(*body: ast.stmt) -> ast.stmt:
    """`if @log: ...`."""
    return ast.If(name(LOG), list(body), [])


def written(site: int, entries: Sequence[ast.expr]) -> ast.expr:
    """Append a site and entries, each a plain name, to the log.

    Spelled as slices, `@log:site:...`, which no program can contain in this place;
    `transforms.assemble` makes one LIST_APPEND of each.
    """
    chain: ast.expr = ast.Slice(name(LOG), ast.Constant(site), None)
    for entry in entries:
        chain = ast.Slice(chain, entry, None)
    return chain


def entry_of(value: str, guess: str) -> ast.expr:
    """What the log keeps of a variable, as one entry: itself if it is of the guessed type."""
    likely = guess if guess in ("float", "bool") else "int"
    kind = _is(call("@type", name(value)), recorders(f"@{likely}"))
    return ast.IfExp(kind, name(value), call("@held", name(value)))


def _is(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [ast.Is()], [right])


def record(
    site: int,
    values: Sequence[tuple[str, str]],
    serial: bool = False,
    receiver: Sequence[str] = (),
) -> list[ast.stmt]:
    """Write an event with the values of variables, each with its guessed type, or nothing at all.

    Of a receiver, which comes without other values, only type and identity are written. The
    entries are made before the first is written. At the recursion limit making one may fail; the
    program must not notice.
    """
    first: list[ast.expr] = [name(SERIAL)] if serial else []
    made: list[ast.stmt] = []
    for text in receiver:
        first += [name(KIND), name("@e0")]
        made += [assign(KIND, call("@type", name(text))),
                 assign("@e0", call("@identity", name(text)))]  # fmt: skip
    if len(values) == 1:
        return [_by_kind(site, first, *values[0])]
    names = [f"@e{position}" for position in range(len(values))]
    made += [
        assign(target, entry_of(value, guess))
        for target, (value, guess) in zip(names, values, strict=True)
    ]
    made.append(ast.Expr(written(site, [*first, *map(name, names)])))
    return made if len(made) == 1 else [_or_not(*made)]


def _or_not(*made: ast.stmt) -> ast.stmt:
    """Do it if the recursion limit leaves room.

    What is done must not branch: the compiler of 3.11 gives the end of branches no line, after
    which a tracer sees the statement's line again.
    """
    return ast.Try(list(made), [at_the_limit(ast.Pass())], [], [])


def _by_kind(site: int, first: Sequence[ast.expr], value: str, guess: str) -> ast.stmt:
    """An event with one value: itself if it is of the guessed type, else what `note` makes of it.

    What may well be an object is told by type and identity, two entries, here and now.
    """
    itself: list[ast.stmt] = [ast.Expr(written(site, [*first, name(value)]))]
    serial = [name(SERIAL)] if first and first[0].id == SERIAL else []  # type: ignore[attr-defined]
    given = (name(LOG), ast.Constant(site), name(value), *serial)
    noted: list[ast.stmt] = [_or_not(ast.Expr(call("@note", *given)))]
    if guess and guess != "object":
        kind = _is(call("@type", name(value)), recorders(f"@{guess}"))
        return ast.If(kind, itself, noted)
    kept = ast.NamedExpr(ast.Name(KIND, _STORE), call("@type", name(value)))
    whole = _is(kept, recorders("@int"))
    if not guess:
        number = ast.BoolOp(ast.Or(), [whole, _is(name(KIND), recorders("@float"))])
        return ast.If(number, itself, noted)
    simple = ast.BoolOp(ast.Or(), [whole, _is(name(value), ast.Constant(None))])
    shown = ast.BoolOp(ast.Or(), [_is(name(KIND), recorders(text)) for text in _SHOWN])
    identity: list[ast.stmt] = [
        _or_not(
            assign("@e0", call("@identity", name(value))),
            ast.Expr(written(site, [*first, name(KIND), name("@e0")])),
        )
    ]
    return ast.If(simple, itself, [ast.If(shown, noted, identity)])


def passing(value: ast.expr, site: int, entry: ast.expr, serial: bool = False) -> ast.expr:
    """An expression that is recorded on its way; `entry` is made of `@value`.

    `(@value := value, <record> if @log else None, @value := None)[0]`: nothing is kept alive.
    """
    entries: list[ast.expr] = [name(SERIAL)] if serial else []
    kept = ast.NamedExpr(ast.Name(RESULT, _STORE), value)
    # The entry is made first, so that a failure leaves the log whole.
    made = ast.NamedExpr(ast.Name("@e0", _STORE), entry)
    event = ast.Tuple([made, written(site, [*entries, name("@e0")])], _LOAD)
    shown = ast.IfExp(name(LOG), event, ast.Constant(None))
    dropped = ast.NamedExpr(ast.Name(RESULT, _STORE), ast.Constant(None))
    return ast.Subscript(ast.Tuple([kept, shown, dropped], _LOAD), ast.Constant(0), _LOAD)


def resumed(value: ast.expr, site: int) -> ast.expr:
    """A suspension: the frame may go on in another thread, whose log it then takes up."""
    again = ast.NamedExpr(ast.Name(LOG, _STORE), of_thread())
    event = ast.IfExp(again, written(site, [name(SERIAL)]), ast.Constant(None))
    return ast.Subscript(ast.Tuple([value, event], _LOAD), ast.Constant(0), _LOAD)


def of_thread() -> ast.expr:
    """The log of the thread that runs."""
    return ast.Attribute(recorders(THREAD), _OF_THREAD, _LOAD)


def opened() -> ast.expr:
    """`@open and (@log := @thread.log)`: whether this call is to be recorded."""
    return ast.BoolOp(ast.And(), [name(OPEN), ast.NamedExpr(ast.Name(LOG, _STORE), of_thread())])


def ticked(site: int) -> list[ast.stmt]:
    """One more call or turn; now and then the recorder looks whether the budget is spent.

    The cheapest counter there is: an endless iterator that gives False once in a while.
    """
    tick = ast.For(ast.Name(KIND, _STORE), recorders(TICK), [ast.Break()], [])
    refill = assign(LOG, call("@refill", name(LOG), ast.Constant(site)))
    return [tick, ast.If(ast.UnaryOp(ast.Not(), name(KIND)), [_or_not(refill)], [])]


def at_the_limit(*body: ast.stmt) -> ast.ExceptHandler:
    """A handler for when a call of ours has no room: the program must not notice."""
    return ast.ExceptHandler(recorders("@RecursionError"), None, list(body))


def numbered() -> ast.stmt:
    """`@id = ...`: the number of a frame that is left and entered again."""
    silent = (assign(SERIAL, ast.Constant(0)), assign(LOG, ast.Constant(None)))
    return ast.Try([assign(SERIAL, call("@serial"))], [at_the_limit(*silent)], [], [])


def declared() -> ast.stmt:
    """Makes `@open` a local name without a line of code: `@open: 0`."""
    return ast.AnnAssign(ast.Name(OPEN, _STORE), ast.Constant(0), None, 1)


def reserved(text: str) -> ast.stmt:
    """Loads an object by name and as a constant, so that both have low numbers."""
    return ast.Expr(ast.Slice(recorders(text), name(text), None))
