"""What a function's text gives away: names bound and never read, values never brought up to date.
And what the exception says that a failing case ended with at the statement.

Such a name is more often than not the one that a fix needs: the repertoire raises what mentions it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import lru_cache

from tracepy.transforms.edit import Edit
from tracepy.transforms.mutate.base import Draft, Site
from tracepy.transforms.mutate.exceptions import escaped
from tracepy.transforms.mutate.survey import Function, callee, survey

_WORD = re.compile(r"[A-Za-z_]\w*")
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_MUTATORS = frozenset(
    {"append", "add", "extend", "insert", "update", "pop", "popleft", "appendleft", "remove",
     "discard", "clear", "setdefault", "sort", "reverse", "push", "write", "popitem"}
)  # fmt: skip

_QUOTED = re.compile(r"'([A-Za-z_]\w*)'")
_OF_TYPES = re.compile(r"concatenate|expected|must be|unsupported|supported between|has no len")
_TYPES = frozenset(
    {
        "str",
        "int",
        "float",
        "list",
        "tuple",
        "dict",
        "set",
        "bytes",
        "NoneType",
        "bool",
        "generator",
    }
)
# Of types that an operation does not take together, the calls that make one the other.
_CONVERSIONS = {
    frozenset({"str", "int"}): ("len", "int", "str"),
    frozenset({"str", "float"}): ("len", "float", "str"),
    frozenset({"list", "int"}): ("len", "sum", "max", "min"),
    frozenset({"tuple", "int"}): ("len", "sum", "max", "min"),
    frozenset({"dict", "int"}): ("len",),
    frozenset({"list", "tuple"}): ("list", "tuple"),
    frozenset({"list", "str"}): ("join", "list", "str"),
    frozenset({"str", "bytes"}): ("encode", "decode", "bytes", "str"),
    frozenset({"generator"}): ("list", "next"),
}

NAMED = 3.0
"""How much more an edit weighs that does something about what the exception names."""
UNREAD = 4.0
"""How much more an edit weighs that reads a parameter or a local that nothing reads."""
STALE = 5.0
"""How much more an edit weighs that changes what a loop reads and nothing changes."""
ENDLESS = 4.0
"""How much more a base case weighs in a recursion that has none."""


def evidence(site: Site, draft: Draft, edits: Sequence[Edit]) -> float:
    """How much the function's text speaks for an edit: 1 where it says nothing."""
    told = _told(site, draft)
    function = site.function
    if function is None:
        return told
    return told * _of_text(site, function, draft, edits)


def _of_text(site: Site, function: Function, draft: Draft, edits: Sequence[Edit]) -> float:
    """How much the function's text speaks for an edit."""
    if draft.kind == "base case":
        return ENDLESS if _endless(function) else 1.0
    around = survey(site.source)
    unread, stale = around.idle(function) | around.unused, _stale(function)
    if not unread and not stale:
        return 1.0
    new = " ".join(edit.text for edit in edits)
    words = set(_WORD.findall(new))
    factor = UNREAD if words & unread else 1.0
    for name in sorted(words & stale):
        if re.search(rf"\b{name}\b(\[[^\]]*\])? ([-+*/|&]|//)?= |\b{name}\.({_CHANGING})\(", new):
            factor = max(factor, STALE)
    return factor


def _told(site: Site, draft: Draft) -> float:
    """How much what exceptions say speaks for an edit: that it takes away or changes what they name,
    puts in what they miss (of a `try`, catches it), or converts one of the types that do not go together."""
    messages = site.facts.said.get(site.statement.lineno, ())
    through = set(escaped(site))
    if not messages and not through:
        return 1.0
    named, types = _named(messages)
    text = site.source.text
    old = {word for edit in draft.edits for word in _WORD.findall(text[edit.start : edit.end])}
    new = {word for edit in draft.edits for word in _WORD.findall(edit.text)}
    if (old ^ new) & named or (new - old) & through:
        return NAMED
    conversions = {name for pair, some in _CONVERSIONS.items() if pair <= types for name in some}
    return NAMED if (new - old) & conversions else 1.0


@lru_cache(maxsize=256)
def _named(messages: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The names and the types of which messages speak."""
    quoted = {word for message in messages for word in _QUOTED.findall(message)}
    spoken = {
        word for message in messages if _OF_TYPES.search(message) for word in _WORD.findall(message)
    }
    types = (quoted | spoken) & _TYPES
    return frozenset(quoted - types), frozenset(types)


_CHANGING = "|".join(sorted(_MUTATORS))


def _changed(node: ast.AST) -> str:
    """The plain name that a node changes, or ''."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        return node.id
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(
        node.ctx, ast.Store | ast.Del
    ):
        return node.value.id if isinstance(node.value, ast.Name) else ""
    if isinstance(node, ast.Call) and callee(node) in _MUTATORS:
        base = node.func.value if isinstance(node.func, ast.Attribute) else None
        return base.id if isinstance(base, ast.Name) else ""
    return ""


@lru_cache(maxsize=64)
def _stale(function: Function) -> frozenset[str]:
    """Names with a first value that a loop reads and nothing changes after that."""
    times: dict[str, int] = {}
    first: dict[str, None] = {}
    for node in ast.walk(function):
        name = _changed(node)
        if name:
            times[name] = times.get(name, 0) + 1
        if isinstance(node, ast.Assign) and _is_first(node.value):
            first.update({t.id: None for t in node.targets if isinstance(t, ast.Name)})
    read: set[str] = set()
    for loop in ast.walk(function):
        if isinstance(loop, _LOOPS):
            inside = [n for n in ast.walk(loop) if isinstance(n, ast.Name)]
            read |= {n.id for n in inside if isinstance(n.ctx, ast.Load)}
    found = {name for name in first if times.get(name) == 1 and name in read}
    for loop in ast.walk(function):
        if isinstance(loop, ast.While):
            tested = {n.id for n in ast.walk(loop.test) if isinstance(n, ast.Name)}
            moving = {_changed(node) for part in loop.body for node in ast.walk(part)}
            if tested and not tested & moving:
                found |= tested
    return frozenset(found)


def _is_first(value: ast.expr) -> bool:
    """Whether a value is one to begin with: a small number, None, an empty container."""
    if isinstance(value, ast.Constant):
        return value.value in (0, 1, None, "", False, True)
    if isinstance(value, ast.Call):
        return not value.args and callee(value) in ("set", "list", "dict", "deque", "defaultdict")
    return isinstance(value, ast.List | ast.Dict | ast.Set)


@lru_cache(maxsize=64)
def _endless(function: Function) -> bool:
    """Whether every way out of a recursive function goes through another call of it."""
    own = function.name
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    calls = any(isinstance(node, ast.Call) and callee(node) == own for node in ast.walk(function))
    ends = [
        node
        for node in returns
        if not any(isinstance(n, ast.Call) and callee(n) == own for n in ast.walk(node))
    ]
    return calls and (not ends or ends == [function.body[-1]])
