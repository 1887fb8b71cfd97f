"""A noisy objective: a candidate that looks better is judged again before it becomes the best.

The draw that made a candidate look better is never counted: among a thousand candidates that are
no better, the luckiest draw looks very good. What counts are draws made afterwards.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from math import inf, nextafter

from tracepy.budget import Budget
from tracepy.comparison import (
    RACE_DOUBT,
    REPEATS,
    ROUND,
    STARTING,
    Comparison,
    Draws,
    compared,
    doubt,
    looks,
)
from tracepy.evaluation.records import Evaluation, Job
from tracepy.optimizers.base import Outcome, Proposal, Task

Evaluate = Callable[[Sequence[Job]], list[Evaluation]]


class Racing:
    """Races challengers against the best so far, and the winner against the baseline.

    Args:
        task: The run's task; its baseline's score is the mean of the first draws.
        evaluate: Judges jobs.
        budget: What may be spent; every draw is an evaluation.
        repeats: Draws of a challenger at most; None leaves it to `comparison.REPEATS`.
    """

    def __init__(
        self, task: Task, evaluate: Evaluate, budget: Budget, repeats: int | None = None
    ) -> None:
        self._task = task
        self._evaluate = evaluate
        self._budget = budget
        self.repeats = repeats or REPEATS
        self._best = Proposal({}, "as it stands")
        self._draws = Draws()

    @property
    def mean(self) -> float:
        """The mean of the best so far, as it is known by now."""
        if not self._draws:
            self._draws = self._drawn(self._best, STARTING) or Draws(
                (self._task.value(self._task.baseline),)
            )
        return self._draws.mean

    def settle(self, outcomes: Sequence[Outcome], best: Outcome) -> list[Outcome]:
        """The outcomes with values that can be trusted.

        One that wins its race has the mean of its draws, and more than `best` has; all others have
        at most that of `best`, however good their draw was.
        """
        settled = list(outcomes)
        order = sorted(range(len(outcomes)), key=lambda i: -outcomes[i].value)
        for index in order:
            outcome = outcomes[index]
            if outcome.value == -inf:
                continue
            won = self._race(outcome) if self._challenges(outcome) else None
            if won is None:
                value = min(outcome.value, best.value)
                settled[index] = dataclasses.replace(outcome, value=value)
                continue
            value = max(won.mean, nextafter(best.value, inf))
            best = settled[index] = self._with(outcome, won, value)
            self._best, self._draws = outcome.proposal, Draws()
        return settled

    def kept(self, proposals: Sequence[Proposal]) -> list[Outcome]:
        """Judge smaller forms of the best until each is worse or as good on as many draws.

        The value is the mean of the draws, minus infinity for one that is worse.
        """
        found: list[Outcome] = []
        for proposal in proposals:
            drawn = Draws()
            last: Evaluation | None = None
            while len(drawn) < self.repeats:
                evaluations = self._judged(proposal, ROUND)
                last = evaluations[-1] if evaluations else None
                values = [self._task.value(item) for item in evaluations]
                if len(values) < ROUND or -inf in values:
                    return found
                drawn += values
                if drawn.mean < self.mean:
                    break
            assert last is not None
            outcome = Outcome(proposal, last, -inf)
            if drawn.mean >= self.mean:
                outcome = self._with(outcome, drawn, drawn.mean)
            found.append(outcome)
        return found

    def final(self, winner: Proposal) -> Comparison:
        """The winner beside the program as it stood, drawn in turn, on draws of their own."""
        stages = looks(self.repeats)
        before, after = Draws(), Draws()
        for number in stages:
            while len(after) < number:
                # In turn, so that a machine that grows slower is unfair to neither.
                pair = self._evaluate([Job({}, draw=1), Job(winner.sources, draw=1)] * ROUND)
                self._budget.spent += len(pair)
                values = [self._task.value(item) for item in pair]
                if -inf in values[1::2]:  # now and then it does not even come to a verdict
                    return Comparison(before, after, 1.0)
                before += [value for value in values[::2] if value != -inf]
                after += values[1::2]
            found = compared(before, after, len(stages))
            left = self._budget.hard_left
            if found.sound or (left is not None and left < 2 * number):
                break
        return found

    def _challenges(self, outcome: Outcome) -> bool:
        """Whether a whole draw of another program is better than the best so far."""
        return (
            outcome.evaluation.complete
            and not outcome.proposal.trace
            and outcome.proposal.digest() != self._best.digest()
            and outcome.value > self.mean
        )

    def _race(self, outcome: Outcome) -> Draws | None:
        """The draws of a challenger that is better than the best so far; None where it is not."""
        drawn = Draws()
        while len(drawn) < self.repeats and not self._budget.exhausted:
            values = self._drawn(outcome.proposal, ROUND)
            if len(values) < ROUND:
                return None
            drawn += values.values
            if len(self._draws) < 2 * self.repeats:
                self._draws += self._drawn(self._best, ROUND).values
            if drawn.mean <= self.mean:
                return None
            if doubt(drawn, self._draws) <= RACE_DOUBT:
                return drawn
        return None

    def _drawn(self, proposal: Proposal, number: int) -> Draws:
        values = [self._task.value(found) for found in self._judged(proposal, number)]
        return Draws(tuple(value for value in values if value != -inf))

    def _judged(self, proposal: Proposal, number: int) -> list[Evaluation]:
        left = self._budget.left
        number = number if left is None else min(number, left)
        found = self._evaluate([Job(proposal.sources, draw=1)] * number) if number else []
        self._budget.spent += len(found)
        return found

    def _with(self, outcome: Outcome, drawn: Draws, value: float) -> Outcome:
        evaluation = dataclasses.replace(outcome.evaluation, score=self._task.sign * drawn.mean)
        return dataclasses.replace(outcome, evaluation=evaluation, value=value)
