"""Tests as the objective: pytest in the process of the candidate, one case per test."""

from __future__ import annotations

import importlib.util
from collections.abc import Generator
from typing import Any

from tracepy.evaluation.records import Case, Evaluation
from tracepy.objective.context import Context
from tracepy.objective.record import Objective
from tracepy.objective.scores import bounded

_LONGREPR_LIMIT = 4_000
_USAGE_ERROR = 4
_NO_TESTS = 5


class Plugin:
    """Collects one case per test, in the order that tells most soonest."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.cases: dict[str, Case] = {}
        self.broken: list[str] = []
        self.total = len(context.expected)
        self.complete = True
        self._results: dict[str, Any] = {}

    def pytest_collection_modifyitems(self, session: Any, items: list[Any]) -> None:
        place = {name: index for index, name in enumerate(self.context.job.first)}
        items.sort(key=lambda item: place.get(item.nodeid, len(place)))
        if not self.context.expected:
            self.total = len(items)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.broken.append(f"{report.nodeid}: {_text(report)}")

    def pytest_runtest_call(self, item: Any) -> Generator[None, Any, Any]:
        with self.context.record(item.nodeid) as recording:
            try:
                result = yield
            except BaseException:
                recording.judged(None, failed=True)
                raise
            recording.judged(None, failed=False)
            return result

    def pytest_runtest_logreport(self, report: Any) -> None:
        name = report.nodeid
        if report.failed:
            before = self.cases.get(name)
            if before is None or before.score:
                self.cases[name] = Case(name, 0.0, _text(report))
                self._stop_if_beaten()
        elif report.when == "call" and report.passed:
            self.cases.setdefault(name, Case(name, 1.0))

    def _stop_if_beaten(self) -> None:
        beat = self.context.job.beat
        failed = sum(case.score == 0.0 for case in self.cases.values())
        if beat is not None and self.total and (self.total - failed) / self.total <= beat:
            self.complete = len(self.cases) >= self.total

    def pytest_runtest_protocol(self, item: Any) -> bool | None:
        """Pass over what is left once the outcome is decided.

        Stopping the session would do the same, but pytest renders that as an error, which takes
        longer than most tests.
        """
        return None if self.complete else True


def run(objective: Objective, context: Context) -> Evaluation:
    """Run the tests. Score: the fraction of the baseline's tests that pass."""
    import pytest

    plugin = Plugin(context)
    # A new-style wrapper must be a hook with this mark, which pytest reads from the function.
    Plugin.pytest_runtest_call = pytest.hookimpl(wrapper=True)(  # type: ignore[method-assign]
        Plugin.pytest_runtest_call
    )
    status = int(pytest.main([*options(context), *objective.spec["args"]], plugins=[plugin]))
    return verdict(plugin, status)


def options(context: Context) -> list[str]:
    """Options that keep the project's own settings but for what would disturb an evaluation."""
    found = ["-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", str(context.project)]
    found += ["-q", "--tb=short", "--color=no", "--no-header", "--no-summary", "--maxfail=0"]
    # Plugins are imported in the server already; they do without rewritten assertions.
    found += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    if importlib.util.find_spec("xdist") is not None:
        found.append("-n0")
    if importlib.util.find_spec("pytest_cov") is not None:
        found.append("--no-cov")
    return found


def verdict(plugin: Plugin, status: int) -> Evaluation:
    """What a session of pytest says of the candidate."""
    expected = plugin.context.expected
    if plugin.broken:
        text = "the tests cannot be collected:\n" + "\n".join(plugin.broken)
        return Evaluation("error", None, bounded(text))
    if status == _USAGE_ERROR:
        return Evaluation("error", None, "pytest does not take these arguments (see the output)")
    cases = plugin.cases
    if expected:
        cases = {name: case for name, case in cases.items() if name in set(expected)}
        if plugin.complete:
            for name in expected:
                cases.setdefault(name, Case(name, 0.0, "the test did not run"))
    if not cases:
        what = "no tests were found" if status == _NO_TESTS else "no test came to a verdict"
        return Evaluation("error", None, what)
    total = len(expected) if expected else len(cases)
    score = sum(case.score for case in cases.values()) / total
    failing = [case for case in cases.values() if not case.score]
    text = f"{total - len(failing)} of {total} tests pass" if plugin.complete else "stopped early"
    for case in failing[:3]:
        text += f"\n{case.name}\n{case.text}"
    return Evaluation("ok", score, bounded(text), tuple(cases.values()), plugin.complete)


def _text(report: Any) -> str:
    return bounded(str(report.longreprtext or report.longrepr or "failed"), _LONGREPR_LIMIT)
