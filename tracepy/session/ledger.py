"""What the store is told of a run as it goes."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import Any

from tracepy.budget import Budget
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers import Outcome
from tracepy.reuse import Reuse
from tracepy.session.program import Program
from tracepy.session.standing import Standing
from tracepy.store import EvaluationRow, Store, Verdict
from tracepy.store.records import RunStatus


class Ledger:
    """Writes each verdict, and each new best, into the store.

    Args:
        store: Where the run is kept.
        run_id: The run.
        optimizer: The optimizer's name.
        program: What is improved.
        standing: The best so far, which is kept up to date here.
        budget: What is spent.
        reuse: Knows which verdicts are those of other runs.
        recorded: How many evaluations the store held when the run was taken up.
    """

    def __init__(
        self,
        store: Store,
        run_id: str,
        optimizer: str,
        program: Program,
        standing: Standing,
        budget: Budget,
        reuse: Reuse,
        recorded: int,
    ) -> None:
        self._store = store
        self._run = run_id
        self._optimizer = optimizer
        self._program = program
        self._standing = standing
        self._budget = budget
        self._reuse = reuse
        self._recorded = recorded

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        """Verdicts that are there, in the order of their numbers."""
        new = [outcome for outcome in outcomes if outcome.number >= self._recorded]
        if new:
            kept = [self._kept(outcome) for outcome in new]
            self._store.add(
                self._run,
                [row for row, _ in kept],
                [verdict for _, verdict in kept],
                seconds=self._budget.elapsed,
                calls=self._calls(new),
            )
        better = self._standing.take(outcomes)
        # What was recorded before the run was taken up is in the store, but for a best candidate
        # that a kill came in between. The baseline of a new run is its first best.
        if new and (better or new[0].number == self._recorded):
            self.keep("running")

    def keep(self, status: RunStatus) -> None:
        """The best so far, and how the run is."""
        standing, program = self._standing, self._program
        changes = program.changes(standing.sources)
        self._store.finish(
            self._run,
            status=status,
            baseline=standing.before,
            best=standing.best.evaluation.score,
            improved=standing.improved,
            evaluations=self._budget.spent,
            seconds=self._budget.elapsed,
            new={str(change.path): change.new for change in changes},
            parameters=program.changed(standing.sources),
            patch=program.patch(changes),
            graph=standing.task.baseline.graph,
            fixes=[fix.to_dict() for fix in standing.fixes],
        )

    def _kept(self, outcome: Outcome) -> tuple[EvaluationRow, Verdict]:
        key, run = self._reuse.about(outcome.proposal.digest())
        # A model is shown graphs and pictures, and must be asked the same when the run goes on.
        asks = self._standing.task.model is not None
        shown = asks or outcome.number == 0 or outcome.value > self._standing.best.value
        data = _to_keep(outcome.evaluation, graph=asks, images=shown)
        verdict = Verdict(data, outcome.beat, self._budget.late, key)
        return _row(outcome, self._optimizer, run), verdict

    def _calls(self, outcomes: Sequence[Outcome]) -> dict[int, int]:
        """Which of them came of a model's call: the call's number -> the evaluation's."""
        if self._standing.task.model is None:
            return {}
        from tracepy.optimizers.generative.base import Tried

        found: dict[int, int] = {}
        for outcome in outcomes:
            origin = outcome.proposal.origin
            if isinstance(origin, Tried) and origin.call >= 0:
                found.setdefault(origin.call, outcome.number)
        return found


def _row(outcome: Outcome, optimizer: str, reused: str | None) -> EvaluationRow:
    evaluation, proposal = outcome.evaluation, outcome.proposal
    passed, cases = evaluation.passed or (None, None)
    return EvaluationRow(
        index=outcome.number,
        digest=proposal.digest(),
        note=proposal.note,
        score=evaluation.score,
        status=evaluation.status,
        feedback=evaluation.feedback,
        seconds=evaluation.seconds,
        sources=dict(proposal.sources),
        parent=proposal.parent,
        proposer=proposal.proposer or optimizer,
        reason=proposal.reason,
        cpu=evaluation.cpu,
        memory=evaluation.memory,
        complete=evaluation.complete,
        passed=passed,
        cases=cases,
        created=time.time(),
        reused=reused,
    )


def _to_keep(evaluation: Evaluation, *, graph: bool, images: bool) -> dict[str, Any]:
    """A verdict without what nobody reads again: `asdict` of a large trace takes its time."""
    kept = dataclasses.replace(
        evaluation,
        output="",
        graph=evaluation.graph if graph else None,
        images=evaluation.images if images else (),
    )
    return kept.to_dict()
