"""Fixes that reach the same score: told apart by what they do, the most likely one first."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from tracepy.fixes.behaviour import Behaviour, Observer, chosen, is_constant
from tracepy.fixes.inputs import Calls, Input
from tracepy.fixes.ranking import cost
from tracepy.fixes.records import Difference, Fix
from tracepy.fixes.suspects import Signs, signs
from tracepy.optimizers.base import Outcome, Task

COMPARED = 8
"""So many fixes are run on inputs."""
OFFERED = 5
"""And so many are offered, the best one included."""
_SHOWN = 3  # inputs on which one differs from the best


@dataclass(frozen=True, slots=True)
class _Seen:
    outcome: Outcome
    signs: Signs
    warnings: tuple[str, ...]
    behaviour: Behaviour
    cost: float


def promising(found: Sequence[Outcome], task: Task, tests: Set[str]) -> list[Outcome]:
    """The most likely fixes by their source alone, the best first, and no more than are compared."""
    before = {path: source.text for path, source in task.originals.items()}

    def key(outcome: Outcome) -> tuple[float, int]:
        seen = signs(before, outcome.proposal.sources, tests)
        bits = cost(outcome.proposal.promise, seen, len(seen.warnings), 0.0)
        return round(bits, 6), outcome.number

    return sorted(found, key=key)[:COMPARED]


def offer(
    found: Sequence[Outcome],
    task: Task,
    tests: Set[str],
    observer: Observer | None,
    seconds: float | None,
    worth: Callable[[Sequence[Outcome]], Sequence[float]] | None = None,
) -> list[tuple[Outcome, Fix]]:
    """What to offer, the best first; of fixes that behave alike only the best.

    Args:
        found: Fixes of the same score.
        task: The run's task.
        tests: `literals.of_tests(...)`.
        observer: Runs programs on inputs; None where there is no time for that.
        seconds: What is left of the run's time.
        worth: What they are worth on what was held out, which counts before all; None where
            nothing was.
    """
    before = {path: source.text for path, source in task.originals.items()}
    marks = [signs(before, outcome.proposal.sources, tests) for outcome in found]
    given, behaviours = _behaviours(found, marks, task, observer, seconds)
    stands = behaviours[0]
    seen = []
    for outcome, mark, behaviour in zip(found, marks, behaviours[1:], strict=True):
        warnings = list(mark.warnings)
        if is_constant(behaviour, stands, given):
            warnings.append("it gives the same whatever it gets")
        share = len(behaviour.differs(stands)) / max(len(behaviour.outcomes), 1)
        bits = cost(outcome.proposal.promise, mark, len(warnings), share)
        seen.append(_Seen(outcome, mark, tuple(warnings), behaviour, round(bits, 6)))
    worths = worth([one.outcome for one in seen]) if worth is not None and len(seen) > 1 else ()
    values = {one.outcome.number: value for one, value in zip(seen, worths, strict=False)}
    seen.sort(key=lambda one: (-values.get(one.outcome.number, 0.0), one.cost, one.outcome.number))
    groups = _alike(seen)
    best = groups[0][0]
    return [
        (
            group[0].outcome,
            Fix(
                group[0].outcome.number,
                group[0].outcome.proposal.note,
                group[0].outcome.evaluation.score,
                group[0] is best,
                group[0].cost,
                len(group) - 1,
                group[0].warnings,
                _differences(group[0].behaviour, best.behaviour, given),
            ),
        )
        for group in groups[:OFFERED]
    ]


def calls_of(task: Task) -> Calls:
    """The calls that the run of the program as it stands recorded."""
    trace = task.baseline.trace
    return {} if trace is None else trace.calls


def _behaviours(
    found: Sequence[Outcome],
    marks: Sequence[Signs],
    task: Task,
    observer: Observer | None,
    seconds: float | None,
) -> tuple[list[Input], list[Behaviour]]:
    """The inputs, and what the program as it stands and each fix does on them."""
    unknown = [Behaviour({})] * (len(found) + 1)
    doubtful = any(mark.removed or mark.from_tests or mark.warnings for mark in marks)
    if observer is None or (len(found) < 2 and not doubtful):
        return [], unknown
    texts = {path: source.text for path, source in task.originals.items()}
    programs = [outcome.proposal.sources for outcome in found]
    given = chosen(calls_of(task), task.modules, texts, programs)
    if not given:
        return [], unknown
    return given, observer.observe(programs, given, seconds)


def _alike(seen: Sequence[_Seen]) -> list[list[_Seen]]:
    """Fixes by behaviour, in order; one of which nothing is known is like no other."""
    groups: list[list[_Seen]] = []
    for one in seen:
        for group in groups:
            if one.behaviour.outcomes and one.behaviour.outcomes == group[0].behaviour.outcomes:
                group.append(one)
                break
        else:
            groups.append([one])
    return groups


def _differences(
    here: Behaviour, best: Behaviour, given: Sequence[Input]
) -> tuple[Difference, ...]:
    """A few inputs that show how they differ: the program's own first, then short ones."""
    numbers = sorted(
        here.differs(best), key=lambda n: (not given[n].recorded, len(given[n].text), n)
    )
    told = [
        Difference(given[n].text, here.outcomes[n].shown, best.outcomes[n].shown)
        for n in numbers
        if here.outcomes[n].shown != best.outcomes[n].shown
    ]
    return tuple(told[:_SHOWN])
