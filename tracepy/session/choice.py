"""Once the goal is reached: other fixes are looked for, made small, and the most likely is taken."""

from __future__ import annotations

import dataclasses

from tracepy.budget import Budget
from tracepy.fixes.behaviour import WHOLE, Observer
from tracepy.fixes.effort import explore
from tracepy.fixes.literals import of_tests
from tracepy.fixes.offer import calls_of, offer, promising
from tracepy.fixes.plausible import Plausible
from tracepy.fixes.records import Fix
from tracepy.objective import Objective
from tracepy.optimizers import Optimizer, Outcome
from tracepy.session.holdout import HoldOut
from tracepy.session.program import Program
from tracepy.shrink import round_numbers, shrink
from tracepy.trainers import Trainer


def choose(
    trainer: Trainer,
    optimizer: Optimizer | None,
    budget: Budget,
    found: Plausible,
    program: Program,
    objective: Objective,
    observer: Observer,
    held: HoldOut | None = None,
) -> tuple[Outcome, tuple[Fix, ...]]:
    """The best fix, and all that are offered.

    Args:
        trainer: It has reached the goal.
        optimizer: Where further fixes come from; None looks for no more.
        budget: Of the run.
        found: Collects the trainer's outcomes that reach the goal.
        program: What is improved.
        objective: What judges.
        observer: Runs fixes on inputs.
        held: What was held out; it chooses among those that are compared.
    """
    task = trainer.task
    if optimizer is not None:
        explore(trainer, optimizer, budget, found)
    budget.reserve = 0
    tests = of_tests(objective, program.target.modules, calls_of(task))
    small: dict[str, Outcome] = {}
    for outcome in promising(found.outcomes, task, tests):
        shrunk = shrink(outcome, program.originals, trainer.ties)
        small.setdefault(shrunk.proposal.digest(), shrunk)
    left = None if budget.seconds is None else budget.seconds - budget.elapsed
    late = left is not None and left < WHOLE
    fixes = list(small.values())
    worth = None if held is None else held.values
    offered = offer(fixes, task, tests, None if late else observer, left, worth)
    best, first = offered[0]
    rounded = round_numbers(best, task, trainer.ties)
    first = dataclasses.replace(first, number=rounded.number, note=rounded.proposal.note)
    return rounded, (first, *(fix for _, fix in offered[1:]))
