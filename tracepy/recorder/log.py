"""What instrumented code calls. It never calls user code and never keeps a user's object alive.

A log is one flat list per thread: a site's id, then as many entries as the site's width says.
Atoms stand in it as they are; everything else as `(id, type name, length, rendering)`.
The `GATE` constant of rewritten code is this module.
"""

from __future__ import annotations

import sys
import threading
from itertools import count
from typing import Any

TEXT_LIMIT = 200
ITEMS_LIMIT = 8
_MOST = 1 << 200  # whole numbers up to here are kept as they are
_LEAST = -_MOST
_OFF: list[Any] = []  # never appended to: rewritten code only asks whether it is empty
_serials = count(1)
_ident = threading.get_ident
_type_name = type.__dict__["__name__"].__get__
RecursionError = RecursionError  # rewritten code asks this module for it, whatever its builtins
_arguments = BaseException.__dict__["args"].__get__


class Logs:
    """The logs of one recording.

    Attributes:
        by_thread: The open log of each thread that is recorded.
        closed: Logs that are complete, in the order they were begun.
        full: Whether the budget was spent.
        over: Whether the recording has ended.
    """

    def __init__(self, events: int) -> None:
        self.limit = 4 * events
        self.outside = {thread.ident for thread in threading.enumerate()} - {_ident()}
        self.by_thread: dict[int, list[Any]] = {}
        self.closed: list[list[Any]] = []
        self.full = self.over = False

    def log(self) -> list[Any]:
        """This thread's log; empty where nothing is to be recorded."""
        ident = _ident()
        log = self.by_thread.get(ident)
        if log is None:
            if self.full or self.over or ident in self.outside:
                return _OFF
            log = self.by_thread[ident] = [-1]
        if len(log) > self.limit:
            self.close(full=True)
        return log

    def close(self, full: bool = False) -> None:
        """Take the entries away: frames that still run find their logs empty and fall silent."""
        self.full, self.over = self.full or full, True
        for log in self.by_thread.values():
            if log:
                self.closed.append(log[:])
                log.clear()


active: Logs | None = None


def of(value: Any) -> Any:
    """The entry for a value."""
    kind = type(value)
    if kind is int:
        return value if _LEAST < value < _MOST else (0, "int", None, None)
    if kind is float or kind is bool or value is None or kind is complex:
        return value
    if kind is str or kind is bytes:
        if len(value) <= TEXT_LIMIT:
            return value
        return (0, kind.__name__, len(value), repr(value[:TEXT_LIMIT]))
    if kind is list or kind is tuple or kind is set or kind is dict or kind is frozenset:
        size = len(value)
        shown = _rendering(value) if size <= ITEMS_LIMIT else None
        return (id(value), kind.__name__, size, shown)
    return (id(value), _type_name(kind), None, None)


def _atom(value: Any) -> bool:
    kind = type(value)
    if kind is int:
        return bool(-0xFFFF_FFFF_FFFF_FFFF <= value <= 0xFFFF_FFFF_FFFF_FFFF)
    if kind is str or kind is bytes:
        return len(value) <= 40
    return kind is float or kind is bool or value is None


def _rendering(value: Any) -> str | None:
    """`repr` of a small container of atoms."""
    parts = (*value.keys(), *value.values()) if type(value) is dict else tuple(value)
    for part in parts:
        if not _atom(part):
            return None
    return repr(value)


def enter(site: int, *values: Any) -> list[Any]:
    """A function begins: its log."""
    logs = active
    if logs is None:
        return _OFF
    log = logs.by_thread.get(_ident())
    if not log or len(log) > logs.limit:
        log = logs.log()
        if not log:
            return log
    # Built whole before it is written: a report that fails half-way leaves no half entry.
    log.extend((site, *map(of, values)))
    return log


def genter(site: int, *values: Any) -> int:
    """A generator or coroutine begins: the number of its frame."""
    serial = next(_serials)
    gevent(serial, site, *values)
    return serial


def event(site: int, *values: Any) -> None:
    """Something happened in a frame that keeps no log at hand."""
    if active is not None:
        log = active.log()
        if log:
            log.extend((site, *map(of, values)))


def gevent(serial: int, site: int, *values: Any) -> None:
    """Something happened in the frame of a generator or coroutine."""
    if active is not None:
        log = active.log()
        if log:
            log.extend((site, serial, *map(of, values)))


def via(site: int, value: Any) -> Any:
    """Show a value on its way."""
    if active is not None:
        log = active.log()
        if log:
            log.extend((site, of(value)))
    return value


def gvalue(serial: int, site: int, value: Any) -> Any:
    """Show a value on its way in a generator or coroutine."""
    gevent(serial, site, value)
    return value


def resume(serial: int, site: int, value: Any) -> Any:
    """A generator or coroutine goes on with what it was sent."""
    gevent(serial, site)
    return value


def tick(log: list[Any]) -> None:
    """A turn of a loop: the place where a spent budget is noticed within one call."""
    if active is not None and len(log) > active.limit:
        active.close(full=True)


def caught(serial: int | None, site: int, *values: Any) -> None:
    """An exception handler begins."""
    _exception(serial, site, [of(value) for value in values], message=False)


def failed(serial: int | None, site: int) -> None:
    """An exception leaves the frame."""
    _exception(serial, site, [], message=True)


def _exception(serial: int | None, site: int, values: list[Any], message: bool) -> None:
    if active is None:
        return
    log = active.log()
    if not log:
        return
    error = sys.exception()
    # Where the frame that calls us was left; `except*` may show a group without a traceback.
    traceback = sys.exc_info()[2]
    line = traceback.tb_lineno if traceback is not None else 0
    entries: list[Any] = [site] if serial is None else [site, serial]
    entries.append(line)
    if message:
        entries.append((id(error), _describe(error), None, None))
    log.extend(entries + values)


def _describe(error: BaseException | None) -> str:
    if error is None:
        return ""
    text = str(_type_name(type(error)))
    arguments = _arguments(error)
    if arguments and type(arguments[0]) in (str, int, float):
        text += f": {str(arguments[0])[:TEXT_LIMIT]}"
    return text
