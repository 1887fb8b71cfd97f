"""Landlock: no reading and writing of files but where it is allowed, no signals to others.

Sources: landlock(7), the kernel's Documentation/userspace-api/landlock.rst.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from tracepy.evaluation import linux

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
# Rights, as the kernel numbers them. Executing stays free: what may be read may be run.
_WRITE_FILE, _READ_FILE, _TRUNCATE, _REFER = 1 << 1, 1 << 2, 1 << 14, 1 << 13
_MAKE_AND_REMOVE = sum(1 << bit for bit in range(4, 13))
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2
SCOPES = 6  # the version since which signals can be kept in


def version() -> int:
    """The version of Landlock that the kernel offers; 0 where it offers none."""
    try:
        return linux.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION))
    except OSError:
        return 0


def confine_writing(writable: Iterable[str]) -> None:
    """Let this process and its children change files beneath `writable` only. Raises OSError."""
    offered = version()
    handled = _WRITE_FILE | _MAKE_AND_REMOVE
    handled |= _REFER if offered >= 2 else 0
    handled |= _TRUNCATE if offered >= 3 else 0
    scopes = _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if offered >= SCOPES else 0
    on_files = handled & (_WRITE_FILE | _TRUNCATE)
    _restrict(handled, scopes, ((path, handled, on_files) for path in writable))


def confine_reading(readable: Iterable[str]) -> None:
    """Let them read files beneath `readable` only; names of files stay visible. Raises OSError."""
    _restrict(_READ_FILE, 0, ((path, _READ_FILE, _READ_FILE) for path in readable))


def _restrict(handled: int, scopes: int, rules: Iterable[tuple[str, int, int]]) -> None:
    """Restrict this process; a rule is a path, what is allowed beneath it, and on it as a file."""
    attributes = struct.pack("=QQQ", handled, 0, scopes) if scopes else struct.pack("=Q", handled)
    ruleset = linux.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    try:
        for path, beneath, on_file in rules:
            try:
                held = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:  # what is not there needs no rule
                continue
            try:
                allowed = beneath if os.path.isdir(path) else on_file  # noqa: PTH112
                rule = struct.pack("=Qi", allowed, held)
                linux.syscall(_ADD, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, 0)
            finally:
                os.close(held)
        linux.no_new_privileges()
        linux.syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint(0))
    finally:
        os.close(ruleset)
