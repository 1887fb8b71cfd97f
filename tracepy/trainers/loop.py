"""The plain loop: propose, judge, keep the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Protocol

from tracepy.budget import Budget
from tracepy.evaluation import Job
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import Optimizer, Outcome, Proposal, State, Task
from tracepy.trainers.racing import Racing

# So many batches at most go to the judge in one call, however long the optimizer's batch is:
# the time budget is looked at in between.
_SLICE = 8
# Less than a case can count, more than a sum of cases is rounded by.
_HAIR = 1e-9


class Judging(Protocol):
    """The part of the judge that a trainer needs."""

    def evaluate(self, jobs: Sequence[Job]) -> list[Evaluation]:
        """Verdicts in the order of the jobs."""
        ...


class Greedy:
    """Asks the optimizer, judges its proposals, and keeps the best outcome.

    Args:
        task: What is to be improved.
        judge: Judges candidates.
        budget: What may be spent.
        goal: The score at which to stop, or None.
        observe: Called with every judged batch.
        announce: Called with the note of what is tried next.
        racing: Where the objective is noisy, what a candidate must pass to become the best.

    Attributes:
        left: What of the last batch was not judged, since the goal was reached before.
    """

    def __init__(
        self,
        task: Task,
        judge: Judging,
        budget: Budget,
        goal: float | None,
        observe: Callable[[Sequence[Outcome]], None],
        announce: Callable[[str], None],
        racing: Racing | None = None,
    ) -> None:
        self.task = task
        self.judge = judge
        self.budget = budget
        self.goal = goal
        self.best = Outcome(Proposal({}, "as it stands"), task.baseline, task.value(task.baseline))
        self.left: Sequence[Proposal] = ()
        self._count = 0
        self._observe = observe
        self._announce = announce
        self._racing = racing

    def reached(self) -> bool:
        """Whether the best outcome meets the goal."""
        return self.goal is not None and self.best.value >= self.task.sign * self.goal

    def run(self, optimizer: Optimizer) -> Outcome:
        """Until the goal is reached, the budget is spent or the optimizer has no more ideas."""
        while not self.reached() and not self.budget.exhausted:
            proposals = optimizer.propose(State(self.best, self.best, self.budget.left))
            if not proposals:
                break
            outcomes = self.judged(proposals)
            self.left = proposals[len(outcomes) :]
            optimizer.observe(outcomes)
            self.budget.turns += 1
        return self.best

    def ties(self, proposals: Sequence[Proposal]) -> list[Outcome]:
        """The verdicts on candidates of which one that is as good as the best is wanted, too.

        All of them are judged, as far as the budget allows, and none is stopped that may still
        come as far as the best.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(proposals), _SLICE):
            if start and self.budget.exhausted:
                break
            outcomes += self.judged(proposals[start : start + _SLICE], ties=True)
        return outcomes

    def judged(self, proposals: Sequence[Proposal], *, ties: bool = False) -> list[Outcome]:
        """The verdicts on a batch, or on as much of it as the budget allows.

        Args:
            proposals: The batch.
            ties: Whether one that is as good as the best must be judged to its end.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(proposals), _SLICE):
            left = self.budget.left
            part = proposals[start : start + (_SLICE if left is None else min(left, _SLICE))]
            if not part or (start and (self.budget.exhausted or self.reached())):
                break
            self._announce(part[0].note)
            found = self._judge(part, ties)
            outcomes += found
            self._observe(found)
        return outcomes

    def _judge(self, proposals: Sequence[Proposal], ties: bool) -> list[Outcome]:
        failing = [case for case in self.best.evaluation.cases if case.score < 1.0]
        # A case that took the best down comes first: a candidate that cannot win stops there.
        first = tuple(case.name for case in failing)
        beat = self.best.evaluation.score if self.task.sign > 0 else None
        if self._racing is not None and beat is not None:
            beat = min(beat, self._racing.mean)
        if ties and beat is not None:
            beat -= _HAIR * max(1.0, abs(beat))
        jobs = [
            Job(
                proposal.sources,
                proposal.trace,
                first,
                beat if proposal.probe or not proposal.trace else None,
            )
            for proposal in proposals
        ]
        evaluations = self.judge.evaluate(jobs)
        self.budget.spent += len(evaluations)
        outcomes = []
        for job, proposal, evaluation in zip(jobs, proposals, evaluations, strict=True):
            value = self.task.value(evaluation)
            if not evaluation.complete:
                value = min(value, self.best.value)
            if proposal.probe:
                value = -inf
            self._count += 1
            outcomes.append(Outcome(proposal, evaluation, value, self._count, job.beat))
        if self._racing is not None:
            outcomes = self._racing.settle(outcomes, self.best)
        for outcome in outcomes:
            if outcome.value > self.best.value:
                self.best = outcome
        return outcomes
