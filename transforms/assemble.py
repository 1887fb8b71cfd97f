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

from tracepy.transforms.instrument_syntax import BASE, LOG, OBJECTS, OPEN, placeholder

_OP = opcode.opmap
_EXTENDED, _CONST = _OP["EXTENDED_ARG"], _OP["LOAD_CONST"]
_SLICE, _APPEND = _OP["BUILD_SLICE"], _OP["LIST_APPEND"]
_LOAD_FAST = frozenset({_OP["LOAD_FAST"], _OP.get("LOAD_FAST_CHECK", _OP["LOAD_FAST"])})
_LOAD_NAME = _OP["LOAD_NAME"]
# The compiler of 3.13 makes one instruction of two that follow each other: the second is a load.
_PAIRS = frozenset(
    _OP[name] for name in ("LOAD_FAST_LOAD_FAST", "STORE_FAST_LOAD_FAST") if name in _OP
)
# What may load an entry, and the inline caches that follow some of these.
_LOADS = _LOAD_FAST | {_OP["LOAD_DEREF"], _OP["LOAD_GLOBAL"], _OP["CACHE"]}
Opener = Callable[[int], object]
_BY_NAME = (OPEN, LOG)
_OF_PLACEHOLDER: dict[object, str] = {placeholder(text): text for text in OBJECTS}


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
    opened = _index(code.co_varnames, OPEN)
    local_log, module_log = _index(code.co_varnames, LOG), _index(code.co_names, LOG)
    argument = 0
    # What the instructions before left on top of the stack: the log, the log and a site, or the
    # log in the middle of an event. Only instrumented syntax can load the log.
    log = site = event = False
    for at in range(0, len(data), 2):
        op = data[at]
        argument |= data[at + 1]
        if op == _EXTENDED:
            argument <<= 8
            continue
        if op == _SLICE and argument == 2 and (site or event):
            data[at], data[at + 1] = _APPEND, 1
            log, site, event = False, False, True
        else:
            site = log and op == _CONST and _is_site(constants[argument])
            event = event and op in _LOADS
            log = op in _LOAD_FAST and argument == local_log
            log = log or (op in _PAIRS and argument & 15 == local_log)
            if op in _LOAD_FAST and argument == opened:
                _load_constant(data, at, argument, constants, OPEN)
            elif op == _LOAD_NAME and argument == module_log:
                _load_constant(data, at, argument, constants, LOG)
                log = True
        argument = 0
    return bytes(data)


def _index(names: tuple[str, ...], text: str) -> int:
    return names.index(text) if text in names else -1


def _load_constant(
    data: bytearray, at: int, argument: int, constants: tuple[object, ...], text: str
) -> None:
    """Make a load by name, whose number is `argument`, one of the placeholder's constant."""
    mark = placeholder(text)
    number = constants.index(mark) if mark in constants else 256
    if number > 255:
        raise Unfit(f"there is no constant to load for {text}")
    data[at], data[at + 1] = _CONST, number
    if argument > 255:
        data[at - 1] = 0  # of the EXTENDED_ARG before it


def _first_site(code: CodeType) -> int:
    return next(c for c in code.co_consts if _is_site(c))


def _is_site(constant: object) -> TypeGuard[int]:
    return type(constant) is int and constant >= BASE


def bind(code: CodeType, values: Mapping[str, object], opener: Opener) -> CodeType:
    """The code with the recorder's objects in place of the placeholders.

    Args:
        values: The recorder's objects, `@log` being that of the thread that imports.
        opener: Called with the number of each function's first site; what it gives is `@open`.
    """
    constants: list[object] = []
    changed = False
    for constant in code.co_consts:
        new: object = constant
        if type(constant) is CodeType:
            new = bind(constant, values, opener)
        elif type(constant) is tuple:
            text = _OF_PLACEHOLDER.get(constant)
            if text is not None:
                new = opener(_first_site(code)) if text == OPEN else values[text]
        changed = changed or new is not constant
        constants.append(new)
    return code.replace(co_consts=tuple(constants)) if changed else code
