"""The benchmark of numbers: its functions are the literature's, and its tables count right."""

import math

import pytest

from benchmarks.numbers import functions
from benchmarks.numbers.ours import search
from benchmarks.numbers.paper import NUMERICAL
from benchmarks.numbers.problem import Dim, Judge, Spent
from benchmarks.numbers.table import Run, medians, standings


@pytest.mark.parametrize(
    ("loss", "where", "least"),
    [
        (functions.sphere, [0.0] * 12, 0.0),
        (functions.rosenbrock, [1.0] * 4, 0.0),
        (functions.rastrigin, [0.0] * 10, 0.0),
        (functions.ackley, [0.0] * 20, 0.0),
        (functions.griewank, [0.0] * 8, 0.0),
        (functions.levy, [1.0] * 6, 0.0),
        (functions.styblinski_tang, [-2.903534] * 8, -39.166166 * 8),
        (functions.branin, [math.pi, 2.275], 0.397887),
        (
            functions.hartmann,
            [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573],
            -3.32237,
        ),
        (
            functions.michalewicz,
            [2.202906, 1.570796, 1.284992, 1.923058, 1.720470],
            -4.687658,
        ),
        (functions.training, [0.003, 0.1, 0.9, 5, 64, "adam", False], 0.0),
    ],
)
def test_the_least_value_is_where_the_literature_has_it(loss, where, least) -> None:
    assert loss(where) == pytest.approx(least, abs=1e-4)


@pytest.mark.parametrize("problem", functions.FUNCTIONS, ids=lambda problem: problem.name)
def test_the_start_is_in_the_box_and_there_is_something_to_gain(problem) -> None:
    instance = problem.instance(3)
    assert all(
        0.0 <= dim.unit(x) <= 1.0 for dim, x in zip(instance.dims, instance.start, strict=True)
    )
    assert instance.loss(instance.start) > instance.least


def test_some_whole_number_solves_a_problem_of_the_paper() -> None:
    for seed in range(30):
        instance = NUMERICAL.instance(seed)
        assert min(instance.loss([x]) for x in (-3, -2, -1, 1, 2, 3)) == 0.0


def test_a_value_and_its_place_in_the_box_are_one() -> None:
    for dim in (Dim(1e-4, 1.0, log=True), Dim(-2.0, 3.0), Dim(1, 9), Dim(choices=("a", "b", "c"))):
        value = dim.fitted(0.6)
        assert dim.fitted(dim.unit(value)) == pytest.approx(value)


def test_the_tuner_spends_the_budget_and_no_more() -> None:
    instance = functions.FUNCTIONS[0].instance(0)
    judge = Judge(instance, 12, 0)
    with pytest.raises(Spent):
        search(instance, judge, 0)
    assert len(judge.regrets) == 12
    assert judge.regrets[-1] <= judge.regrets[0]


def test_tables_rank_by_what_is_left_of_the_starts_regret() -> None:
    runs = [
        Run("p", "search", 0, (4.0, 1.0)),
        Run("p", "search", 1, (4.0, 3.0)),
        Run("p", "other", 0, (4.0, 2.0)),
        Run("p", "other", 1, (4.0, 2.0)),
    ]
    budgets = {"p": (2,)}
    assert medians(runs, budgets) == [
        {"problem": "p", "evaluations": 2, "search": 0.5, "other": 0.5}
    ]
    ours, other, best = standings(runs, budgets, "all")
    assert ours["mean rank"] == other["mean rank"] == 1.5
    assert other["search at least as good"] == best["search at least as good"] == "1 of 2"
    assert other["by medians"] == "1 of 1"
