"""A limit on how long one test or example may take, inside the process that runs it.

It is what names the test that never ends; the limit on the whole evaluation, which the server
keeps from outside, is the one that nothing gets round.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# Code that catches everything is told again after so many seconds, each time twice in a row: the
# second time finds it in its handler or at the turn of its loop, where nothing catches it.
_AGAIN = 0.1
_AT_ONCE = 2e-5
# What a candidate's test may take is so many times what the slowest of the program's own took that
# passed, and at least so many seconds: most candidates with a loop that does not end are found out
# long before the limit of the whole evaluation.
_SLOWER = 20.0
_LEAST = 0.5
# One that does not end is seldom alone: each halves what the next is waited for, down to this share.
_PATIENCE = 1 / 16
# The share of the time left that one test may take where nothing else is said. The rest is for
# those that follow, so that one test without an end does not take the verdict on all others.
_SHARE = 0.5
_MOST = 0.9


class TookTooLong(BaseException):
    """A test or an example was ended because of its limit."""


class Clock:
    """How long the single tests of one evaluation may take.

    Args:
        whole: Seconds that the whole evaluation may take; None where nothing is known of it.
        each: Seconds that a test may take; None gives it half of what is left of `whole`.
        slowest: Seconds of the slowest test that the program as it stands passed; 0 where that is
            not known. Without `each`, a test gets a multiple of it at most.
        most: Seconds that a test gets at most in any case, without `each`.
    """

    def __init__(
        self,
        whole: float | None,
        each: float | None,
        slowest: float = 0.0,
        most: float = math.inf,
    ) -> None:
        self._end = None if whole is None else time.monotonic() + whole
        self._each = each
        self._slowest = slowest
        self._patience = 1.0 if slowest else math.inf
        self._most = most

    def endless(self, slowest: float) -> None:
        """A test took too long.

        Args:
            slowest: Seconds of the slowest that has passed until now.
        """
        self._slowest = max(self._slowest, slowest)
        known = self._patience < math.inf
        self._patience = max(self._patience / 2, _PATIENCE) if known else 1.0

    def share(self) -> float | None:
        """Seconds that the next test may take, or None without a limit."""
        if self._end is None:
            return self._each
        left = max(self._end - time.monotonic(), 0.0)
        if self._each is None:
            most = self._patience * max(_SLOWER * self._slowest, _LEAST)
            return min(_SHARE * left, most, self._most)
        return min(self._each, _MOST * left)


@contextmanager
def limited(
    seconds: float | None, error: Callable[[str], BaseException] = TookTooLong
) -> Iterator[None]:
    """Raise in the main thread once `seconds` are over, and again until the block is left.

    Args:
        seconds: How long the block may take; None or a system without timers leaves it alone.
        error: What is raised, of a text that says how long it took.
    """
    if seconds is None or not hasattr(signal, "setitimer"):
        yield
        return
    armed = True
    rings = 0

    def ring(_signal: int, _frame: FrameType | None) -> None:
        nonlocal rings
        if not armed:
            return
        rings += 1
        pause = _AT_ONCE if rings > 1 and rings % 2 == 0 else _AGAIN
        signal.setitimer(signal.ITIMER_REAL, pause)
        raise error(f"it took longer than {seconds:.3g} s")

    started = time.monotonic()
    before = signal.signal(signal.SIGALRM, ring)
    outer, again = signal.setitimer(signal.ITIMER_REAL, max(seconds, _AT_ONCE))
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
        if outer:  # an alarm that was set when the block was entered is still to come
            left = max(outer - (time.monotonic() - started), _AT_ONCE)
            signal.setitimer(signal.ITIMER_REAL, left, again)
