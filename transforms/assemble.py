"""Turns what instrumented syntax compiles to into the few instructions that it stands for.

Two substitutions, each of instructions of the same length, so that jumps, exception tables and
line numbers stay as the compiler made them:

- a slice whose lower end is the log, `@log:site:entry`, becomes LIST_APPEND, a fraction of
  the cost of a call of `list.append`, whose name would show in `co_names`;
- the load of `@open`, and of `@log` at module level, becomes LOAD_CONST of a placeholder, which
  the loader replaces by the recorder's object (`bind`). A constant in the syntax would not do:
  the compiler decides `if "text":` by itself.
"""

from __future__ import annotations

import opcode
from collections.abc import Callable, Mapping
from types import CodeType
from typing import TypeGuard

from tracepy.transforms.instrument_syntax import BASE, GATE, LOG, OBJECTS, OPEN, placeholder

_OP = opcode.opmap
_EXTENDED, _CONST = _OP["EXTENDED_ARG"], _OP["LOAD_CONST"]
_SLICE, _APPEND = _OP["BUILD_SLICE"], _OP["LIST_APPEND"]
_LOAD_FAST = frozenset({_OP["LOAD_FAST"], _OP.get("LOAD_FAST_CHECK", _OP["LOAD_FAST"])})
_LOAD_NAME = _OP["LOAD_NAME"]
# What may load an entry, and the inline caches that follow some of these.
_LOADS = _LOAD_FAST | {_OP["LOAD_DEREF"], _OP["LOAD_GLOBAL"], _OP["CACHE"]}
Opener = Callable[[int], object]
_BY_NAME = (OPEN, LOG)
_OF_PLACEHOLDER = {placeholder(text): text for text in OBJECTS}


class Unfit(ValueError):
    """The code is not what was expected; nothing was substituted."""


def assemble(code: CodeType) -> CodeType:
    """The code, and all code within it, with both substitutions made.

    Raises:
        Unfit: the code is not what instrumented syntax compiles to.
    """
    inner = tuple(assemble(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    nested = any(new is not old for new, old in zip(inner, code.co_consts, strict=True))
    if not any(text in _BY_NAME for text in (*code.co_varnames, *code.co_names)):
        return code.replace(co_consts=inner) if nested else code
    return code.replace(co_code=_substituted(code, inner), co_consts=inner)


def _substituted(code: CodeType, constants: tuple[object, ...]) -> bytes:
    data = bytearray(code.co_code)
    fast = code.co_varnames.index(OPEN) if OPEN in code.co_varnames else -1
    named = code.co_names.index(LOG) if LOG in code.co_names else -1
    try:
        where = {text: constants.index(placeholder(text))
                 for text, index in ((OPEN, fast), (LOG, named)) if index >= 0}  # fmt: skip
    except ValueError:
        raise Unfit(f"no constant to load in {code.co_qualname}") from None
    argument = 0
    chain = False  # whether the top of the stack is the log, in the middle of an event
    site = False  # whether the last instruction loaded a site
    for at in range(0, len(data), 2):
        op = data[at]
        argument |= data[at + 1]
        if op == _EXTENDED:
            argument <<= 8
            continue
        text = None
        if op in _LOAD_FAST and argument == fast:
            text = OPEN
        elif op == _LOAD_NAME and argument == named:
            text = LOG
        if text is not None:
            if where[text] > 255:
                raise Unfit(f"no room for {text} in {code.co_qualname}")
            data[at], data[at + 1] = _CONST, where[text]
            if argument > 255:
                data[at - 1] = 0  # of the EXTENDED_ARG before it
        elif op == _SLICE and argument == 2 and (site or chain):
            data[at], data[at + 1] = _APPEND, 1
            chain = True
            argument, site = 0, False
            continue
        site = op == _CONST and _is_site(constants[argument])
        chain = chain and op in _LOADS
        argument = 0
    return bytes(data)


def _first_site(code: CodeType) -> int:
    return next(c for c in code.co_consts if _is_site(c))


def _is_site(constant: object) -> TypeGuard[int]:
    return type(constant) is int and constant >= BASE


def bind(code: CodeType, values: Mapping[str, object], gate: object, opener: Opener) -> CodeType:
    """The code with the recorder's objects in place of the placeholders.

    Args:
        values: The recorder's objects, `@log` being that of the thread that imports.
        gate: What stands for `GATE`.
        opener: Called with the number of each function's first site; what it gives is `@open`.
    """
    constants: list[object] = []
    changed = False
    for constant in code.co_consts:
        new: object = constant
        if type(constant) is CodeType:
            new = bind(constant, values, gate, opener)
        elif type(constant) is str and constant[:1] == "\0":
            if constant == GATE:
                new = gate
            elif constant in _OF_PLACEHOLDER:
                text = _OF_PLACEHOLDER[constant]
                new = opener(_first_site(code)) if text == "@open" else values[text]
        changed = changed or new is not constant
        constants.append(new)
    return code.replace(co_consts=tuple(constants)) if changed else code
