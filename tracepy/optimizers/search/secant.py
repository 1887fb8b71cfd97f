"""Numbers worked out from what two candidates gave: a failing case says how far off each is.

An edit of a number that lost shows how what comes out follows it. The straight line through the two
outputs says which number would give what is wanted (the secant method); where the output is no line,
the next step goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import Outcome, Proposal
from tracepy.optimizers.search.edits import Base
from tracepy.optimizers.search.outputs import told
from tracepy.transforms.ends import shared_end, shared_start

_STEPS = 5  # from one edit on
_WAITING = 64  # numbers that are proposed and not judged yet
_LONG = 12  # characters of a number that somebody may have written
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d*)?(?:[eE][-+]?\d+)?(?![\w.])")


class _Spot(NamedTuple):
    """A number in a file, and the two values that it was tried with."""

    path: str
    before: str
    after: str
    old: str
    new: str


class Secants:
    """Follows edits of numbers up; each number of a base by one line at a time.

    Args:
        originals: The texts of the modules as they stand, by path.
    """

    def __init__(self, originals: Mapping[str, str]) -> None:
        self._originals = originals
        self._steps: dict[str, tuple[int, Proposal, Evaluation]] = {}

    def observe(self, outcomes: Sequence[Outcome]) -> list[Proposal]:
        """What the verdicts on edits suggest, each of them to be judged."""
        found = []
        for outcome in outcomes:
            base = outcome.proposal.origin
            if not isinstance(base, Base):
                continue
            digest = outcome.proposal.digest()
            steps, last, verdict = self._steps.pop(digest, (0, None, base.verdict))
            if steps >= _STEPS:
                continue
            sources = last.sources if last is not None else base.sources
            follow = _next(base, {**self._originals, **sources}, verdict, outcome)
            if follow is not None:
                self._steps[follow.digest()] = (steps + 1, outcome.proposal, outcome.evaluation)
                found.append(follow)
        while len(self._steps) > _WAITING:  # what was proposed before is not judged again
            del self._steps[next(iter(self._steps))]
        return found


def _next(
    base: Base, sources: Mapping[str, str], verdict: Evaluation, outcome: Outcome
) -> Proposal | None:
    """The number that the line through two outputs gives, put in place."""
    spot = _spot(sources, outcome.proposal.sources)
    known = {case.name: case for case in verdict.cases if case.score < 1}
    if spot is None:
        return None
    for case in outcome.evaluation.cases:
        if case.name not in known or case.score >= 1:
            continue
        for (first, goal), (second, aim) in zip(
            _numbers(known[case.name].text), _numbers(case.text), strict=False
        ):
            if goal == aim and first != second:
                return _proposed(base, spot, first, second, goal, outcome)
    return None


def _proposed(
    base: Base, spot: _Spot, first: float, second: float, goal: float, outcome: Outcome
) -> Proposal | None:
    old, new = float(spot.old), float(spot.new)
    number = old + (goal - first) * (new - old) / (second - first)
    text = _written(number, spot)
    if not text or float(text) in (old, new):
        return None
    line = spot.before.count("\n") + 1
    return Proposal(
        {**outcome.proposal.sources, spot.path: spot.before + text + spot.after},
        f"line {line}: {text} by what {spot.old} and {spot.new} gave",
        origin=base,
        parent=outcome.number,
        reason=f"with {spot.old} a failing case gives {first:.6g}, with {spot.new} {second:.6g}; "
        f"wanted is {goal:.6g}",
        promise=outcome.proposal.promise,
    )


def _spot(before: Mapping[str, str], after: Mapping[str, str]) -> _Spot | None:
    """The number in which two programs differ, if that is all."""
    changed = [path for path in after if after[path] != before.get(path)]
    if len(changed) != 1 or changed[0] not in before:
        return None
    old, new = before[changed[0]], after[changed[0]]
    head = shared_start(old, new)
    tail = shared_end(old, new, min(len(old), len(new)) - head)
    for text in _NUMBER.finditer(old, max(0, head - _LONG)):
        if text.start() > head:
            break  # the rest of the file is none of this edit's
        if text.end() < head:
            continue
        rest = len(old) - text.end()
        if rest > tail or text.end() < len(old) - tail:
            continue
        other = new[text.start() : len(new) - rest]
        if _NUMBER.fullmatch(other):
            return _Spot(changed[0], old[: text.start()], old[text.end() :], text[0], other)
    return None


def _numbers(text: str) -> list[tuple[float, float]]:
    """What came out and what was wanted, where both are numbers."""
    return [
        (float(got), float(wanted)) for got, wanted in told(text) if _plain(got) and _plain(wanted)
    ]


def _plain(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _written(number: float, spot: _Spot) -> str:
    """As somebody would write it: whole where both were; '' where it is no such number."""
    if not 0 <= number < 1e15:
        return ""  # a sign would need room of its own
    short = float(f"{number:.6g}")
    whole = "." not in spot.old and "e" not in spot.old.lower()
    text = repr(int(short)) if whole and short.is_integer() else repr(short)
    return text if len(text) <= _LONG and "e" not in text else ""
