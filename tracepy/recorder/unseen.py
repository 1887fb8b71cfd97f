"""Functions whose frames cannot be seen.

The interpreter counts a frame as begun when it reaches its RESUME instruction. A frame without
one is left out of tracebacks, `sys._getframe`, `warnings`' stack levels, and is traced by nobody;
the code in it runs as ever.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from types import CodeType
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def unseen_code(code: CodeType) -> CodeType:
    """The same code without the instruction at which a frame counts as begun, and without lines."""
    raw = bytearray(code.co_code)
    for place in range(0, len(raw), 2):
        if raw[place] == dis.opmap["RESUME"]:
            raw[place : place + 2] = bytes((dis.opmap["NOP"], 0))
    return code.replace(co_code=bytes(raw), co_linetable=b"")


def unseen(function: _F) -> _F:
    """A decorator: the function's frames are not seen."""
    function.__code__ = unseen_code(function.__code__)
    return function
