"""A lucky draw does not win; a truly better candidate mostly does."""

import random

import pytest

from tracepy.budget import Budget
from tracepy.comparison import Draws, doubt, student_tail
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import Outcome, Proposal, Task
from tracepy.trainers.racing import Racing


@pytest.mark.parametrize(
    ("t", "degrees", "tail"),
    [(0.0, 5, 0.5), (1.0, 1, 0.25), (2.015, 5, 0.05), (1.812, 10, 0.05), (-1.0, 1, 0.75)],
)
def test_the_tail_of_students_t_is_as_in_the_tables(t, degrees, tail):
    assert student_tail(t, degrees) == pytest.approx(tail, abs=1e-4)


def test_two_equal_draws_are_not_taken_at_their_word():
    assert doubt(Draws((1.0, 1.0)), Draws((0.0, 0.0))) == pytest.approx(1 / 6)


NOISES = {
    "gaussian": lambda r: r.gauss(0, 1),
    "heavy tails": lambda r: r.gauss(0, 1) / abs(r.gauss(0, 1)),
    "skewed": lambda r: r.lognormvariate(0, 1),
}


def claims(noise, better, seed, candidates=500):
    """Whether a run over candidates no better (but for one) ends with a claim that holds."""
    generator = random.Random(seed)

    def judged(jobs):
        effects = [better if job.sources.get("a") == "7" else 0.0 for job in jobs]
        return [Evaluation("ok", effect + noise(generator)) for effect in effects]

    task = Task({}, {}, Evaluation("ok", 0.0), 1, lambda _: [], lambda *_: [])
    budget = Budget(None, None, None)
    racing = Racing(task, judged, budget)
    best = Outcome(Proposal({}, "as it stands"), task.baseline, racing.mean)
    for number in range(candidates):
        proposal = Proposal({"a": str(number)}, "")
        evaluation = judged([proposal])[0]
        [settled] = racing.settle([Outcome(proposal, evaluation, evaluation.score)], best)
        best = settled if settled.value > best.value else best
    return bool(best.proposal.sources) and racing.final(best.proposal).sound


@pytest.mark.parametrize("name", NOISES)
def test_the_luckiest_of_500_candidates_is_not_called_better(name):
    assert sum(claims(NOISES[name], 0.0, seed) for seed in range(20)) <= 2


def test_one_that_is_better_by_two_sigma_is_found_and_kept():
    assert sum(claims(NOISES["gaussian"], 2.0, seed, 50) for seed in range(10)) >= 8
