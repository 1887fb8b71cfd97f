"""What is spent once the goal is reached."""

from collections.abc import Sequence

import pytest

from tracepy.budget import Budget
from tracepy.evaluation.records import Evaluation, Job
from tracepy.fixes.effort import explore
from tracepy.fixes.plausible import Plausible
from tracepy.optimizers import Outcome, Proposal, State, Task
from tracepy.trainers import Trainer
from tracepy.transforms.source import Source


class Judge:
    def evaluate(self, jobs: Sequence[Job]) -> list[Evaluation]:
        return [Evaluation("ok", float("good" in job.sources["m.py"])) for job in jobs]


def proposals(first: int, number: int, word: str = "bad") -> list[Proposal]:
    return [Proposal({"m.py": f"{word}{i} = {i}"}, str(i)) for i in range(first, first + number)]


class Endless:
    """Its fourth batch has a good one, and it has ideas without end."""

    def __init__(self) -> None:
        self.asked = 0
        self.next = 1000

    def propose(self, state: State) -> Sequence[Proposal]:
        self.next += 16
        batch = proposals(self.next, 16)
        return batch[:4] + proposals(self.next + 4, 1, "good") + batch[5:]

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        """It learns nothing."""

    def others(self) -> Sequence[Proposal]:
        self.asked += 1
        self.next += 16
        return proposals(self.next, 16)


def run(optimizer: Endless, budget: Budget) -> tuple[Budget, Plausible]:
    task = Task({"m.py": Source("a = 1", "m.py")}, {"m.py": "m"}, Evaluation("ok", 0.0), 1,
                lambda _: [], lambda *_: [])  # fmt: skip
    found = Plausible()
    trainer = Trainer(task, Judge(), budget, 1.0, found.take, lambda _: None)
    trainer.run(optimizer)
    explore(trainer, optimizer, budget, found)
    return budget, found


def test_a_tenth_of_what_was_spent_and_some_more():
    budget, found = run(Endless(), Budget(None, None, None))
    assert budget.spent == 8 + 32
    assert len(found.outcomes) == 1


def test_the_rest_of_the_batch_comes_first():
    optimizer = Endless()
    run(optimizer, Budget(16, None, None))
    assert optimizer.asked == 0


@pytest.mark.parametrize("evaluations", [8, 11, 20])
def test_never_more_than_the_user_allows(evaluations):
    budget, _ = run(Endless(), Budget(evaluations, None, None))
    assert budget.spent == evaluations


def test_what_is_kept_for_shrinking_is_left_alone():
    budget, _ = run(Endless(), Budget(20, None, None, reserve=5))
    assert budget.spent == 15


def test_iterations_count_too():
    budget, _ = run(Endless(), Budget(None, 2, None))
    assert budget.turns == 2


def test_ideas_that_end():
    optimizer = Endless()
    optimizer.others = list  # type: ignore[method-assign]
    budget, _ = run(optimizer, Budget(None, None, None))
    assert budget.spent == 16
