"""Tuning beside the edits: which constants are tuned, and when that is a base for new edits."""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.optimizers.base import Outcome, Proposal, Task
from tracepy.optimizers.search.edits import Base
from tracepy.optimizers.search.inline import inline_numbers
from tracepy.optimizers.search.live import asleep
from tracepy.optimizers.search.tuner import Tuner
from tracepy.parameters import Parameter

# So many turns without a gain, and what was gained is edited: its constants are as good as they get.
_SETTLED = 6
# After an edit that won, so many points for each constant and beside them, and at most: what follows
# competes with what the edit is worth. Not before the first edit: constants that make the best of
# a wrong formula hide what is wrong with it (a factor of 0, and the rest of the term is dead).
_POINTS, _BESIDE, _MOST = 4, 8, 40
# What was gained must be this share of all that was gained in the run.
_MUCH = 0.02
# Sooner where constants that did not run may have come to run by it.
_AWAITED = 2


class Tuning:
    """The constants of the best program so far.

    After an edit they are tuned anew, from the values that they have. What tuning has gained
    becomes a base of edits once it gains no more: an edit that helps only with good constants would
    never be seen on bad ones. Constants that did not run are left out, until a trace shows that
    they do.

    Args:
        task: The run's task.

    Attributes:
        inline: Whether numbers in expressions are tuned as well, in functions that are not as they
            were.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.inline = False
        self.tuner: Tuner | None = None
        self._asleep: set[str] = set()
        self._gained = False
        self._idle = 0
        self._left = 0
        self._ended = False
        self._editable = False
        self._began = 0.0

    def begin(self, base: Base, edited: bool = False) -> None:
        """Tune a program's constants; where it was just edited, before it is edited again."""
        self._gained, self._idle = False, 0
        # Where only constants are marked there is nothing to edit, and nothing to trace for.
        found = self.task.find(base.sources)
        self._editable = any(one.kind not in ("number", "bool") or not one.marked for one in found)
        chosen = self._constants(base)
        self._asleep = self._unused(chosen, base)
        awake = [parameter for parameter in chosen if parameter.name not in self._asleep]
        tuner = Tuner(self.task, base.sources, base.value, awake, self.task.seed, base.number)
        self.tuner = tuner if tuner.useful else None
        self._began = base.value
        points = min(_POINTS * len(tuner.axes) + _BESIDE, _MOST)
        self._left = points if edited and self.tuner is not None else 0

    @property
    def names(self) -> list[str]:
        """The parameters that are tuned."""
        return [axis.name for axis in self.tuner.axes] if self.tuner is not None else []

    @property
    def first(self) -> bool:
        """Whether it is to be tuned before it is edited."""
        return self._left > 0

    def propose(self, number: int) -> list[Proposal]:
        """Up to so many points."""
        found = self.tuner.propose(number) if self.tuner is not None else []
        if not found:
            self._left = 0
        return found

    def observe(self, outcomes: Sequence[Outcome], won: bool) -> None:
        """Learn from points, and whether one of them is the best so far."""
        for outcome in outcomes:
            outcome.proposal.origin[0].observe(outcome)
        self._idle = 0 if won else self._idle + 1
        before = self._left
        self._left = 0 if self._idle >= _SETTLED else self._left - len(outcomes)
        self._ended = before > 0 >= self._left
        self._gained = self._gained or won

    def worth_tracing(self) -> bool:
        """Whether the best, found by tuning, is to be traced and edited now."""
        waited = _AWAITED if self._asleep else _SETTLED
        gain = self.tuner.reached - self._began if self.tuner is not None else 0.0
        baseline = self.task.value(self.task.baseline)
        # A little more of the same is no reason to try all edits again.
        much = not gain < _MUCH * (self._began + gain - baseline)
        due = self._gained and much and (self._ended or self._idle >= waited)
        return due and (self._editable or bool(self._asleep))

    def traced(self, base: Base) -> None:
        """The best was traced: what is known to run now is tuned, and nothing else."""
        self._gained = self._ended = False
        self._began = base.value
        if self._unused(self._constants(base), base) != self._asleep:
            self.begin(base)

    def _unused(self, parameters: Sequence[Parameter], base: Base) -> set[str]:
        sources = {path: self.task.source(path, base.sources) for path in self.task.originals}
        return asleep(parameters, base.evaluation, sources)

    def _constants(self, base: Base) -> list[Parameter]:
        """Those that are marked, or all where the score is a matter of degree."""
        found = [
            parameter
            for parameter in self.task.find(base.sources)
            if parameter.kind in ("number", "bool") or parameter.constraint.choices
            if parameter.marked or self.task.graded
        ]
        guesses = self.inline and self.task.graded
        return found + (inline_numbers(self.task, base.sources) if guesses else [])
