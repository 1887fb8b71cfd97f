"""Tests that are collected once, in the server: its workers run them for one candidate each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tracepy.objective.context import Context
from tracepy.objective.limits import Clock
from tracepy.objective.pytest_plugin import Plugin


class Holding(Plugin):
    """Stops a session of pytest between collecting and running.

    Args:
        context: Where it collects.
        hold: Called there; the session ends when it returns.
    """

    def __init__(self, context: Context, hold: Callable[[Holding], None]) -> None:
        super().__init__(context, Clock(None, None))
        self._hold = hold
        self._items: list[Any] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        self._items = session.items
        self._hold(self)
        return True

    def run(self, context: Context, clock: Clock) -> None:
        """In a forked process: the tests, until the outcome is decided."""
        self.begin(context, clock, len(self._items))
        self.pytest_collection_modifyitems(self._items)
        self.pytest_collection_finish()
        for item, following in zip(self._items, [*self._items[1:], None], strict=True):
            if not self.complete:
                break
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
