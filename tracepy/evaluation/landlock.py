"""Landlock: no reading and writing of files but where it is allowed, no signals to others.

Sources: landlock(7), the kernel's Documentation/userspace-api/landlock.rst.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

from tracepy.evaluation import linux
from tracepy.evaluation.calls import Calls, call

_VERSION = 1
_PATH_BENEATH = 1
_HELD = 500  # a descriptor that is free: those of a worker are below
# Rights, as the kernel numbers them. Executing stays free: what may be read may be run.
_WRITE_FILE, _READ_FILE, _TRUNCATE, _REFER = 1 << 1, 1 << 2, 1 << 14, 1 << 13
_MAKE_AND_REMOVE = sum(1 << bit for bit in range(4, 13))
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2
SCOPES = 6  # the version since which signals can be kept in


def version() -> int:
    """The version of Landlock that the kernel offers; 0 where it offers none."""
    try:
        return call("landlock_create_ruleset", None, 0, _VERSION)
    except OSError:
        return 0


def confine_writing(calls: Calls, folders: Iterable[str], files: Iterable[str] = ()) -> None:
    """Let a process and its children change what is beneath `folders`, and `files`, only.

    What need not be there is none of `folders`; a file that is missing needs no rule.
    """
    offered = version()
    handled = _WRITE_FILE | _MAKE_AND_REMOVE
    handled |= _REFER if offered >= 2 else 0
    handled |= _TRUNCATE if offered >= 3 else 0
    scopes = _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS if offered >= SCOPES else 0
    on_files = handled & (_WRITE_FILE | _TRUNCATE)
    rules = [(path, handled) for path in folders] + [(path, on_files) for path in files]
    _restrict(calls, handled, scopes, rules)


def confine_reading(calls: Calls, folders: Iterable[str], readable: Iterable[str]) -> None:
    """Let them read what is beneath `folders`, which need not be there yet, and `readable` only;
    names of files stay visible."""
    rules = [(path, _READ_FILE) for path in (*folders, *filter(os.path.exists, readable))]
    _restrict(calls, _READ_FILE, 0, rules)


def limit_reading(paths: Iterable[str]) -> None:
    """Let this process, and what it forks, read what is beneath these only. Raises OSError."""
    rules = [(path, _READ_FILE) for path in filter(os.path.exists, paths)]
    calls = Calls()
    _restrict(calls, _READ_FILE, 0, rules)
    calls.run()


def _restrict(calls: Calls, handled: int, scopes: int, rules: Iterable[tuple[str, int]]) -> None:
    """Restrict a process; a rule is a path, and what is allowed beneath it."""
    attributes = struct.pack("=QQQ", handled, 0, scopes) if scopes else struct.pack("=Q", handled)
    ruleset = calls.add("landlock_create_ruleset", attributes, len(attributes), 0)
    for path, allowed in rules:
        held = calls.add("openat", linux.AT_FDCWD, path, os.O_PATH | os.O_CLOEXEC, 0)
        calls.add("dup3", held, _HELD, os.O_CLOEXEC)  # for a rule names its descriptor in memory
        calls.add("close", held)
        rule = struct.pack("=Qi", allowed, _HELD)
        calls.add("landlock_add_rule", ruleset, _PATH_BENEATH, rule, 0)
        calls.add("close", _HELD)
    linux.no_new_privileges(calls)
    calls.add("landlock_restrict_self", ruleset, 0)
    calls.add("close", ruleset)
