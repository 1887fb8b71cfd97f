"""The best so far beside the program as it stood."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracepy.comparison import Comparison
from tracepy.fixes import Fix
from tracepy.optimizers import Outcome, Proposal, Task


def as_it_stands(task: Task) -> Outcome:
    """The program as it stands, as the first outcome of a run."""
    start = Proposal({}, "as it stands", proposer="baseline")
    return Outcome(start, task.baseline, task.value(task.baseline))


@dataclass
class Standing:
    """Where a run stands.

    Attributes:
        task: The run's task; its baseline is the program as it stood.
        best: The best so far; at first the program as it stands.
        comparison: Both on fresh draws, once a noisy run has judged them again.
        fixes: What else reaches the goal, the best first.
    """

    task: Task
    best: Outcome
    comparison: Comparison | None = None
    fixes: tuple[Fix, ...] = ()

    @property
    def improved(self) -> bool:
        """Whether the best is better than the program as it stood."""
        if self.comparison is not None:
            return self.comparison.sound and bool(self.best.proposal.sources)
        return self.best.value > self.task.value(self.task.baseline)

    @property
    def sources(self) -> Mapping[str, str]:
        """What the best changes; nothing where it is no better."""
        return self.best.proposal.sources if self.improved else {}

    @property
    def before(self) -> float:
        """The score before: of a winner that was compared with it, the one it was compared with."""
        baseline, found = self.task.baseline.score, self.comparison
        assert baseline is not None
        if found is None or not found.sound or not len(found.baseline):
            return baseline
        return self.task.sign * found.baseline.mean

    @property
    def after(self) -> float:
        """The score of the best."""
        score = self.best.evaluation.score
        assert score is not None
        return score

    def take(self, outcomes: Sequence[Outcome]) -> bool:
        """Take in outcomes; whether there is a new best."""
        before = self.best
        for outcome in outcomes:
            if outcome.value > self.best.value:
                self.best = outcome
        return self.best is not before

    def settle(self, found: Comparison) -> str:
        """Take in how both did on fresh draws: what does not hold is not called better.

        Returns:
            Where it does not hold, a sentence that says so; else nothing.
        """
        self.comparison = found
        best, sign = self.best, self.task.sign
        if len(found.best):
            evaluation = dataclasses.replace(best.evaluation, score=sign * found.best.mean)
            self.best = Outcome(best.proposal, evaluation, found.best.mean)
        if found.sound:
            return ""
        self.best = as_it_stands(self.task)
        return (
            f"the best candidate ({best.proposal.note}) did not hold when both were "
            f"judged again: {sign * found.baseline.mean:.4g} -> "
            f"{sign * found.best.mean:.4g} on {len(found.best)} draws each, "
            f"{found.confidence:.0%} sure"
        )
