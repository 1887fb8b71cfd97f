"""What is held out of the search, where it has a say in which program wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from tracepy.evaluation import Job
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers import Outcome, Proposal, Task

MOST = 5
"""Among so many programs it chooses at most: the more, the more it is searched by itself."""


class Judging(Protocol):
    """The part of the judge that is needed here."""

    def evaluate(self, jobs: Sequence[Job]) -> list[Evaluation]:
        """Verdicts in the order of the jobs."""
        ...


class HoldOut:
    """Judges programs by what was held out, each once.

    Args:
        task: The run's task.
        begin: Starts the judge, when it is needed first.
    """

    def __init__(self, task: Task, begin: Callable[[], Judging]) -> None:
        self._task = task
        self._begin = begin
        self._judge: Judging | None = None
        self._values: dict[str, float] = {}
        self._best: float | None = None

    def better(self, outcome: Outcome) -> bool:
        """Whether a program is better there than all that were asked about before it, the program
        as it stands among them."""
        if self._best is None:
            self._best = self._value(Proposal({}, ""))
        (value,) = self.values([outcome])
        if value <= self._best:
            return False
        self._best = value
        return True

    def best(self, outcomes: Sequence[Outcome]) -> Outcome:
        """The best there of the first few; of equals the first."""
        first = outcomes[:MOST]
        if len(first) == 1:
            return first[0]
        values = self.values(first)
        return first[values.index(max(values))]

    def values(self, outcomes: Sequence[Outcome]) -> list[float]:
        """What programs are worth there, higher is better; minus infinity without a verdict."""
        return [self._value(outcome.proposal) for outcome in outcomes]

    @property
    def looked_at(self) -> int:
        """How many candidates it judged. Of the best of several, what it says is too good to be
        what one that it has never seen would get."""
        return len(self._values.keys() - {Proposal({}, "").digest()})

    def _value(self, proposal: Proposal) -> float:
        digest = proposal.digest()
        if digest not in self._values:
            if self._judge is None:
                self._judge = self._begin()
            (found,) = self._judge.evaluate([Job(proposal.sources)])
            self._values[digest] = self._task.value(found)
        return self._values[digest]
