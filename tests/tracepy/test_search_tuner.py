"""The tuner: numbers and choices by several samplers in turn."""

import math
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tracepy import parameters as theta
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers import Outcome, Task
from tracepy.optimizers.search.space import Axis, axes
from tracepy.optimizers.search.tuner import Tuner
from tracepy.target import resolve
from tracepy.transforms.source import Source


def tuner_for(tmp_path: Path, text: str, start: float, seed: int = 0) -> Tuner:
    path = tmp_path / "model.py"
    path.write_text(text)
    target = resolve(str(path), tmp_path)
    task = Task(
        {str(path): Source.read(path)},
        {str(path): "model"},
        Evaluation("ok", start),
        -1,
        lambda sources: theta.find(target, sources),
        lambda source, module: [],
    )
    return Tuner(task, {}, -start, theta.find(target), seed)


def minimise(tuner: Tuner, loss: Callable[..., float], budget: int) -> tuple[float, list[Any]]:
    best, asked = math.inf, []
    while budget > 0:
        proposals = tuner.propose(2)
        if not proposals:
            break
        for proposal in proposals:
            values = values_of(proposal.sources)
            asked.append(values)
            score = loss(*values)
            best = min(best, score)
            tuner.observe(Outcome(proposal, Evaluation("ok", score), -score))
            budget -= 1
    return best, asked


def values_of(sources: Any) -> Sequence[Any]:
    names: dict[str, Any] = {}
    exec(next(iter(sources.values())), names)
    return [value for name, value in names.items() if name.isupper()]


VALLEY = "A = 15  # tracepy: train in [15, 90]\nB = 15  # tracepy: train in [15, 90]\n"


@pytest.mark.parametrize("seed", range(3))
def test_two_whole_numbers_come_near_the_optimum_within_fifty_evaluations(
    tmp_path: Path, seed: int
) -> None:
    def loss(a: int, b: int) -> float:
        return 40 + 60 * abs(math.log(a / b) - math.log(1.7)) + 0.3 * abs(a + b - 70)

    optimum = min(loss(a, b) for a in range(15, 91) for b in range(15, 91))
    best, _ = minimise(tuner_for(tmp_path, VALLEY, loss(15, 15), seed), loss, 49)
    assert best <= 1.02 * optimum


def reasons_of(tuner: Tuner, turns: int) -> list[str]:
    """Who proposed the points of a bowl."""
    reasons = []
    for _ in range(turns):
        for proposal in tuner.propose(2):
            a, b = values_of(proposal.sources)
            reasons.append(str(proposal.reason))
            score = float((a - 40) ** 2 + (b - 30) ** 2)
            tuner.observe(Outcome(proposal, Evaluation("ok", score), -score))
    return reasons


def test_what_was_asked_is_not_replaced_by_chance(tmp_path: Path) -> None:
    """Whole numbers are few: a model's first wishes are soon used up, its next ones are not."""
    tuner = tuner_for(tmp_path, VALLEY, 5000.0)
    reasons = reasons_of(tuner, 30)
    assert tuner.reached == 0
    assert not any("chance" in reason for reason in reasons)


def test_the_region_round_the_best_leads_while_it_gains(tmp_path: Path) -> None:
    reasons = reasons_of(tuner_for(tmp_path, VALLEY, 5000.0), 12)
    led = [reason for reason in reasons if "even filling" not in reason]
    assert sum("region" in reason for reason in led) >= 0.8 * len(led)


def test_every_value_keeps_its_constraint_and_its_type(tmp_path: Path) -> None:
    text = (
        "N = 32  # tracepy: train in {16, 32, 64}\n"
        "RATE = 0.01  # tracepy: train log in [1e-5, 1]\n"
        "DEPTH = 3  # tracepy: train in [1, 5]\n"
    )
    tuner = tuner_for(tmp_path, text, 1.0)
    _, asked = minimise(tuner, lambda n, rate, depth: abs(math.log10(rate) + 3) + depth + n, 40)
    for n, rate, depth in asked:
        assert n in (16, 32, 64)
        assert 1e-5 <= rate <= 1
        assert isinstance(depth, int) and 1 <= depth <= 5
    assert len({tuple(values) for values in asked}) == len(asked)


def test_a_space_that_is_used_up_gives_no_more_proposals(tmp_path: Path) -> None:
    tuner = tuner_for(tmp_path, "FLAG = False  # tracepy: train in {False, True}\n", 1.0)
    best, asked = minimise(tuner, lambda flag: 0.0 if flag else 1.0, 20)
    assert best == 0.0
    assert asked == [[True]]


def test_the_same_seed_asks_the_same_questions(tmp_path: Path) -> None:
    def run() -> list[Any]:
        return minimise(tuner_for(tmp_path, VALLEY, 9.0, 7), lambda a, b: abs(a - b) + a, 20)[1]

    assert run() == run()


def test_many_numbers_come_nearer_than_chance_would(tmp_path: Path) -> None:
    text = "".join(f"X{i} = 0.9  # tracepy: train in [0.0, 1.0]\n" for i in range(14))

    def loss(*values: float) -> float:
        return sum((value - 0.3) ** 2 for value in values)

    start = loss(*[0.9] * 14)
    best, _ = minimise(tuner_for(tmp_path, text, start), loss, 80)
    assert best < 0.4 * start


def test_candidates_without_a_verdict_do_not_derail_the_model(tmp_path: Path) -> None:
    def reached(seed: int) -> float:
        tuner = tuner_for(tmp_path, VALLEY, 100.0, seed)
        for turn in range(20):
            for proposal in tuner.propose(1):
                a, b = values_of(proposal.sources)
                score = abs(a - 60) + abs(b - 30)
                failed = turn % 3 == 0
                evaluation = Evaluation("timeout", None) if failed else Evaluation("ok", score)
                tuner.observe(Outcome(proposal, evaluation, -math.inf if failed else -score))
        return tuner.reached

    assert statistics.median(reached(seed) for seed in range(5)) > -20


def test_an_unmarked_number_gets_a_range_round_its_value(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("RATE = 0.2\nZERO = 0.0\nCOUNT = 4\n")
    found = {axis.name: axis for axis in axes(theta.find(resolve(str(path), tmp_path)))}
    assert found["model:RATE"] == Axis("model:RATE", 0.2, 0.0, 1.2)
    assert found["model:ZERO"].low < 0 < found["model:ZERO"].high
    assert found["model:COUNT"].integer


def test_words_are_chosen_by_what_they_score_not_by_their_order(tmp_path: Path) -> None:
    words = tuple("abcdefgh")
    text = (
        f"WORD = 'a'  # tracepy: train in {{{', '.join(map(repr, words))}}}\n"
        "RATE = 1.0  # tracepy: train log in [1e-4, 1.0]\n"
        "DEPTH = 9  # tracepy: train in [1, 12]\n"
    )

    def loss(word: str, rate: float, depth: int) -> float:
        return 2.0 * (word != "f") + abs(math.log10(rate) + 2.5) + 0.1 * abs(depth - 4)

    best, _ = minimise(tuner_for(tmp_path, text, loss("a", 1.0, 9)), loss, 60)
    assert best < 0.3


@pytest.mark.parametrize("seed", range(2))
def test_a_kink_in_one_number_is_closed_in_on(tmp_path: Path, seed: int) -> None:
    """As in the paper's numerical problems."""
    text = "X = -1.0  # tracepy: train in [-10.0, 10.0]\n"
    best, _ = minimise(tuner_for(tmp_path, text, 4.0, seed), lambda x: abs(x * x * x / 9 - 3.0), 50)
    assert best < 0.01
