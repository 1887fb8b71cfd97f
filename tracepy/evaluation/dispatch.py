"""A judge whose candidates are judged elsewhere: in the workers of an executor."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Protocol

from tracepy.closing import Closing
from tracepy.errors import BaselineError, UserError
from tracepy.evaluation.records import Evaluation, Job, Told
from tracepy.evaluation.remote import Answer, Recipe, Task
from tracepy.evaluation.shipment import Shipment
from tracepy.objective.record import Objective

# Jobs that go in one task at most: one trip for several, and no worker is long without any.
_BATCH = 4


class TookDownWorkers(Exception):
    """A task's worker died, and so did those that it was given to afterwards."""


class Pool(Protocol):
    """Workers that do tasks. Its futures have `cancel()`.

    Attributes:
        slots: How many tasks run at once.
    """

    slots: int

    def submit(self, task: Task) -> Any:
        """A future of the task's answer. Raises ExecutorLost."""
        ...

    def wait(self, futures: Collection[Any]) -> Collection[Any]:
        """Those that are done, at least one of them. Raises ExecutorLost."""
        ...

    def answer(self, future: Any) -> Answer:
        """The answer of one that is done. Raises ExecutorLost, TookDownWorkers."""
        ...

    def close(self) -> None:
        """Have the workers put away what they were sent."""
        ...


class Dispatcher(Closing):
    """Judges candidates in a pool's workers; what a run needs of a `Judge`, with a `Judge`'s results.

    Args:
        objective: What says how good the program is.
        pool: The workers.
        recipe: How they make a judge.
        shipment: The files that they need.
    """

    # What shuts candidates in is found out by each worker, on its own machine.
    mode = "as the executor's workers offer"

    def __init__(
        self, objective: Objective, pool: Pool, recipe: Recipe, shipment: Shipment
    ) -> None:
        self.objective = objective
        self.expected: tuple[str, ...] = ()
        self._pool = pool
        self._recipe = recipe
        self._shipment = shipment
        self._running: dict[Any, tuple[Task, list[int]]] = {}

    def close(self) -> None:
        """Cancel what runs, and have the workers put away what they were sent."""
        self._cancel()
        self._pool.close()

    def baseline(self, *, trace: bool = False) -> Evaluation:
        """Judge the program as it stands; as `Judge.baseline`, errors included."""
        task = Task(self._recipe, (Job({}, trace=trace),), baseline=True)
        found = self._all(deque([(task, [0])]))[0]
        if found.score is None:
            raise BaselineError(f"the program as it stands cannot be judged: {found.feedback}")
        return found

    def evaluate(self, jobs: Sequence[Job], told: Told | None = None) -> list[Evaluation]:
        """The verdicts on `jobs`, in their order; `told` hears of them as they come.

        Raises:
            UserError: a worker cannot judge at all: it lacks what the program needs.
            ExecutorLost: the executor itself is gone.
        """
        size = max(1, min(_BATCH, len(jobs) // (2 * self._pool.slots)))
        waiting = deque(
            self._task(jobs, list(range(start, min(start + size, len(jobs)))))
            for start in range(0, len(jobs), size)
        )
        done = self._all(waiting, told)
        return [done[index] for index in range(len(jobs))]

    def _task(self, jobs: Sequence[Job], indexes: list[int]) -> tuple[Task, list[int]]:
        chosen = tuple(jobs[index] for index in indexes)
        return Task(self._recipe, chosen, self.expected), indexes

    def _all(
        self, waiting: deque[tuple[Task, list[int]]], told: Told | None = None
    ) -> dict[int, Evaluation]:
        done: dict[int, Evaluation] = {}
        try:
            while waiting or self._running:
                while waiting and len(self._running) < 2 * self._pool.slots:
                    task, indexes = waiting.popleft()
                    self._running[self._pool.submit(task)] = task, indexes
                for future in self._pool.wait(list(self._running)):
                    task, indexes = self._running.pop(future)
                    waiting.extendleft(self._settle(future, task, indexes, done))
                    if told is not None:
                        for index in set(indexes) & done.keys():
                            told(index, done[index])
        except BaseException:
            self._cancel()
            raise
        return done

    def _settle(
        self, future: Any, task: Task, indexes: list[int], done: dict[int, Evaluation]
    ) -> list[tuple[Task, list[int]]]:
        """Take in what became of a task; what is to be done anew."""
        try:
            answer = self._pool.answer(future)
        except TookDownWorkers as error:
            if len(indexes) == 1:
                done[indexes[0]] = Evaluation("crashed", None, str(error))
                return []
            # Each answers for itself, alone.
            return [
                (replace(task, jobs=(job,)), [index])
                for job, index in zip(task.jobs, indexes, strict=True)
            ]
        if answer.missing:
            return [(replace(task, shipment=self._shipment), indexes)]
        if answer.error is not None:
            text, status = answer.error
            raise (BaselineError if status == BaselineError.exit_status else UserError)(text)
        if task.baseline:
            self.expected = answer.expected
        done.update(zip(indexes, answer.evaluations, strict=True))
        return []

    def _cancel(self) -> None:
        for future in self._running:
            future.cancel()
        self._running.clear()
