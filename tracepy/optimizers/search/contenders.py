"""Edits that did not win, but may with constants of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracepy.optimizers.base import Outcome, Proposal, Task
from tracepy.optimizers.search.edits import Base
from tracepy.optimizers.search.inline import inline_numbers
from tracepy.optimizers.search.tuner import Tuner

# How many wait at most.
_WAITING = 12
# Points that each gets, beside one a constant; and again as many while it halves what it lacks.
_POINTS, _ROUNDS = 5, 4


@dataclass
class _Contender:
    """An edited program, how far it was from the best, and how many points it still gets."""

    tuner: Tuner
    lacking: float
    left: int
    rounds: int = 1


class Contenders:
    """The best of the edits that lost, each tuned for a few points, the most promising first.

    A right formula with a wrong constant may score less than a wrong formula whose constant was
    fitted to it: only with a constant of its own it shows what it is worth. One that comes much
    closer to the best gets more points.

    Args:
        task: The run's task.

    Attributes:
        inline: As that of `Tuning`.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.inline = False
        self._waiting: list[Outcome] = []
        self._seen: set[float] = set()
        self._current: _Contender | None = None

    def offer(self, outcomes: Sequence[Outcome]) -> None:
        """Edits that were judged to the end and lost; of those that score the same, the first."""
        for outcome in outcomes:
            base = outcome.proposal.origin
            if not isinstance(base, Base) or not outcome.evaluation.complete:
                continue
            value = outcome.value
            # What scores as its base does most likely does the same.
            if value > float("-inf") and value != base.value and value not in self._seen:
                self._seen.add(value)
                self._waiting.append(outcome)
        # Held against what it was made of, so that a better base's edits do not push others out.
        self._waiting.sort(key=lambda outcome: outcome.proposal.origin.value - outcome.value)
        del self._waiting[_WAITING:]

    def propose(self, number: int, constants: Sequence[str], best: float) -> list[Proposal]:
        """Up to so many points of the contender whose turn it is.

        Args:
            number: How many.
            constants: The names of the constants that are worth tuning.
            best: The best score so far.
        """
        while True:
            current = self._current
            if current is not None and current.left <= 0:
                self._renew(current, best)
            if current is None or current.left <= 0:
                self._current = current = self._next(constants, best)
                if current is None:
                    return []
            found = current.tuner.propose(min(number, current.left))
            if found:
                return found
            self._current = None

    @property
    def any(self) -> bool:
        """Whether there is one whose turn may come."""
        return bool(self._waiting) or self._current is not None

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        """Learn from points."""
        for outcome in outcomes:
            outcome.proposal.origin[0].observe(outcome)
        if self._current is not None:
            self._current.left -= len(outcomes)

    def _renew(self, contender: _Contender, best: float) -> None:
        lacking = best - contender.tuner.reached
        if contender.rounds < _ROUNDS and 2 * lacking < contender.lacking:
            contender.left = _POINTS + len(contender.tuner.axes)
            contender.lacking = lacking
            contender.rounds += 1

    def _next(self, constants: Sequence[str], best: float) -> _Contender | None:
        while self._waiting:
            outcome = self._waiting.pop(0)
            sources = outcome.proposal.sources
            if self._form(sources) == self._form(outcome.proposal.origin.sources):
                continue  # only constants differ: the tuner's own work
            chosen = [one for one in self.task.find(sources) if one.name in constants]
            if self.inline:
                chosen += inline_numbers(self.task, sources)
            tuner = Tuner(self.task, sources, outcome.value, chosen, self.task.seed, outcome.number)
            if tuner.useful:
                return _Contender(tuner, best - outcome.value, _POINTS + len(tuner.axes))
        return None

    def _form(self, sources: Mapping[str, str]) -> list[tuple[str, str]]:
        """The programs' texts without the constants."""
        texts = {path: self.task.source(path, sources).text for path in self.task.originals}
        for one in sorted(self.task.find(sources), key=lambda one: -one.start):
            if one.kind in ("number", "bool"):
                text = texts[one.path]
                texts[one.path] = text[: one.start] + text[one.end :]
        return sorted(texts.items())
