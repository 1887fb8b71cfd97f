"""The plugin that pytest gets in a worker: order, time limits, one case per test."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tracepy.evaluation.records import Case
from tracepy.objective.context import Context
from tracepy.objective.errors import describe
from tracepy.objective.limits import Clock, limited
from tracepy.objective.pytest_warm import take_absent_options
from tracepy.objective.scores import bounded

_LONGREPR_LIMIT = 4_000


class Plugin:
    """Collects one case per test, in the order that tells most soonest.

    Attributes:
        cases: The tests that came to a verdict, by node id.
        broken: What could not be collected, by node id (empty for a conftest): why.
        complete: False where the rest was passed over because the outcome was decided.
        slowest: Seconds of the slowest test that passed.
    """

    def __init__(self, context: Context, clock: Clock) -> None:
        self.context = context
        self.cases: dict[str, Case] = {}
        self.broken: dict[str, str] = {}
        self.total = len(context.expected)
        self.complete = True
        self.slowest = 0.0
        self._clock = clock

    def begin(self, context: Context, clock: Clock, total: int) -> None:
        """Take up another candidate, before any test has run."""
        self.context, self._clock = context, clock
        self.total = len(context.expected) or total

    def missing(self, name: str) -> str:
        """Why a test that the baseline has did not run."""
        for place, why in self.broken.items():
            if not place or name == place or name.startswith((f"{place}::", f"{place}/")):
                return why
        return "the test did not run"

    @pytest.hookimpl(wrapper=True)
    def pytest_load_initial_conftests(self, parser: Any) -> Generator[None, Any, Any]:
        take_absent_options(parser)
        try:
            return (yield)
        except BaseException as error:
            self.broken[""] = describe(error.__cause__ or error)
            raise

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: Any) -> None:
        """No workers of xdist's, whichever of the two plugins is asked first."""
        for name, value in (("numprocesses", 0), ("dist", "no"), ("tx", [])):
            if hasattr(config.option, name):
                setattr(config.option, name, value)

    def pytest_configure(self, config: Any) -> None:
        """Nothing is remembered of which tests failed: an evaluation's cache is empty and is gone
        after it, and writing it takes as long as three fast tests."""
        for name in ("lfplugin", "nfplugin"):
            if config.pluginmanager.hasplugin(name):
                config.pluginmanager.unregister(name=name)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        place = {name: index for index, name in enumerate(self.context.job.first)}
        items.sort(key=lambda item: place.get(item.nodeid, len(place)))
        if not self.context.expected:
            self.total = len(items)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.broken[report.nodeid] = f"{report.nodeid}: {_text(report)}"

    def pytest_collection_finish(self) -> None:
        if self.broken:
            for name in self.context.expected:
                if (why := self.missing(name)) in self.broken.values():
                    self.cases[name] = Case(name, 0.0, why)
            self._stop_if_beaten()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: Any) -> Generator[None, Any, Any]:
        with self._limited(item):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, Any, Any]:
        with self._limited(item), self.context.record(item.nodeid) as recording:
            try:
                result = yield
            except BaseException:
                recording.judged(None, failed=True)
                raise
            recording.judged(None, failed=_caught(item))
            return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: Any) -> Generator[None, Any, Any]:
        with self._limited(item):
            return (yield)

    @contextlib.contextmanager
    def _limited(self, item: Any) -> Iterator[None]:
        if _limits_itself(item):
            yield
            return
        share = self._clock.share()
        started = time.monotonic()
        try:
            with limited(share, pytest.fail.Exception):
                yield
        finally:
            if share is not None and time.monotonic() - started >= share:
                self._clock.endless(self.slowest)

    def pytest_runtest_logreport(self, report: Any) -> None:
        name = report.nodeid
        if report.failed:
            before = self.cases.get(name)
            if before is None or before.score:
                self.cases[name] = Case(name, 0.0, _text(report))
                self._stop_if_beaten()
        elif report.when == "call" and report.passed:
            self.cases.setdefault(name, Case(name, 1.0))
            self.slowest = max(self.slowest, report.duration)

    def _stop_if_beaten(self) -> None:
        job = self.context.job
        failed = {name for name, case in self.cases.items() if case.score == 0.0}
        beaten = (
            job.beat is not None
            and self.total > 0
            and ((self.total - len(failed)) / self.total <= job.beat)
        )
        shut = job.gate is not None and len(failed.intersection(job.first)) >= job.gate
        if beaten or shut:
            self.complete = len(self.cases) >= self.total

    def pytest_runtest_protocol(self, item: Any) -> bool | None:
        """Pass over what is left once the outcome is decided.

        Stopping the session would do the same, but pytest renders that as an error, which takes
        longer than most tests.
        """
        return None if self.complete else True


def _limits_itself(item: Any) -> bool:
    """Whether pytest-timeout limits this test, which needs the same timer."""
    config = item.config
    if not config.pluginmanager.hasplugin("timeout"):
        return False
    if item.get_closest_marker("timeout") is not None:
        return True
    return bool(config.getoption("timeout", None) or config.getini("timeout"))


def _caught(item: Any) -> bool:
    """Whether a test of `unittest` failed, which catches what its tests raise."""
    found = getattr(item, "_excinfo", None) or ()
    return any(not isinstance(info.value, pytest.skip.Exception) for info in found)


def _text(report: Any) -> str:
    return bounded(str(report.longreprtext or report.longrepr or "failed"), _LONGREPR_LIMIT)
