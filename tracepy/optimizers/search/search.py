"""The loop of `search`: repair and tuning in turn, each starting from the best so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracepy.optimizers.base import Outcome, Proposal, State, Task
from tracepy.optimizers.search.contenders import Contenders
from tracepy.optimizers.search.edits import Base, edit_proposals
from tracepy.optimizers.search.guides import Guides
from tracepy.optimizers.search.progress import progress
from tracepy.optimizers.search.queue import Queue
from tracepy.optimizers.search.secant import Secants
from tracepy.optimizers.search.settings import NONE, Ablations
from tracepy.optimizers.search.synthesis import Synthesis
from tracepy.optimizers.search.tuning import Tuning

# How many candidates a turn has, of each way of proposing.
_EDITS = 16
# To think of a program is a turn, whatever comes of it.
_TURNS = {"edit": _EDITS, "tune": 2, "both": 6, "program": 1}
# What the writing of programs is worth beside edits, where no stub waits for them.
_LATER = 0.3
_LEAST_CREDIT = 0.1


@dataclass
class _Arm:
    """One way of proposing, and how well it has done lately."""

    credit: float = 1.0
    spent: int = 0

    def reward(self, won: bool) -> None:
        self.credit = self.credit * 0.97 + (1.0 if won else 0.0)


class Search:
    """Typed edits of ranked statements, interleaved with tuning of the constants.

    Repair starts from the program as it stands. A candidate that scores better becomes the new
    base; it is traced, its constants are tuned and its edits go first; edits that lost are tuned,
    too. Candidates that lost but came further than their base are edited a second and a third time:
    a few of them beside the single edits, all when those are used up.
    """

    def __init__(self, task: Task, ablations: Ablations = NONE) -> None:
        self.task = task
        self.ablations = ablations
        self.guides = Guides(task, ablations)
        value = task.value(task.baseline)
        self.best = Base({}, task.baseline, value)
        self.seen: set[str] = {Proposal({}, "").digest()}
        self.tried: set[tuple[str, str]] = set()
        self.queue = Queue(self._edits_of, self.seen)
        self.secants = Secants({path: one.text for path, one in task.originals.items()})
        self.following: list[Proposal] = []
        self.queue.push(self.best)
        self.tuning = Tuning(task)
        self.tuning.begin(self.best)
        self.contenders = Contenders(task)
        self.programs = Synthesis(task)
        self.arms = {name: _Arm() for name in _TURNS}
        if not self.programs.stubs:  # an edit is the smaller change, so it is the likelier one
            self.arms["program"].credit = _LATER
        self._turn = "edit"
        self._to_trace: Base | None = None

    def propose(self, state: State | None = None) -> Sequence[Proposal]:
        if self._to_trace is None and self.tuning.worth_tracing():
            self._to_trace = self.best
        if self._to_trace is not None:
            base = self._to_trace
            return [
                Proposal(
                    base.sources,
                    "tracing the best so far",
                    trace=True,
                    origin=base,
                    parent=base.number,
                    reason="a better program: its trace says which lines its failures run through",
                )
            ]
        asking = self.guides.asking()
        if asking is not None:
            return [asking]
        while True:
            for turn in self._order():
                batch = self._batch(turn)
                if batch:
                    self._turn = turn
                    self.arms[turn].spent += len(batch) if turn != "program" else 0
                    return batch
            if not self.programs.running:
                return []

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        if self._to_trace is not None:
            self._traced(outcomes)
            return
        if self.guides.observe(outcomes):
            return
        won: Outcome | None = None
        if self._turn == "edit":
            self.following += self.secants.observe(outcomes)
        for outcome in outcomes:
            origin = outcome.proposal.origin
            if (self._turn == "edit" and isinstance(origin, Base)) and (
                not outcome.evaluation.complete or outcome.value == origin.value
            ):
                self.queue.keep(outcome)
            if outcome.value > (won.value if won else self.best.value):
                won = outcome
        if self._turn == "tune":
            self.tuning.observe(outcomes, won is not None)
        elif self._turn == "both":
            self.contenders.observe(outcomes)
        elif self._turn == "edit" and self.tuning.tuner is not None:
            self.contenders.offer([outcome for outcome in outcomes if outcome is not won])
        self.arms[self._turn].reward(won is not None)
        if won is not None:
            if self._turn == "program":
                self.programs.won()
            self._advance(won)

    def adopt(self, outcomes: Sequence[Outcome]) -> None:
        """Take in programs that somebody else proposed and that were judged.

        A better one is gone on with; what lost is edited, and tuned, beside the search's own.
        """
        self.tuning.inline = self.contenders.inline = self.task.graded
        won: Outcome | None = None
        for outcome in outcomes:
            self.seen.add(outcome.proposal.digest())
            if outcome.value > (won.value if won else self.best.value):
                won = outcome
        for outcome in outcomes:
            evaluation = outcome.evaluation
            if outcome is won:
                continue
            far = progress(self.best.verdict, evaluation)
            traced = evaluation if evaluation.trace is not None else self.best.evaluation
            notes = (*self.best.notes, outcome.proposal.note)
            sources = outcome.proposal.sources
            self.queue.offer(
                Base(sources, traced, outcome.value, notes, outcome.number, evaluation, 1), far
            )
            if self.task.graded:
                proposal = replace(outcome.proposal, origin=self.best)
                self.contenders.offer([replace(outcome, proposal=proposal)])
        if won is not None:
            self._turn = "edit"
            self._advance(won)
            if won.evaluation.trace is not None:
                self._traced([won])

    def others(self) -> Sequence[Proposal]:
        """Further edits of the programs before the best one: other ways to where it came."""
        return self._edits()

    def _order(self) -> list[str]:
        """Which arm goes next: the one with more credit for what it has cost."""
        if self.tuning.first:
            return ["tune", "edit"]
        # A batch of edits is larger than one of points, so turns count, not candidates.
        turns = {name: arm.spent / _TURNS[name] for name, arm in self.arms.items()}
        tuned = self.tuning.tuner is not None
        there = {
            "edit": True,
            "tune": tuned,
            "both": tuned or self.contenders.any,
            "program": self.programs.running,
        }
        # A floor: an arm that has not won for long still gets its turn now and then.
        cost = {
            name: (turns[name] + 1) / max(arm.credit, _LEAST_CREDIT)
            for name, arm in self.arms.items()
            if there[name]
        }
        first = "program" if self.programs.eager else "tune"
        return sorted(cost, key=lambda name: (cost[name], name != first, name == "program"))

    def _batch(self, turn: str) -> list[Proposal]:
        if turn == "edit":
            return self._edits()
        if turn == "tune":
            return self.tuning.propose(_TURNS[turn])
        if turn == "both":
            return self.contenders.propose(_TURNS[turn], self.tuning.names, self.best.value)
        self.arms["program"].spent += 1
        programs = self.programs.propose(self.best)
        fresh = {x.digest(): x for x in programs if x.digest() not in self.seen}
        self.seen |= fresh.keys()
        return list(fresh.values())

    def _edits(self) -> list[Proposal]:
        """What the last edits suggest, then the next new edits of the newest base that has some left."""
        following, self.following = self.following, []
        fresh = {one.digest(): one for one in following if one.digest() not in self.seen}
        self.seen |= fresh.keys()
        batch = list(fresh.values())[:_EDITS]
        return batch + self.queue.take(_EDITS - len(batch))

    def _edits_of(self, base: Base) -> Iterator[Proposal]:
        guide = self.guides.of(base)
        return edit_proposals(self.task, base, self.tried, guide, self.ablations)

    def _advance(self, won: Outcome) -> None:
        """A better program: its edits go first, its constants are tuned afresh if code changed."""
        base = Base(
            won.proposal.sources,
            won.evaluation,
            won.value,
            (*self.best.notes, won.proposal.note),
            won.number,
        )
        self.best = base
        if self._turn != "tune":
            self._to_trace = base
            self.tuning.begin(base, edited=True)
            self.arms["tune"].credit = max(self.arms["tune"].credit, 1.0)

    def _traced(self, outcomes: Sequence[Outcome]) -> None:
        base = self._to_trace
        self._to_trace = None
        if base is None:
            return
        if outcomes and outcomes[0].evaluation.trace is not None:
            base = replace(base, evaluation=outcomes[0].evaluation)
            self.best = base
            self.tuning.traced(base)
        self.queue.push(base)
