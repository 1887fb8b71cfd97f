"""The tuner of `search` beside optuna's TPE, CMA-ES and GP, pyswarms and nevergrad.

    python -m benchmarks.numbers [--evaluations 50 200] [--seeds 10] [--only NAME ...]
    python -m benchmarks.numbers --gp

Standard test functions, the numerical problems of the paper and the traffic problem, at equal numbers
of evaluations, from the same start. Regret is what is found minus the least there is, as a share
of the start's; of the traffic problem it is the badness itself as a share of the start's.
optuna's Gaussian process needs torch (some 3 GB) and is slow, so `--gp` is a table of its own: the
standard functions, 50 evaluations, three seeds. `--runs FILE` keeps every run and takes up what is
in it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import venvs
from benchmarks.numbers.functions import FUNCTIONS
from benchmarks.numbers.ours import search
from benchmarks.numbers.paper import NUMERICAL
from benchmarks.numbers.problem import Judge, Problem, Spent
from benchmarks.numbers.samplers import GP_REQUIREMENTS, REQUIREMENTS, SAMPLERS
from benchmarks.numbers.table import OURS, Run, medians, standings
from benchmarks.numbers.traffic import TRAFFIC
from benchmarks.report import publish, show

PROBLEMS = {problem.name: problem for problem in (*FUNCTIONS, NUMERICAL, TRAFFIC)}
_GP_EVALUATIONS, _GP_SEEDS = (20, 50), 3
# One thread each: two processes run side by side, and small matrices gain nothing from more.
_SINGLE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def one(name: str, method: str, seed: int, budget: int) -> tuple[Run, float]:
    """Let one method solve one instance; the run, and how long it took (seconds)."""
    warnings.simplefilter("ignore")
    instance = PROBLEMS[name].instance(seed)
    judge = Judge(instance, budget, seed)
    begun = perf_counter()
    with suppress(Spent):
        (search if method == OURS else SAMPLERS[method])(instance, judge, seed)
    return Run(name, method, seed, tuple(judge.regrets)), perf_counter() - begun


def _wanted(
    chosen: argparse.Namespace, problems: Sequence[Problem], budgets: Mapping[str, tuple[int, ...]]
) -> list[tuple[str, str, int, int]]:
    methods = chosen.methods or [OURS, *(name for name in SAMPLERS if (name == "GP") == chosen.gp)]
    found = []
    for problem in problems:
        seeds = problem.seeds or (_GP_SEEDS if chosen.gp else chosen.seeds)
        first = 0 if problem.seeds else chosen.first_seed
        for method in methods:
            most = max(budgets[problem.name])
            found += [(problem.name, method, seed, most) for seed in range(first, first + seeds)]
    return found


def _kept(file: Path | None) -> dict[tuple[str, str, int], Run]:
    if file is None or not file.is_file():
        return {}
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    runs = [Run(r["problem"], r["method"], r["seed"], tuple(r["regrets"])) for r in lines]
    return {(run.problem, run.method, run.seed): run for run in runs}


def _prepare(gp: bool) -> None:
    """The peers, before our own environment, so that all have versions that they can live with."""
    os.environ.update(dict.fromkeys(_SINGLE, "1"))
    name, needed = ("numbers-gp", GP_REQUIREMENTS) if gp else ("numbers", REQUIREMENTS)
    sys.path.insert(0, str(venvs.packages_of(venvs.kept(name, needed, seconds=3600))))


def _runs(chosen: argparse.Namespace, wanted: Sequence[tuple[str, str, int, int]]) -> list[Run]:
    kept = _kept(chosen.runs)
    missing = [job for job in wanted if job[:3] not in kept]
    if missing:
        _prepare(chosen.gp)
    with ProcessPoolExecutor(chosen.workers) as pool:
        for future in as_completed([pool.submit(one, *job) for job in missing]):
            run, seconds = future.result()
            kept[run.problem, run.method, run.seed] = run
            if chosen.runs:
                with chosen.runs.open("a") as out:
                    out.write(json.dumps(vars(run)) + "\n")
            line = f"{run.problem}: {run.method}, seed {run.seed}: {run.regrets[-1]:.4g}"
            print(f"{line}, {seconds:.1f} s", file=sys.stderr, flush=True)
    return [kept[job[:3]] for job in wanted]


def main() -> None:
    parser = argparse.ArgumentParser(description="Tune numbers and choices.")
    parser.add_argument("--evaluations", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument(
        "--first-seed", type=int, default=1000, help="where a function's seeds begin"
    )
    parser.add_argument("--only", nargs="+", help="parts of problems' names")
    parser.add_argument("--half", choices=("looked-at", "held-out"), help="of the problems")
    parser.add_argument("--methods", nargs="+", choices=(OURS, *SAMPLERS))
    parser.add_argument("--gp", action="store_true", help="beside optuna's GP alone")
    parser.add_argument("--runs", type=Path, help="a file of runs, to take up and to add to")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    problems = [
        problem
        for problem in (FUNCTIONS if chosen.gp else PROBLEMS.values())
        if not chosen.only or any(part in problem.name for part in chosen.only)
        if not chosen.half or problem.looked_at == (chosen.half == "looked-at")
    ]
    asked = _GP_EVALUATIONS if chosen.gp else tuple(sorted(chosen.evaluations))
    budgets = {problem.name: problem.budgets or asked for problem in problems}
    name = "numbers-gp" if chosen.gp else "numbers"
    runs = _runs(chosen, _wanted(chosen, problems, budgets))
    rows = medians(runs, budgets)
    table: list[dict[str, Any]] = []
    for label, looked_at in (("looked at", True), ("held out", False)):
        some = [problem.name for problem in problems if problem.looked_at == looked_at]
        if some:
            table += standings(
                [run for run in runs if run.problem in some],
                {name: budgets[name] for name in some},
                label,
            )
    note = "median share of the start's regret that is left"
    if chosen.only or chosen.half or chosen.methods:
        show(name, rows, note)
        show(f"{name}-standings", table)
    else:
        publish(name, rows, note)
        publish(f"{name}-standings", table, "the tuner was made while looking at half of them")


if __name__ == "__main__":
    main()
