"""Tells the recorder when a second thread begins to run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from tracepy.recorder.log import alone, in_company

# The functions through which `threading` starts threads, by version.
_STARTERS = ("_start_new_thread", "_start_joinable_thread")
_replaced: dict[str, Callable[..., Any]] = {}


def watch() -> None:
    """From now on a thread's start is noticed."""
    if threading.active_count() > 1:
        in_company()
        return
    alone()
    for name in _STARTERS:
        start = getattr(threading, name, None)
        if start is not None and name not in _replaced:
            _replaced[name] = start
            setattr(threading, name, _noticing(start))


def unwatch() -> None:
    """Leave `threading` as it was."""
    for name, start in _replaced.items():
        setattr(threading, name, start)
    _replaced.clear()
    in_company()


def _noticing(start: Callable[..., Any]) -> Callable[..., Any]:
    def start_thread(*arguments: Any, **named: Any) -> Any:
        in_company()
        return start(*arguments, **named)

    return start_thread
