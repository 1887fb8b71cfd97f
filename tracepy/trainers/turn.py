"""Turns: from which base, about which cases, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracepy.budget import Budget
from tracepy.optimizers.base import Outcome, Task
from tracepy.trainers.minibatch import Minibatches, lost
from tracepy.trainers.registry import Shape
from tracepy.trainers.shortlist import Shortlist
from tracepy.trainers.traces import Traces, bare


@dataclass(frozen=True)
class Turn:
    """One round of proposals.

    Attributes:
        base: What the proposals should start from.
        cases: A minibatch: names of the cases that feedback should be about; empty stands for all.
        gate: What the base loses on these cases: a candidate that loses as much there is judged no
            further. None judges it on.
    """

    base: Outcome
    cases: tuple[str, ...] = ()
    gate: float | None = None


class Turns:
    """Gives turns out, until the trainer's patience is at its end.

    Args:
        shape: Which trainer, with which options.
        task: What is to be improved.
        start: The program as it stands.
        budget: What is spent: patience counts evaluations.
        gates: Whether minibatches may stop candidates: not where the objective is noisy, since a
            base that once was lucky would turn away all that are better.

    Attributes:
        restarts: How often the search started again.
        aside: Whether there were new bests that were none on what is held out.
        notes: What a reader of the result should know.
    """

    def __init__(
        self, shape: Shape, task: Task, start: Outcome, budget: Budget, *, gates: bool
    ) -> None:
        self.notes: list[str] = []
        self._shape = shape
        self._task = task
        self._start = bare(start)
        self._budget = budget
        self._gates = gates and task.sign > 0
        self._traces = Traces(start)
        self._selection = shape.selection(task, self._start)
        self.restarts = 0
        self.aside = False
        self._shortlist = Shortlist(self._start)
        self._since: int | None = None  # evaluations spent when there was news last
        self._turn: Turn | None = None
        self._fruitful = False  # whether the turn has brought more than a trace of its base
        self._minibatches: Minibatches | None = None
        if shape.minibatch is not None:
            seed = f"{task.seed} minibatch"
            self._minibatches = Minibatches(shape.minibatch, start, task.sign, seed)
            if not self._minibatches.needed:
                number = len(start.evaluation.cases)
                self.notes.append(
                    f"minibatches of {shape.minibatch} were not needed: the objective has "
                    f"{number or 'no'} case{'' if number == 1 else 's'}"
                )

    def next(self) -> Turn | None:
        """The next turn; None where patience is at its end."""
        if self._since is None:
            self._since = self._budget.spent
        patience = self._shape.patience
        over = patience is not None and self._budget.spent - self._since >= patience
        if over and not self.restart():
            self.notes.append(self._ended())
            return None
        if self._turn is None:
            base = self._selection.base()
            cases = self._minibatches.take(base) if self._minibatches else ()
            gated = bool(cases) and self._gates and self._selection.gated
            gate = lost(base, cases) if gated else None
            self._turn = Turn(base, cases, gate)
        turn = self._turn
        self._fruitful = False
        return replace(turn, base=self._traces.on(turn.base))

    def restart(self) -> bool:
        """Start the search again from another program; False where no restart is left."""
        if self.restarts >= self._shape.restarts:
            return False
        self.restarts += 1
        self._since = self._budget.spent
        begin = self._shortlist.leave(self._selection.held())
        self._selection = self._shape.selection(self._task, begin, self.restarts)
        self._turn = None
        return True

    def ranked(self) -> list[Outcome]:
        """The programs that the search went or could have gone on from, the best first."""
        return self._shortlist.ranked(self._selection.held())

    def rival(self) -> Outcome | None:
        """What a candidate must be better than to be of use; None where all are judged to their end."""
        return self._selection.rival()

    def hear(self, outcomes: Sequence[Outcome]) -> None:
        """Some of what came of a turn, as soon as it is there."""
        assert self._turn is not None
        self._traces.note(outcomes)
        base = self._turn.base.proposal.digest()
        new = []
        for outcome in outcomes:
            proposal = outcome.proposal
            known = proposal.digest() == base
            # To trace the base, or to ask something about it, is to get ready for the turn.
            self._fruitful |= not (proposal.probe or (known and proposal.trace))
            if not (proposal.probe or known):
                new.append(bare(outcome))
        self._selection.take(new)
        self._shortlist.note(new)

    def done(self, *, news: bool) -> None:
        """A turn is over.

        Args:
            news: Whether the run has a new best.
        """
        if news:
            self._since = self._budget.spent
        if self._fruitful:
            self._turn = None

    def _ended(self) -> str:
        again = " on what is held out" if self.aside else ""
        if self.restarts:
            again += f", after {self.restarts} restart{'' if self.restarts == 1 else 's'}"
        return f"the search ended after {self._shape.patience} evaluations without a better candidate{again}"
