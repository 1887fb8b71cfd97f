"""A run gone on with: what was judged before is answered from the store.

Optimizers are deterministic, so the loop that runs again from its start proposes what it proposed
before. Each proposal gets the verdict that it got then, until there are no more; from there on
the judge judges. Nothing of an optimizer's state has to be kept, and none of it can be wrong.

Where the objective is noisy, each draw decides what is asked next. So all that the judge says is
kept as it comes (`store.answers`), under its place among all that the run asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from tracepy.budget import Budget
from tracepy.errors import UserError
from tracepy.evaluation import Job
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import digest
from tracepy.reuse import Reuse
from tracepy.store import Answer, Recorded, Store

_SLOW = 0.2  # seconds; a verdict that took longer is kept before the rest of its batch is there
_AHEAD = 500  # answers that are read together


class Replay:
    """A judge with the memory of a run.

    Args:
        judge: Judges what is new, or knows its verdict from another run.
        store: Where the run is kept.
        run_id: The run that is gone on with; its own id, or an empty one for a run that is new.
        graphs: Whether graphs are kept: a model is shown them, and must be asked the same again.
        budget: Of the run. Time that was spent before counts, time that replaying takes does not.

    Attributes:
        noisy: To be set as soon as the objective is found to be: from then on all that the judge
            says is kept.
        done: How many of the run's evaluations were given from the store.
        whole: False where the store has not all that a noisy run was told: it is of a tracepy that
            kept evaluations alone.
    """

    def __init__(
        self, judge: Reuse, store: Store, run_id: str, budget: Budget, *, graphs: bool = False
    ) -> None:
        self.judge = judge
        self._graphs = graphs
        self.noisy = False
        self.done = 0
        self.whole = True
        self._budget = budget
        budget.replayed = self.late if run_id else None
        self._store = store
        self._run = run_id
        self._rows: list[Recorded] = []
        self._rows_left = bool(run_id)
        self._asked = 0  # jobs, draws included
        self._answers: dict[int, Answer] = {}
        self._read: float = 0 if run_id else inf  # the place up to which answers are read
        self._kept: set[int] = set()  # places since the last batch whose answers are stored
        self._unstored: list[Answer] = []  # until the run is in the store

    def begun(self, run_id: str) -> None:
        """The run is in the store from now on."""
        self._run = run_id
        self._keep(self._unstored)

    @property
    def next(self) -> Recorded | None:
        """The next of the run's evaluations; None once all are given."""
        if not self._rows and self._rows_left:
            self._rows = self._store.recorded(self._run, self.done)[::-1]
            self._rows_left = bool(self._rows)
        return self._rows[-1] if self._rows else None

    def late(self) -> bool | None:
        """Whether the run found its time used up at this point; None where the store says no more."""
        known = self._answer(self._asked) or (None if self.noisy else self.next)
        return None if known is None else known.late

    def baseline(self) -> Evaluation:
        """The traced verdict on the program as it stands.

        Raises:
            BaselineError, UserError: as `Judge.baseline`.
        """
        job = Job({}, trace=True)
        found = self._known(job, 0)
        if found is None:
            found = self.judge.baseline()
            self._keep([self._as_answer(job, found, 0)])
        else:
            self.judge.expect(found)
            self.whole = self._answer(0) is not None
        self._asked = 1
        return found

    def evaluate(self, jobs: Sequence[Job]) -> list[Evaluation]:
        """The verdicts on jobs, in their order.

        Raises:
            UserError: the run asks for something else than it did.
        """
        first, self._asked = self._asked, self._asked + len(jobs)
        found = [self._known(job, first + index) for index, job in enumerate(jobs)]
        new = [index for index, known in enumerate(found) if known is None]

        def told(number: int, evaluation: Evaluation) -> None:
            index = new[number]
            if evaluation.seconds > _SLOW:
                self._keep([self._as_answer(jobs[index], evaluation, first + index)])

        if new:
            judged = self.judge.evaluate([jobs[index] for index in new], told)
            for index, evaluation in zip(new, judged, strict=True):
                found[index] = evaluation
            self._keep(
                [
                    self._as_answer(jobs[index], evaluation, first + index)
                    for index, evaluation in zip(new, judged, strict=True)
                    if (self.noisy or jobs[index].draw) and first + index not in self._kept
                ]
            )
            self._kept.clear()
        return [evaluation for evaluation in found if evaluation is not None]

    def _known(self, job: Job, place: int) -> Evaluation | None:
        """What the run was told at a place; None where the store does not know."""
        answer = self._answer(place)
        row = None if self.noisy or job.draw else self.next
        known = answer or row
        if known is None:
            return None
        if known.data is None:
            raise UserError(
                f"run {self._run} was made by a tracepy that kept too little of it to resume"
            )
        asked = digest(job.sources)
        if known.digest != asked or (row and (row.digest, row.beat) != (asked, job.beat)):
            raise UserError(
                f"run {self._run} cannot be resumed: evaluation {place} would be another "
                "candidate now (another version of tracepy, of Python or of a library, or an "
                "optimizer that is not deterministic); "
                f"what it found is kept: tracepy show {self._run}"
            )
        if row is not None:
            self._rows.pop()
            self.done += 1
        return Evaluation.from_dict(dict(known.data))

    def _answer(self, place: int) -> Answer | None:
        while place >= self._read:
            ahead = self._store.answers(self._run, int(self._read), _AHEAD)
            # Those behind are given, and not needed any more.
            self._answers = {
                answer.number: answer
                for answer in [*self._answers.values(), *ahead]
                if answer.number >= place - 1
            }
            self._read = ahead[-1].number + 1 if len(ahead) == _AHEAD else inf
        return self._answers.get(place)

    def _as_answer(self, job: Job, evaluation: Evaluation, place: int) -> Answer:
        data = evaluation.to_dict()
        if not self._graphs:
            data["graph"] = None
        return Answer(place, digest(job.sources), self._budget.late, data)

    def _keep(self, answers: Sequence[Answer]) -> None:
        if not self._run:
            self._unstored += answers
        elif answers:
            self._store.answer(self._run, answers, seconds=self._budget.elapsed)
            self._kept.update(answer.number for answer in answers)
