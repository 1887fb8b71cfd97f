"""No more requests a minute than asked for: each gets a place in time, evenly apart."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tracepy.llm.clock import Clock


class Pace:
    """Lets requests through one by one.

    Args:
        per_minute: How many; None for as many as come.
    """

    def __init__(self, per_minute: int | None, clock: Clock) -> None:
        self._gap = 0.0 if per_minute is None else 60.0 / per_minute
        self._clock = clock
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self, tell: Callable[[str], None] = lambda _: None) -> None:
        """Return when it is this request's turn.

        Args:
            tell: Told in words what is waited for, where that takes a second or more.
        """
        if not self._gap:
            return
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn - now >= 1.0:
            tell(f"its turn comes in {turn - now:.0f} s (--requests-per-minute)")
        if turn > now:
            self._clock.sleep(turn - now)

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long: a provider said so."""
        if self._gap:
            with self._lock:
                self._next = max(self._next, self._clock.monotonic() + seconds)
