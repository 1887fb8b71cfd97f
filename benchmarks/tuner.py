"""The tuner of `search` beside optuna's TPE and random search: regret after 50 evaluations.

    python -m benchmarks.tuner [--evaluations 50] [--seeds 10]

Regret is the best score found minus the best there is, as a share of the start's. Each method has
the same start, the same ranges and the same budget; values are the median over seeds.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import publish


@dataclass(frozen=True)
class Problem:
    """A function to minimise over a box, with its least value."""

    name: str
    loss: Callable[..., float]
    low: float
    high: float
    size: int
    least: float
    start: float
    whole: bool = False


def valley(a: float, b: float) -> float:
    return 40 + 60 * abs(math.log(a / b) - math.log(1.7)) + 0.3 * abs(a + b - 70)


def branin(x: float, y: float) -> float:
    x, y = 15 * x - 5, 15 * y
    bend = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def sphere(*xs: float) -> float:
    return sum((x - 0.3) ** 2 for x in xs)


def rosenbrock(*xs: float) -> float:
    zs = [4 * x - 2 for x in xs]
    pairs = itertools.pairwise(zs)
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairs)


def ripples(*xs: float) -> float:
    return sum((x - 0.6) ** 2 + 0.02 * math.sin(40 * x) for x in xs)


VALLEY_LEAST = min(valley(a, b) for a in range(15, 91) for b in range(15, 91))
RIPPLE_LEAST = min((x / 1e4 - 0.6) ** 2 + 0.02 * math.sin(40 * x / 1e4) for x in range(10001))
PROBLEMS = [
    Problem("valley, 2 whole numbers", valley, 15, 90, 2, VALLEY_LEAST, 15, whole=True),
    Problem("Branin, 2", branin, 0.0, 1.0, 2, 0.397887, 0.05),
    Problem("sphere, 6", sphere, 0.0, 1.0, 6, 0.0, 0.95),
    Problem("Rosenbrock, 3", rosenbrock, 0.0, 1.0, 3, 0.0, 0.1),
    Problem("ripples, 3", ripples, 0.0, 1.0, 3, 3 * RIPPLE_LEAST, 0.05),
]


def ours(problem: Problem, budget: int, seed: int) -> float:
    from tracepy import parameters as theta
    from tracepy.evaluation.records import Evaluation
    from tracepy.optimizers import Outcome, Task
    from tracepy.optimizers.search.tuner import Tuner
    from tracepy.target import resolve
    from tracepy.transforms.source import Source

    low, high, start = problem.low, problem.high, problem.start
    if problem.whole:
        low, high, start = int(low), int(high), int(start)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name).resolve() / "model.py"
        path.write_text(
            "".join(
                f"X{i} = {start}  # tracepy: train in [{low}, {high}]\n"
                for i in range(problem.size)
            )
        )
        target = resolve(str(path), path.parent)
        first = problem.loss(*[start] * problem.size)
        task = Task(
            {str(path): Source.read(path)}, {str(path): "model"}, Evaluation("ok", first), -1,
            lambda sources: theta.find(target, sources), lambda source, module: [],
        )  # fmt: skip
        tuner = Tuner(task, {}, -first, theta.find(target), seed)
        best, spent = first, 1
        while spent < budget:
            for proposal in tuner.propose(min(2, budget - spent)):
                names: dict[str, float] = {}
                exec(next(iter(proposal.sources.values())), names)
                score = problem.loss(*(names[f"X{i}"] for i in range(problem.size)))
                best, spent = min(best, score), spent + 1
                tuner.observe(Outcome(proposal, Evaluation("ok", score), -score))
    return best


def tpe(problem: Problem, budget: int, seed: int) -> float:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial({f"x{i}": problem.start for i in range(problem.size)})

    def objective(trial: optuna.Trial) -> float:
        if problem.whole:
            low, high = int(problem.low), int(problem.high)
            return problem.loss(
                *(trial.suggest_int(f"x{i}", low, high) for i in range(problem.size))
            )
        return problem.loss(
            *(trial.suggest_float(f"x{i}", problem.low, problem.high) for i in range(problem.size))
        )

    study.optimize(objective, n_trials=budget)
    return float(study.best_value)


def chance(problem: Problem, budget: int, seed: int) -> float:
    generator = random.Random(seed)

    def draw() -> Sequence[float]:
        xs = [generator.uniform(problem.low, problem.high) for _ in range(problem.size)]
        return [round(x) for x in xs] if problem.whole else xs

    start = problem.loss(*[problem.start] * problem.size)
    return min(start, *(problem.loss(*draw()) for _ in range(budget - 1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=10)
    chosen = parser.parse_args()
    rows = []
    for problem in PROBLEMS:
        start = problem.loss(*[problem.start] * problem.size)
        row: dict[str, object] = {"problem": problem.name}
        for name, method in (("search", ours), ("optuna TPE", tpe), ("random", chance)):
            found = [method(problem, chosen.evaluations, seed) for seed in range(chosen.seeds)]
            regret = [(best - problem.least) / (start - problem.least) for best in found]
            row[name] = statistics.median(regret)
        rows.append(row)
    publish(
        "tuner",
        rows,
        f"median regret over {chosen.seeds} seeds, {chosen.evaluations} evaluations; 1 = the start",
    )


if __name__ == "__main__":
    main()
