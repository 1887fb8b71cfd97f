"""Prepares compiled code for the recorder's objects.

The compiler decides `if constant:` by itself, so a function asks a local variable, `@open`,
whether its calls are recorded. Here the load of it becomes LOAD_CONST of the placeholder that
stands beside it, an instruction of the same length, so that jumps, exception tables and line
numbers stay as the compiler made them. The loader then replaces all placeholders
(`tracepy/recorder/native/bind.c`).
"""

from __future__ import annotations

import opcode
from types import CodeType

from tracepy.transforms.instrument_syntax import OPEN, placeholder

_OP = opcode.opmap
_EXTENDED, _CONST = _OP["EXTENDED_ARG"], _OP["LOAD_CONST"]
_LOAD_FAST = frozenset({_OP["LOAD_FAST"], _OP.get("LOAD_FAST_CHECK", _OP["LOAD_FAST"])})
_GATE = placeholder(OPEN)[:2]


class Unfit(ValueError):
    """The code is not what was expected; nothing was substituted."""


def assemble(code: CodeType) -> CodeType:
    """The code, and all code within it, with the substitution made.

    Raises:
        Unfit: the code is not what instrumented syntax compiles to.
    """
    inner = tuple(assemble(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    nested = any(new is not old for new, old in zip(inner, code.co_consts, strict=True))
    if OPEN not in code.co_varnames:
        return code.replace(co_consts=inner) if nested else code
    return code.replace(co_code=_substituted(code), co_consts=inner)


def _substituted(code: CodeType) -> bytes:
    data = bytearray(code.co_code)
    opened = code.co_varnames.index(OPEN)
    argument = 0
    for at in range(0, len(data), 2):
        argument |= data[at + 1]
        if data[at] == _EXTENDED:
            argument <<= 8
            continue
        if data[at] in _LOAD_FAST and argument == opened:
            number = _place(code)
            data[at], data[at + 1] = _CONST, number
            if argument > 255:
                data[at - 1] = 0  # of the EXTENDED_ARG before it
            return bytes(data)
        argument = 0
    raise Unfit(f"{code.co_name} does not ask whether it is recorded")


def _place(code: CodeType) -> int:
    for place, constant in enumerate(code.co_consts[:256]):
        if type(constant) is tuple and constant[:2] == _GATE:
            return place
    raise Unfit(f"there is no constant to load in {code.co_name}")
