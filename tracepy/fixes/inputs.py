"""Inputs to tell fixes apart: calls that a run recorded, and variants of them.

One argument is changed at a time, by what finds boundaries in testing by hand: one more and one
less, nothing, the other sign, empty and longer, another order, a value that another call had.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any

Calls = Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]]

MOST = 64
"""Inputs of one function."""


@dataclass(frozen=True, slots=True)
class Input:
    """One call to try.

    Attributes:
        module, function: What is called.
        arguments: By parameter, as source.
        text: The call, as one would write it.
        recorded: Whether the program itself made this call.
    """

    module: str
    function: str
    arguments: Mapping[str, str]
    text: str
    recorded: bool


def inputs(
    calls: Calls,
    modules: Mapping[str, str],
    texts: Mapping[str, str],
    wanted: Mapping[str, set[str]],
) -> list[Input]:
    """What to call, the recorded calls of each function before their variants.

    Args:
        calls: `TraceFacts.calls`.
        modules: The dotted name of each module, by path.
        texts: The modules' texts, by path.
        wanted: The functions to call, by path.
    """
    found: list[Input] = []
    for path, names in sorted(wanted.items()):
        definitions = functions(texts[path])
        for function in sorted(names):
            recorded = calls.get(path, {}).get(function, [])
            if not recorded or function not in definitions:
                continue
            seen: set[tuple[str, ...]] = set()
            fresh = (
                (arguments, number < len(recorded))
                for number, arguments in enumerate(chain(recorded, _variants(recorded)))
                if _new(tuple(arguments.values()), seen)
            )
            found += [
                Input(
                    modules[path],
                    function,
                    arguments,
                    f"{function}({_written(definitions[function].args, arguments)})",
                    known,
                )
                for arguments, known in islice(fresh, MOST)
            ]
    return found


def _new(key: tuple[str, ...], seen: set[tuple[str, ...]]) -> bool:
    known = key in seen
    seen.add(key)
    return not known


def _variants(recorded: Sequence[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    """Calls with one argument changed; a few of each recorded call before more of any."""
    streams = [_of_one(arguments, recorded) for arguments in recorded]
    for turn in zip_longest(*streams):
        yield from (arguments for arguments in turn if arguments is not None)


def _of_one(
    arguments: Mapping[str, str], recorded: Sequence[Mapping[str, str]]
) -> Iterator[dict[str, str]]:
    streams = []
    for name, text in arguments.items():
        others = [call[name] for call in recorded if call.get(name, text) != text]
        changed = (repr(value) for value in _near(ast.literal_eval(text)))
        streams.append([(name, other) for other in chain(changed, dict.fromkeys(others))])
    for turn in zip_longest(*streams):
        for change in turn:
            if change is not None:
                yield {**arguments, change[0]: change[1]}


def _near(value: Any) -> Iterator[Any]:
    """Values of the same type, the most telling first."""
    kind = type(value)
    if kind is bool:
        yield not value
    elif kind in (int, float):
        yield from (value + 1, value - 1, kind(0), -value)
        if kind is float:
            yield value / 2
    elif kind in (str, bytes, list, tuple):
        yield value[:0]
        if value:
            yield from (value + value[-1:], value[:-1], value[::-1], value[:1])
        if kind is str:
            yield from (value + " ", value.swapcase())
        elif kind is not bytes and value:
            for other in islice(_near(value[0]), 4):
                yield kind([other, *value[1:]])
            for other in islice(_near(value[-1]), 2):
                yield kind([*value[:-1], other])
    elif kind is dict:
        yield {}
        if value:
            first = next(iter(value))
            yield {key: item for key, item in value.items() if key != first}
            for other in islice(_near(value[first]), 3):
                yield {**value, first: other}
    elif kind is set:
        yield set()


def functions(text: str) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a module and of its classes, by qualified name."""
    found = {}
    for node in ast.parse(text).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for item in inner:
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found[prefix + item.name] = item
    return found


def _written(parameters: ast.arguments, arguments: Mapping[str, str]) -> str:
    """The arguments as they would be written, without defaults at the end."""
    plain = [item.arg for item in (*parameters.posonlyargs, *parameters.args)]
    texts = [arguments[name] for name in plain if name in arguments]
    defaults = [ast.unparse(item) for item in parameters.defaults]
    more = parameters.vararg and arguments.get(parameters.vararg.arg, "()") != "()"
    while not more and defaults and len(texts) == len(plain) and texts[-1] == defaults[-1]:
        for stack in (texts, plain, defaults):
            stack.pop()
    if more and parameters.vararg:
        texts += map(repr, ast.literal_eval(arguments[parameters.vararg.arg]))
    for item, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
        given = arguments.get(item.arg)
        if given is not None and (default is None or given != ast.unparse(default)):
            texts.append(f"{item.arg}={given}")
    if parameters.kwarg and parameters.kwarg.arg in arguments:
        named = ast.literal_eval(arguments[parameters.kwarg.arg])
        texts += [f"{name}={value!r}" for name, value in named.items()]
    return ", ".join(texts)
