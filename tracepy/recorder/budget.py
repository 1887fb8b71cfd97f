"""How much is recorded: of a run, of one function, of one loop; and what happens beyond it.

A log is put away in pieces. Each piece is sampled for the functions and loops that fill it: one
that has taken more than its share is shut, so that the rest of the run is still seen. A spent
budget empties all logs: rewritten code that finds its log empty is silent, and calls that begin
afterwards run the function as it was written.
"""

from __future__ import annotations

import threading
from builtins import (  # noqa: UP029  (a program may replace any of these)
    RecursionError,
    any,
    id,
    int,
    len,
    type,
)
from typing import Any

from tracepy.recorder.registry import registry
from tracepy.recorder.unseen import unseen

PIECE = 1 << 16  # entries after which a log is looked at
_SAMPLE = 61
# Shares of the whole budget; what is left over is for what is called less.
_OF_FUNCTION = 4
_OF_LOOP = 16
_HEADER = -1
_OFF: list[Any] = []  # never appended to: a frame that holds it is silent
_RENDERINGS = 20_000


class Log(list[Any]):
    """What a thread writes. Stands among the constants of code, which must be hashable."""

    __slots__ = ()
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type[Log], tuple[()]]:
        return Log, ()


class Gate(list[bool]):
    """Not empty while the calls of a function are recorded; a constant of its code."""

    __slots__ = ("number",)
    __hash__ = object.__hash__  # type: ignore[assignment]
    number: int

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return gate_of, (self.number,)


class Logs:
    """The logs of one recording.

    Attributes:
        limit: Entries that it may take.
        taken: Entries put away so far.
        full: Whether the budget was spent.
        shut: Functions and loops that had taken their share, as `(path, function, line)`.
        piece: Entries after which a log is put away.
        renderings: How many containers may still be shown with what is in them.
    """

    def __init__(self, events: int) -> None:
        self.limit = 4 * events
        self.piece = min(PIECE, self.limit)
        self.taken = 0
        self.full = self.over = False
        self.shut: set[tuple[str, str, int]] = set()
        self.renderings = _RENDERINGS
        self.outside = {thread.ident for thread in threading.enumerate()}
        self.outside.discard(threading.get_ident())
        self.outside.discard(None)
        self._pieces: dict[int, list[list[Any]]] = {}
        self._loops: set[int] = set()
        self._closed: set[int] = set()
        self._counts: dict[int, int] = {}

    def logs(self) -> list[list[Any]]:
        """What each thread wrote, in the order they began: a header, then events."""
        found: dict[int, list[Any]] = {}
        for key, pieces in self._pieces.items():
            found[key] = [_HEADER]
            for piece in pieces:
                found[key] += piece[1:]
        if active is self:
            for log in _logs.values():
                if log:
                    found.setdefault(id(log), [_HEADER]).extend(log[1:])
        return list(found.values())

    def begin(self) -> None:
        """Open the logs of the threads that this recording is about, and all functions."""
        for ident, log in _logs.items():
            if ident not in self.outside and not log:
                log.append(_HEADER)
        for number, gate in gates.items():
            if not gate and number not in self._closed:
                gate.append(True)

    @unseen
    def pause(self) -> None:
        """Put all logs away: frames that still run find them empty and fall silent."""
        for log in _logs.values():
            if log:
                self._keep(log)
                log.clear()
        for gate in gates.values():
            gate.clear()

    @unseen
    def _keep(self, log: list[Any]) -> None:
        pieces = self._pieces.setdefault(id(log), [])
        size = self.taken + len(log)
        pieces.append(log[:])  # the last call that may fail at the recursion limit
        self.taken = size

    @unseen
    def refill(self, log: list[Any], site: int) -> list[Any]:
        """Called now and then from a call's or a loop turn's site: the log to go on with."""
        if site in self._loops:
            return _OFF
        left = self.limit - self.taken
        if len(log) < PIECE and len(log) <= left:
            _forget_giants(log)
            return log
        self._keep(log)
        log[1:] = ()
        if self.taken > self.limit:
            self.full = True
            self.pause()
            return log
        piece = self._pieces[id(log)][-1]
        self._share_out(piece[::_SAMPLE], len(piece))
        return _OFF if site in self._loops else log

    @unseen
    def _share_out(self, sample: list[Any], size: int) -> None:
        """Count a piece of so many entries towards its functions and loops, by a sample of it."""
        found = [entry for entry in sample if type(entry) is int and entry in registry.sites]
        for number in found:
            weight = size // len(found)
            if registry.sites[number].event == "turn" and self._spent(number, weight, _OF_LOOP):
                self._loops.add(number)
            enter = registry.enter_of(number)
            if enter in gates and self._spent(enter, weight, _OF_FUNCTION):
                self._closed.add(enter)
                gates[enter].clear()

    @unseen
    def _spent(self, number: int, weight: int, part: int) -> bool:
        self._counts[number] = self._counts.get(number, 0) + weight
        spent = self._counts[number] > self.limit // part
        if spent:
            self._note(number)
        return spent

    @unseen
    def _note(self, number: int) -> None:
        site, module = registry.sites[number], registry.modules[number]
        self.shut.add((module.path, site.function, site.line))


_logs: dict[int, list[Any]] = {}
gates: dict[int, Gate] = {}
"""Of each function, by the number of its first site."""
active: Logs | None = None


@unseen
def new_log(ident: int) -> list[Any]:
    """The log of a thread that has just come up; it is recorded if it began meanwhile."""
    recorded = active is not None and not active.full and ident not in active.outside
    log = Log([_HEADER] if recorded else [])
    before = _logs.get(ident)
    if before and active is not None:
        # A thread that has ended leaves its number to the next.
        active._keep(before)
        before.clear()
    _logs[ident] = log
    return log


@unseen
def gate_of(number: int) -> Gate:
    """Whether a function's calls are recorded, by its first site."""
    gate = gates.get(number)
    if gate is None:
        gate = gates[number] = Gate([True] if active is not None and not active.full else [])
        gate.number = number
    return gate


@unseen
def refill(log: list[Any], site: int) -> list[Any]:
    """A call or a loop's turn, one in so many: the log to go on with.

    Near the recursion limit there may be no room to look at the budget: then the next one does.
    """
    if active is None or not log:
        return log
    try:
        return active.refill(log, site)
    except RecursionError:
        return log


def start(logs: Logs) -> Logs | None:
    """Begin a recording; gives the one that it interrupts."""
    global active
    outer = active
    if outer is not None:
        outer.pause()
    active = logs
    logs.begin()
    return outer


def stop(logs: Logs, outer: Logs | None) -> None:
    """End a recording, and go on with the one that it interrupted."""
    global active
    logs.pause()
    logs.over = True
    active = outer
    if outer is not None and not outer.full:
        outer.begin()


@unseen
def _forget_giants(log: list[Any]) -> None:
    """Whole numbers that have grown too long are not kept: a sum that doubles would fill memory."""
    if any(type(entry) is int and entry.bit_length() > 2048 for entry in log[-16:]):
        log[1:] = [
            (0, int) if type(entry) is int and entry.bit_length() > 2048 else entry
            for entry in log[1:]
        ]
