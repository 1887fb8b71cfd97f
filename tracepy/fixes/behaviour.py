"""What programs do on the same inputs, each in a worker of its own."""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from tracepy.evaluation.executors import judge_for
from tracepy.evaluation.records import Evaluation, Job
from tracepy.fixes.inputs import Calls, Input, functions, inputs
from tracepy.objective.record import Objective
from tracepy.settings import Settings
from tracepy.target import Target

_EACH = 0.5  # seconds that one call may take
WHOLE = 5.0
"""Seconds that all calls of one program may take."""
_FUNCTIONS = 6  # that are called
_LEAST = 5  # inputs on which an outcome that is always the same says something


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one call.

    Attributes:
        shown: As a reader sees it, bounded.
        digest: Of all of it: type, value and what became of the arguments.
    """

    shown: str
    digest: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What one program did, by the number of the input; what is missing is not known."""

    outcomes: Mapping[int, Outcome]

    def differs(self, other: Behaviour) -> list[int]:
        """Inputs that both were tried on, and on which they are not equal."""
        return [
            number
            for number, found in self.outcomes.items()
            if number in other.outcomes and other.outcomes[number] != found
        ]


class Observer:
    """Runs programs on inputs.

    Args:
        target, settings, executor: As those of the run.
        roots: Folders that must be importable beside the target's.
    """

    def __init__(
        self,
        target: Target,
        settings: Settings,
        executor: Executor | None = None,
        roots: Sequence[str] = (),
    ) -> None:
        self._target = target
        self._settings = settings
        self._executor = executor
        self._roots = tuple(roots)

    def observe(
        self, programs: Sequence[Mapping[str, str]], given: Sequence[Input], seconds: float | None
    ) -> list[Behaviour]:
        """What the program as it stands does, and then what each of these does.

        Inputs on which the same program is not its own equal are left out.

        Args:
            programs: Changed texts by path.
            given: What to call.
            seconds: What is left of the run's time.
        """
        calls = [[one.module, one.function, dict(one.arguments)] for one in given]
        objective = Objective("probe", "calls", {"calls": calls, "seconds": _EACH}, self._roots)
        most = min(WHOLE, self._settings.timeout)
        if seconds is not None:
            most = min(most, seconds / (len(programs) + 2))
        settings = dataclasses.replace(self._settings, timeout=most)
        with judge_for(self._target, objective, settings, self._executor) as judge:
            first = judge.evaluate([Job({})])
            rest = judge.evaluate([Job({}, draw=1), *(Job(sources) for sources in programs)])
        stands, again, *others = map(_read, [*first, *rest])
        unstable = set(stands.differs(again))
        return [
            Behaviour({n: x for n, x in one.outcomes.items() if n not in unstable})
            for one in (stands, *others)
        ]


def chosen(
    calls: Calls,
    modules: Mapping[str, str],
    texts: Mapping[str, str],
    programs: Sequence[Mapping[str, str]],
) -> list[Input]:
    """Inputs that may tell programs apart: of the functions that they change.

    Where those cannot be called with literals (methods, functions inside functions), of the
    program's other functions: one of them is likely to lead there.
    """
    known = {path: set(found) for path, found in calls.items() if path in texts}
    wanted: dict[str, set[str]] = {}
    for sources in programs:
        for path, text in sources.items():
            wanted.setdefault(path, set()).update(
                known.get(path, set()) & _changed(texts[path], text)
            )
    if not any(wanted.values()):
        wanted = known
    left = _FUNCTIONS
    for path in sorted(wanted):
        wanted[path] = set(sorted(wanted[path])[:left])
        left -= len(wanted[path])
    return inputs(calls, modules, texts, wanted)


def is_constant(behaviour: Behaviour, before: Behaviour, given: Sequence[Input]) -> bool:
    """Whether a function gives the same whatever it gets, where it did not before."""
    by_function: dict[tuple[str, str], list[int]] = {}
    for number in sorted(behaviour.outcomes):
        one = given[number]
        by_function.setdefault((one.module, one.function), []).append(number)
    for numbers in by_function.values():
        shown = {behaviour.outcomes[n].shown for n in numbers}
        was = {before.outcomes[n].shown for n in numbers if n in before.outcomes}
        if len(numbers) >= _LEAST and len(shown) == 1 and len(was) > 1:
            return True
    return False


def _changed(before: str, after: str) -> set[str]:
    try:
        old, new = functions(before), functions(after)
    except SyntaxError:
        return set()
    return {
        name for name, item in new.items() if name in old and ast.dump(item) != ast.dump(old[name])
    }


def _read(found: Evaluation) -> Behaviour:
    """A worker's cases; whatever else it sent stands for nothing known."""
    outcomes = {}
    for case in found.cases:
        try:
            shown, digest = json.loads(case.text)
            outcomes[int(case.name)] = Outcome(str(shown), str(digest))
        except (ValueError, TypeError):
            continue
    return Behaviour(outcomes)
