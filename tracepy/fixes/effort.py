"""A little more search once the goal is reached: the first fix need not be the right one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from tracepy.budget import Budget
from tracepy.fixes.plausible import Plausible
from tracepy.optimizers.base import Optimizer, Proposal
from tracepy.trainers import Trainer

_SHARE = 10  # one evaluation more for so many that it took to get here
_LEAST = 32  # and so many in any case
_BATCH = 8
_ENOUGH = 12  # fixes to choose from


@runtime_checkable
class Exploring(Protocol):
    """An optimizer that has ideas beside its best one, and that are free."""

    def others(self) -> Sequence[Proposal]:
        """Further proposals, of what came before the best; none where there are no more.

        Outcomes are not observed.
        """
        ...


def explore(trainer: Trainer, optimizer: Optimizer, budget: Budget, found: Plausible) -> None:
    """Judge further candidates within the budget; `found` collects the good ones.

    First come those of the batch that the first good one was in.

    Args:
        trainer: Judges; it has reached the goal.
        optimizer: Whose further ideas are tried, where it is `Exploring`.
        budget: Of the run. What is kept back for shrinking is left alone.
        found: What reaches the goal, the collector of the trainer's outcomes.
    """
    if not isinstance(optimizer, Exploring):
        return
    more = budget.spent // _SHARE + _LEAST
    waiting = list(trainer.left)
    while more > 0 and not budget.exhausted and len(found.outcomes) < _ENOUGH:
        waiting = waiting or list(optimizer.others())
        batch, waiting = waiting[: min(_BATCH, more)], waiting[min(_BATCH, more) :]
        if not batch:
            return
        more -= len(trainer.ties(batch)) or more
        budget.turns += 1
