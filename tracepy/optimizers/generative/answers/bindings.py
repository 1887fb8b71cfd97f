"""Ways round what a parameter may not become: a new function that binds a name it must leave alone.

What is looked for is what a model writes: an assignment to the name, in any statement, with `global`
or as an attribute; `setattr(shop, "RATE", 2)`, `globals()["RATE"] = 2`; changes in place of what the
name holds. It goes as far as a name can be read in the source: a name put together while running
(`setattr(shop, "RA" + "TE", 2)`), an alias (`again = WEIGHTS; again[0] = 2`) and code in a string
are not seen.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from tracepy.optimizers.generative.answers.names import shown
from tracepy.optimizers.generative.answers.python import parsed
from tracepy.optimizers.generative.answers.records import Refused
from tracepy.parameters import Parameter

_SETTERS = frozenset({"setattr", "delattr", "__setattr__", "__delattr__"})
_NAMESPACES = frozenset({"globals", "vars", "locals", "__dict__", "__globals__"})
_IN_PLACE = frozenset(
    {"add", "append", "clear", "difference_update", "discard", "extend", "insert", "pop", "popitem"}
    | {"intersection_update", "remove", "reverse", "setdefault", "sort", "update"}
    | {"symmetric_difference_update", "__setitem__", "__delitem__", "__iadd__"}
)


def check(
    name: str, old: str, new: str, frozen: Collection[str], parameters: Mapping[str, Parameter]
) -> None:
    """Raise Refused where a function binds more often than before what is frozen or constrained.

    Args:
        name: The function.
        old, new: Its sources.
        frozen: Names of what is frozen.
        parameters: The program's parameters by name; a literal with a constraint has its value
            moved onto it where it is written, so it must be written there only.
    """
    kept = {short: full for full in frozen if (short := _bare(full, name))}
    limited = {
        short: full
        for full, one in parameters.items()
        if one.kind != "function" and _limited(one) and (short := _bare(full, name))
    }
    before, after = Counter(_bound(old)), Counter(_bound(new))
    for bound in sorted({*kept, *limited}):
        if after[bound] <= before[bound]:
            continue
        if bound in kept:
            raise Refused(
                f"`{shown(bound)}` is frozen, so the new source of `{name}` must not assign to it "
                "anew: use another name, or leave it."
            )
        raise Refused(
            f"`{shown(bound)}` has a constraint, so the new source of `{name}` must not assign to "
            f"it anew: suggest a value of `{shown(limited[bound], 120)}`, or use another name."
        )


def _bare(full: str, function: str) -> str:
    """The name as a function's source has it; empty where it is a local of another one."""
    head, found, local = full.rpartition(".<")
    if found:
        own = head == function or head.startswith(f"{function}.")
        return local.strip("<>").partition("#")[0] if own else ""
    return full.rpartition(":")[2].rpartition(".")[2].partition("#")[0]


def _limited(parameter: Parameter) -> bool:
    limits = parameter.constraint
    bounds = (limits.low, limits.high, limits.words or None, limits.choices or None)
    return any(bound is not None for bound in bounds)


def _bound(text: str) -> Iterator[str]:
    """Every name that a source binds or changes, as often as it does."""
    tree = parsed(text)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.Call):
            yield from _by_call(node)
        elif not isinstance(getattr(node, "ctx", None), ast.Load):
            # Names, attributes, definitions, handlers and patterns call it one or the other.
            for field in ("id", "attr", "name", "rest"):
                if isinstance(value := getattr(node, field, None), str):
                    yield value
            if isinstance(node, ast.Subscript):
                yield from _in(node)


def _by_call(node: ast.Call) -> Iterator[str]:
    """Names that a call sets, and what it changes in place."""
    function = node.func
    last = getattr(function, "id", getattr(function, "attr", ""))
    changes = isinstance(function, ast.Attribute) and last in _IN_PLACE
    if last in _SETTERS or (changes and _is_namespace(function)):
        yield from (keyword.arg for keyword in node.keywords if keyword.arg)
        for argument in node.args:
            yield from _texts(argument)
    if isinstance(function, ast.Attribute) and changes:
        yield from _held(function.value)


def _in(node: ast.Subscript) -> Iterator[str]:
    """What an assignment to an item changes: `globals()["RATE"]`, `WEIGHTS[0]`."""
    if _is_namespace(node.value):
        yield from _texts(node.slice)
    yield from _held(node.value)


def _texts(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _is_namespace(node: ast.expr) -> bool:
    """Whether it is the dict of a module's or an object's names."""
    return any(
        getattr(part, "id", getattr(part, "attr", "")) in _NAMESPACES for part in ast.walk(node)
    )


def _held(node: ast.expr) -> Iterator[str]:
    """The name that holds what an expression is: of `shop.WEIGHTS[0]` that is WEIGHTS."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
