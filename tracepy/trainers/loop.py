"""The loop: propose, judge, keep the best. Which base proposals start from is a trainer's choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Protocol

from tracepy.budget import Budget
from tracepy.evaluation import Job
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import Optimizer, Outcome, Proposal, State, Task
from tracepy.trainers.racing import Racing
from tracepy.trainers.registry import Shape
from tracepy.trainers.turn import Turn, Turns

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


class Trainer:
    """Asks the optimizer, judges its proposals, and keeps the best outcome.

    Args:
        task: What is to be improved.
        judge: Judges candidates.
        budget: What may be spent.
        goal: The score at which to stop, or None.
        observe: Called with every judged batch.
        announce: Called with the note of what is tried next.
        racing: Where the objective is noisy, what a candidate must pass to become the best.
        shape: Which trainer, with which options; None always goes on from the best.
        unseen: Whether a new best is better on what is held out, too: one that is not does not
            keep patience from ending. None holds nothing out.

    Attributes:
        best: The best outcome so far, whatever the trainer goes on from.
        left: What of the last batch was not judged, since the goal was reached before.
        notes: What a reader of the result should know.
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
        shape: Shape | None = None,
        unseen: Callable[[Outcome], bool] | None = None,
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
        gates = racing is None
        self._unseen = unseen
        self._shape = shape or Shape()
        self._turns = Turns(self._shape, task, self.best, budget, gates=gates)
        self.notes = self._turns.notes

    def reached(self) -> bool:
        """Whether the best outcome meets the goal."""
        return self.goal is not None and self.best.value >= self.task.sign * self.goal

    def run(self, optimizer: Optimizer) -> Outcome:
        """Until the goal is reached, the budget, the optimizer's ideas or patience are at an end."""
        while not self.reached() and not self.budget.exhausted:
            turn = self._turns.next()
            if turn is None:
                break
            state = State(turn.base, self.best, self.budget.left, turn.cases, self._turns.restarts)
            proposals = optimizer.propose(state)
            if not proposals:
                if not self._turns.restart():
                    break
                continue
            before = self.best
            outcomes = self.judged(proposals, turn=turn)
            self.left = proposals[len(outcomes) :]
            optimizer.observe(outcomes)
            self._turns.done(news=self.best is not before and self._new())
            self.budget.turns += 1
        return self.best

    def finalists(self) -> list[Outcome]:
        """The programs better than the one as it stands that the search held, the best first."""
        start = self.task.value(self.task.baseline)
        others = [one for one in self._turns.ranked() if one.value > start]
        known = self.best.proposal.digest()
        first = [self.best] if self.best.value > start else []
        return first + [one for one in others if one.proposal.digest() != known]

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

    def judged(
        self, proposals: Sequence[Proposal], *, ties: bool = False, turn: Turn | None = None
    ) -> list[Outcome]:
        """The verdicts on a batch, or on as much of it as the budget allows.

        Args:
            proposals: The batch.
            ties: Whether one that is as good as the best must be judged to its end.
            turn: The turn of the trainer's that the batch is for; none once the search is over.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(proposals), _SLICE):
            left = self.budget.left
            part = proposals[start : start + (_SLICE if left is None else min(left, _SLICE))]
            if not part or (start and (self.budget.exhausted or self.reached())):
                break
            self._announce(part[0].note)
            rival = self._turns.rival() if turn else self.best
            found = self._judge(part, ties, turn or Turn(self.best), rival)
            outcomes += found
            self._observe(found)
            if turn:
                self._turns.hear(found)
        return outcomes

    def _new(self) -> bool:
        """Whether a new best is news to whoever waits for one."""
        if self._unseen is None or self._shape.patience is None:
            return True
        if self._unseen(self.best):
            return True
        self._turns.aside = True
        return False

    def _judge(
        self, proposals: Sequence[Proposal], ties: bool, turn: Turn, rival: Outcome | None
    ) -> list[Outcome]:
        jobs = [self._job(proposal, ties, turn, rival) for proposal in proposals]
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

    def _job(self, proposal: Proposal, ties: bool, turn: Turn, rival: Outcome | None) -> Job:
        if proposal.probe:  # it is only there for the cases that fail
            rival = self.best
        before = turn.base if rival is None else rival
        # A case that took the rival down comes first: a candidate that cannot win stops there.
        first = tuple(case.name for case in before.evaluation.cases if case.score < 1.0)
        if proposal.trace and not proposal.probe:
            return Job(proposal.sources, True, first)
        beat = rival.evaluation.score if rival and self.task.sign > 0 else None
        if self._racing is not None and beat is not None:
            beat = min(beat, self._racing.mean)
        if ties and beat is not None:
            beat -= _HAIR * max(1.0, abs(beat))
        # What was made of another program need not be better than the base on the minibatch.
        own = proposal.parent in (None, turn.base.number) and not proposal.probe
        if turn.gate is None or not own:
            return Job(proposal.sources, proposal.trace, first, beat)
        return Job(proposal.sources, False, turn.cases, beat, gate=turn.gate)
