"""Tests as the objective: pytest in the process of the candidate, one case per test.

What counts: a test that passes is 1, one that fails, errs in a fixture or takes too long is 0. Skipped
tests and expected failures are no cases, unless the program as it stands passed them: then they are 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracepy.evaluation.records import Case, Evaluation
from tracepy.objective.context import Context
from tracepy.objective.limits import Clock
from tracepy.objective.pytest_plugin import Plugin
from tracepy.objective.record import Objective
from tracepy.objective.scores import bounded

if TYPE_CHECKING:
    from tracepy.objective.pytest_held import Holding

_USAGE_ERROR = 4
_NO_TESTS = 5
# A traced evaluation is given three times as long (`tracepy.evaluation.worker`).
_TRACED = 3.0
_TRACED_SHARE = 0.6
# Seconds that the tests may take, and the first that does not end, where only imports count.
_REHEARSED = 4.0
_REHEARSED_ONE = 1.0


def run(objective: Objective, context: Context) -> Evaluation:
    """Run the tests. Score: the fraction of the baseline's tests that pass."""
    plugin = Plugin(context, _clock(objective, context))
    args = arguments(objective, context.project) + _cache(context)
    if context.expected:
        args.append("--continue-on-collection-errors")
    return verdict(plugin, _main(args, plugin))


def hold(objective: Objective, context: Context, serve: Callable[[Holding], None]) -> None:
    """Collect the tests and call `serve` with them before one has run; not where they cannot be."""
    from tracepy.objective.pytest_held import Holding

    _main(arguments(objective, context.project) + _cache(context), Holding(context, serve))


def run_held(held: Holding, objective: Objective, context: Context) -> Evaluation:
    """As `run`, with tests that are collected already."""
    held.run(context, _clock(objective, context))
    return verdict(held, 0)


def _clock(objective: Objective, context: Context) -> Clock:
    whole, each = objective.spec.get("timeout"), objective.spec.get("test_timeout")
    if whole is None or not context.job.trace:
        return Clock(whole, each, context.slowest)
    # What takes long is slowed down least: by then, most of it is not recorded any more.
    return Clock(_TRACED * whole, each, context.slowest, most=_TRACED_SHARE * whole)


def _cache(context: Context) -> list[str]:
    return ["-o", f"cache_dir={context.scratch / '.tmp' / 'pytest'}"]


def _main(args: list[str], plugin: Plugin) -> int:
    import pytest

    return int(pytest.main(args, plugins=[plugin]))


def arguments(objective: Objective, project: Path) -> list[str]:
    """What pytest is given: the user's arguments, then what would disturb an evaluation undone.

    Later options win over earlier ones and over the project's `addopts`.
    """
    found = [*objective.spec["args"], "--rootdir", str(project), "-p", "no:randomly"]
    found += ["-q", "--tb=short", "--color=no", "--no-header", "--no-summary", "--maxfail=0"]
    # What is printed goes to the worker's output, which is bounded, and not into a file.
    found += ["--capture=no", "-n0", "--no-cov"]
    # Plugins are imported in the server already; they do without rewritten assertions.
    return [*found, "-W", "ignore::pytest.PytestAssertRewriteWarning"]


def prepare(objective: Objective, project: Path, candidates: Sequence[str]) -> None:
    """Make pytest ready in the server, once for all workers."""
    from tracepy.objective.pytest_warm import prepare as warm

    warm(arguments(objective, project), project, frozenset(candidates))


def rehearse(objective: Objective, context: Context) -> None:
    """Have pytest import its plugins, the tests, and what either imports only when it runs."""
    args = arguments(objective, context.project)
    # Plain assertions: rewriting those of plugins takes seconds, and only the imports count here.
    args += ["--assert=plain", "-p", "no:cacheprovider"]
    _main(args, Plugin(context, Clock(_REHEARSED, None, most=_REHEARSED_ONE)))


def verdict(plugin: Plugin, status: int) -> Evaluation:
    """What a session of pytest says of the candidate."""
    expected = plugin.context.expected
    if plugin.broken and not expected:
        text = "the tests cannot be collected:\n" + "\n".join(plugin.broken.values())
        return Evaluation("error", None, bounded(text))
    if status == _USAGE_ERROR and not plugin.broken:
        return Evaluation("error", None, "pytest does not take these arguments (see the output)")
    cases = plugin.cases
    if expected:
        cases = {name: case for name, case in cases.items() if name in set(expected)}
        if plugin.complete:
            for name in expected:
                cases.setdefault(name, Case(name, 0.0, plugin.missing(name)))
    if not cases:
        what = "no tests were found" if status == _NO_TESTS else "no test came to a verdict"
        return Evaluation("error", None, what)
    return _summed(plugin, cases, len(expected) if expected else len(cases))


def _summed(plugin: Plugin, cases: dict[str, Case], total: int) -> Evaluation:
    score = sum(case.score for case in cases.values()) / total
    failing = [case for case in cases.values() if not case.score]
    text = f"{total - len(failing)} of {total} tests pass" if plugin.complete else "stopped early"
    shown: dict[str, Any] = {}
    for case in failing:  # one reason may have taken many tests down: it is said once
        shown.setdefault(case.text, case)
    for case in list(shown.values())[:3]:
        text += f"\n{case.name}\n{case.text}"
    found = tuple(cases.values())
    return Evaluation("ok", score, bounded(text), found, plugin.complete, plugin.slowest)
