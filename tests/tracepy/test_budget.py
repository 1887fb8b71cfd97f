"""Budgets: whichever bound is reached first ends the run."""

from tracepy.budget import DEFAULT_EVALUATIONS, Budget
from tracepy.settings import Settings


def test_evaluations_bound_the_run() -> None:
    budget = Budget(3, None, None)
    budget.spent = 2
    assert (budget.left, budget.exhausted) == (1, False)
    budget.spent = 4
    assert (budget.left, budget.exhausted) == (0, True)


def test_iterations_bound_the_run() -> None:
    budget = Budget(None, 2, None)
    budget.turns = 2
    assert budget.exhausted
    assert budget.left is None


def test_seconds_are_read_from_the_clock_given() -> None:
    now = [100.0]
    budget = Budget(None, None, 5.0, clock=lambda: now[0])
    assert not budget.exhausted
    now[0] = 105.0
    assert budget.exhausted
    assert budget.elapsed == 5.0


def test_silence_means_the_defaults_and_one_bound_means_only_that_one() -> None:
    assert Budget.of(Settings()).evaluations == DEFAULT_EVALUATIONS
    assert Budget.of(Settings(time=3.0)).evaluations is None
    assert Budget.of(Settings(evaluations=7)).seconds is None


def test_a_twentieth_is_kept_back_for_shrinking_the_winner() -> None:
    budget = Budget.of(Settings(evaluations=100))
    budget.spent = 95
    assert budget.exhausted
    budget.reserve = 0
    assert budget.left == 5
