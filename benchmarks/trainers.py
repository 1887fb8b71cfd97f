"""Trainers on made-up problems, and what they cost over a long run.

python -m benchmarks.trainers

A program is eight numbers of 0 to 3; a case passes where the two (slope) or three (plateau) numbers
that it looks at are those of a hidden solution. On the slope a run starts from numbers drawn at
random, on the plateau from numbers that pass no case. The optimizer changes one or two numbers of
the base without thinking. So the figures say how trainers go about, not how good a run with a
model is.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.report import publish
from tracepy.budget import Budget
from tracepy.evaluation.records import Case, Evaluation, Job
from tracepy.optimizers.base import Outcome, Proposal, State, Task
from tracepy.trainers import Shape, Trainer
from tracepy.transforms.source import Source

NUMBERS, VALUES, CASES = 8, 4, 24
SEEDS, EVALUATIONS = 20, 600
LONG = 20_000
SHAPES = (
    "greedy", "sequential", "beam", "beam:width=10", "pareto", "pareto:minibatch=3", "ucb",
    "ucb:explore=0", "ucb:explore=0.25", "greedy:patience=150,restarts=9",
)  # fmt: skip


class Problem:
    """A judge of programs, which stops where it is told to."""

    def __init__(self, seed: int, looks_at: int) -> None:
        draw = random.Random(seed)
        solution = [draw.randrange(VALUES) for _ in range(NUMBERS)]
        self.wanted = {
            f"c{i}": {place: solution[place] for place in draw.sample(range(NUMBERS), looks_at)}
            for i in range(CASES)
        }
        drawn = [draw.randrange(VALUES) for _ in range(NUMBERS)]
        self.start = drawn if looks_at == 2 else [VALUES] * NUMBERS
        self.cases = 0  # that were judged

    def evaluate(self, jobs: Sequence[Job]) -> list[Evaluation]:
        """Verdicts in the order of the jobs."""
        return [self.judged(job) for job in jobs]

    def judged(self, job: Job) -> Evaluation:
        """A verdict."""
        numbers = json.loads(job.sources["m.py"]) if job.sources else self.start
        names = [*job.first, *(name for name in self.wanted if name not in job.first)]
        found: list[Case] = []
        lost = 0
        for place, name in enumerate(names):
            passes = all(numbers[i] == number for i, number in self.wanted[name].items())
            found.append(Case(name, float(passes)))
            lost += not passes
            beaten = job.beat is not None and 1 - lost / CASES <= job.beat
            if beaten or (job.gate is not None and place < len(job.first) and lost >= job.gate):
                break
        self.cases += len(found)
        score = sum(case.score for case in found) / CASES
        return Evaluation("ok", score, cases=tuple(found), complete=len(found) == CASES)


class Blind:
    """Changes one number of the base, now and then two."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.draw = random.Random(seed)
        self.start = json.dumps(problem.start)

    def propose(self, state: State) -> Sequence[Proposal]:
        """One candidate."""
        numbers = json.loads(state.base.proposal.sources.get("m.py", self.start))
        for _ in range(self.draw.choice((1, 1, 2))):
            numbers[self.draw.randrange(NUMBERS)] = self.draw.randrange(VALUES)
        return [Proposal({"m.py": json.dumps(numbers)}, "", parent=state.base.number)]

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        """It learns nothing."""


def run(shape: str, looks_at: int, seed: int, evaluations: int, goal: float) -> tuple[Trainer, int]:
    """A run, and how many cases were judged in it."""
    problem = Problem(seed, looks_at)
    baseline = problem.judged(Job({}))
    task = Task({"m.py": Source("", "m.py")}, {"m.py": "m"}, baseline, 1,
                lambda _: [], lambda *_: [], seed)  # fmt: skip
    trainer = Trainer(task, problem, Budget(evaluations, None, None), goal,
                      lambda _: None, lambda _: None, shape=Shape.of(shape))  # fmt: skip
    trainer.run(Blind(problem, seed))
    return trainer, problem.cases - CASES


def main() -> None:
    """Publish the table."""
    rows: list[dict[str, Any]] = []
    for shape in SHAPES:
        row: dict[str, Any] = {"trainer": shape}
        for name, looks_at in (("slope", 2), ("plateau", 3)):
            runs = [run(shape, looks_at, seed, EVALUATIONS, 1.0) for seed in range(SEEDS)]
            row[f"{name}: solved"] = sum(trainer.reached() for trainer, _ in runs)
            row[f"{name}: best"] = statistics.mean(trainer.best.value for trainer, _ in runs)
            row[f"{name}: cases judged"] = statistics.mean(cases for _, cases in runs)
        began = time.perf_counter()
        trainer, _ = run(shape, 2, 0, LONG, 2.0)
        row["µs each"] = (time.perf_counter() - began) / trainer.budget.spent * 1e6
        rows.append(row)
    note = (
        f"{SEEDS} runs of {EVALUATIONS} evaluations of {CASES} cases; µs with judging, of {LONG:,}"
    )
    publish("trainers", rows, note)


if __name__ == "__main__":
    main()
