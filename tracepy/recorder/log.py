"""What instrumented code calls. It never calls user code and never keeps a user's object alive.

Each thread has one log for as long as it lives, a flat list: a site's number, then the entries
that the site's facts announce. The list is empty while nothing is recorded, and rewritten code
asks only that; while something is, it begins with a header. Atoms stand in it as they are,
everything else as `(id, type)` or `(id, type, length, rendering)`; of a method's receiver there
are two entries, identity and type. `budget` decides when a log is put away and when it is shut.
"""

from __future__ import annotations

import sys
import threading
from builtins import (  # noqa: UP029  (a program may replace any of these)
    RecursionError,
    bool,
    bytes,
    complex,
    dict,
    float,
    frozenset,
    id,
    int,
    len,
    list,
    map,
    repr,
    set,
    str,
    tuple,
    type,
)
from itertools import count, cycle
from operator import attrgetter
from typing import Any

from tracepy.recorder import budget
from tracepy.recorder.unseen import unseen

TEXT_LIMIT = 200
ITEMS_LIMIT = 8
TICKS = 256
_MOST = 1 << 200  # whole numbers up to here are kept as they are
_LEAST = -_MOST
_UNKNOWN = (0, object)
_last_text: list[Any] = [None, None]  # a text and its entry
_type_name = type.__dict__["__name__"].__get__
_arguments = BaseException.__dict__["args"].__get__


class Source:
    """Where rewritten code finds the log of the thread that runs it, as its attribute `True`.

    While only one thread runs, the attribute is that thread's log, which is fifteen times faster
    than to ask which thread it is.
    """

    __slots__ = ("True", "local")

    def __reduce__(self) -> str:
        return "source"


class SourceOfThreads(Source):
    """The same where several threads run."""

    __slots__ = ()


class _Local(threading.local):
    def __init__(self) -> None:
        self.log = budget.new_log(threading.get_ident())


# `inspect.getclosurevars` takes `True` for a keyword, and so does not list it.
setattr(SourceOfThreads, "True", property(attrgetter("local.log")))
source: Any = SourceOfThreads()
source.local = _Local()


@unseen
def alone() -> None:
    """The thread that calls is the only one."""
    source.__class__ = Source
    setattr(source, "True", source.local.log)


@unseen
def in_company() -> None:
    """Another thread is about to run."""
    source.__class__ = SourceOfThreads


@unseen
def held(value: Any) -> Any:
    """The entry for a value; where the recursion limit leaves no room to look, an unknown one."""
    kind = type(value)
    try:
        if kind is int:
            return value if _LEAST < value < _MOST else (0, int)
        if kind is float or kind is bool or value is None or kind is complex:
            return value
        if kind is str or kind is bytes:
            return value if len(value) <= TEXT_LIMIT else _long_text(value, kind)
        if kind is list or kind is tuple or kind is set or kind is dict or kind is frozenset:
            size = len(value)
            logs = budget.active
            if size <= ITEMS_LIMIT and logs is not None and logs.renderings > 0:
                logs.renderings -= 1
                return (id(value), kind, size, _rendering(value, kind))
        return (id(value), kind)
    except RecursionError:
        return _UNKNOWN


@unseen
def note(log: list[Any], site: int, value: Any, serial: int | None = None) -> None:
    """Write an event with one value.

    An object is written as two entries: a tuple for each would be more work for the collector of
    garbage than all the rest.
    """
    entry = held(value)
    head = (site,) if serial is None else (site, serial)
    if type(entry) is tuple and len(entry) == 2 and entry[0]:
        log.extend((*head, entry[1], entry[0]))
    else:
        log.extend((*head, entry))


@unseen
def _long_text(value: Any, kind: type) -> Any:
    """The entry of a text too long to keep; a text that is used again and again is shown once."""
    text, entry = _last_text
    if text is not value:
        entry = (0, kind, len(value), repr(value[:TEXT_LIMIT]))
        _last_text[:] = value, entry
    return entry


@unseen
def _atom(value: Any) -> bool:
    kind = type(value)
    if kind is int:
        return bool(-0xFFFF_FFFF_FFFF_FFFF <= value <= 0xFFFF_FFFF_FFFF_FFFF)
    if kind is str or kind is bytes:
        return len(value) <= 40
    return kind is float or kind is bool or value is None


@unseen
def _rendering(value: Any, kind: type) -> str | None:
    """`repr` of a small container of atoms."""
    parts = (*value.keys(), *value.values()) if kind is dict else tuple(value)
    for part in parts:
        if not _atom(part):
            return None
    return repr(value)


@unseen
def event(site: int, *values: Any) -> None:
    """Something happened in a frame that keeps no log at hand."""
    if budget.active is not None:
        log = source.local.log
        if log:
            log.extend((site, *map(held, values)))
            if len(log) > budget.active.piece:
                budget.refill(log, site)


@unseen
def via(site: int, value: Any) -> Any:
    """Show a value on its way."""
    if budget.active is not None:
        log = source.local.log
        if log:
            note(log, site, value)
            # A comprehension has no other place where a spent budget could be noticed.
            if len(log) > budget.active.piece:
                budget.refill(log, site)
    return value


@unseen
def turned(site: int) -> None:
    """A turn of a loop at module level."""
    for again in tick:
        if not again:
            budget.refill(source.local.log, site)
        break


@unseen
def caught(serial: int | None, site: int, *values: Any) -> None:
    """An exception handler begins."""
    _exception(serial, site, list(map(held, values)), message=False)


@unseen
def failed(serial: int | None, site: int) -> None:
    """An exception leaves the frame."""
    _exception(serial, site, [], message=True)


@unseen
def _exception(serial: int | None, site: int, values: list[Any], message: bool) -> None:
    if budget.active is None:
        return
    log = source.local.log
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


@unseen
def _describe(error: BaseException | None) -> str:
    if error is None:
        return ""
    text = str(_type_name(type(error)))
    arguments = _arguments(error)
    if arguments and type(arguments[0]) in (str, int, float):
        text += f": {str(arguments[0])[:TEXT_LIMIT]}"
    return text


class Calls:
    """What stands in rewritten code that has no room for names of ours.

    `True` is `via`, under a name that `inspect.getclosurevars` does not list.
    """

    event, caught, failed = staticmethod(event), staticmethod(caught), staticmethod(failed)


setattr(Calls, "True", staticmethod(via))

tick = cycle((True,) * (TICKS - 1) + (False,))
VALUES: dict[str, Any] = {
    "@calls": Calls, "@thread": source, "@tick": tick, "@refill": budget.refill, "@held": held, "@note": note,
    "@failed": failed, "@caught": caught, "@serial": count(1).__next__, "@identity": id,
    "@type": type, "@int": int, "@float": float, "@bool": bool,
    "@str": str, "@list": list, "@tuple": tuple, "@dict": dict, "@bytes": bytes,
    "@RecursionError": RecursionError, "@event": event, "@via": via, "@turned": turned,
}  # fmt: skip
"""The recorder's objects by the names that rewritten code gives them."""
