"""A run gone on with: what was judged before is answered from the store.

Optimizers are deterministic, so the loop that runs again from its start proposes what it proposed
before. Each proposal gets the verdict that it got then, until there are no more; from there on
the judge judges. Nothing of an optimizer's state has to be kept, and none of it can be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.errors import UserError
from tracepy.evaluation import Job
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import digest
from tracepy.reuse import Reuse
from tracepy.store import Recorded, Store


class Replay:
    """A judge with the memory of a run.

    Args:
        judge: Judges what is new, or knows its verdict from another run.
        store: Where the run is kept.
        run_id: The run that is gone on with; its own id, or an empty one for a run that is new.
    """

    def __init__(self, judge: Reuse, store: Store, run_id: str) -> None:
        self.judge = judge
        self.done = 0  # verdicts given from the store
        self._store = store
        self._run = run_id
        self._ahead: list[Recorded] = []
        self._over = not run_id

    @property
    def next(self) -> Recorded | None:
        """The next verdict of the store; None once all are given."""
        if not self._ahead and not self._over:
            self._ahead = self._store.recorded(self._run, self.done)[::-1]
            self._over = not self._ahead
        return self._ahead[-1] if self._ahead else None

    def late(self) -> bool | None:
        """Whether the run found its time used up at this point; None where the store says no more."""
        known = self.next
        return None if known is None else known.late

    def baseline(self) -> Evaluation:
        """The traced verdict on the program as it stands.

        Raises:
            BaselineError, UserError: as `Judge.baseline`.
        """
        if self.next is None:
            return self.judge.baseline()
        found = self._take(Job({}, trace=True))
        self.judge.expect(found)
        return found

    def evaluate(self, jobs: Sequence[Job]) -> list[Evaluation]:
        """The verdicts on jobs, in their order.

        Raises:
            UserError: the run asks for something else than it did.
        """
        if jobs and jobs[0].draw:  # the same program once more, to hear the noise: never stored
            return self.judge.evaluate(jobs)
        found: list[Evaluation] = []
        for job in jobs:
            if self.next is None:
                break
            found.append(self._take(job))
        rest = jobs[len(found) :]
        return found + (self.judge.evaluate(rest) if rest else [])

    def _take(self, job: Job) -> Evaluation:
        known = self.next
        assert known is not None
        if known.data is None:
            raise UserError(
                f"run {self._run} was made by a tracepy that kept too little of it to resume"
            )
        if known.digest != digest(job.sources) or known.beat != job.beat:
            raise UserError(
                f"run {self._run} cannot be resumed: evaluation {known.number} would be another "
                "candidate now (another version of tracepy, of Python or of a library, or an "
                "optimizer that is not deterministic); "
                f"what it found is kept: tracepy show {self._run}"
            )
        self._ahead.pop()
        self.done += 1
        return Evaluation.from_dict(known.data)
