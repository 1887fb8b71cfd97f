"""Samplers as one asks them directly: each begins with the same values and has the same budget."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from benchmarks.numbers.problem import Instance, Judge

# Swarm size and coefficients as in pyswarms' own examples.
_PARTICLES = 10
_SWARM = {"c1": 0.5, "c2": 0.3, "w": 0.9}


def _optuna(make: Callable[[int], Any]) -> Callable[[Instance, Judge, int], None]:
    def run(instance: Instance, judge: Judge, seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        warnings.simplefilter("ignore")

        def objective(trial: Any) -> float:
            values = []
            for index, dim in enumerate(instance.dims):
                name = f"x{index}"
                if dim.choices:
                    values.append(trial.suggest_categorical(name, dim.choices))
                elif dim.whole:
                    values.append(trial.suggest_int(name, int(dim.low), int(dim.high)))
                else:
                    values.append(trial.suggest_float(name, dim.low, dim.high, log=dim.log))
            return judge(values)

        study = optuna.create_study(sampler=make(seed))
        study.enqueue_trial({f"x{i}": value for i, value in enumerate(instance.start)})
        study.optimize(objective, n_trials=judge.budget)

    return run


def _tpe(seed: int) -> Any:
    import optuna

    return optuna.samplers.TPESampler(seed=seed)


def _cma(seed: int) -> Any:
    import optuna

    return optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False)


def _gp(seed: int) -> Any:
    import optuna
    import torch

    torch.set_num_threads(1)
    return optuna.samplers.GPSampler(seed=seed)


def _pyswarms(instance: Instance, judge: Judge, seed: int) -> None:
    import logging

    import numpy as np
    import pyswarms

    logging.disable(logging.CRITICAL)
    np.random.seed(seed)
    size = len(instance.dims)
    first = np.random.random((_PARTICLES, size))
    first[0] = [dim.unit(value) for dim, value in zip(instance.dims, instance.start, strict=True)]

    def losses(points: Any) -> Any:
        return np.array(
            [
                judge([dim.fitted(float(x)) for dim, x in zip(instance.dims, point, strict=True)])
                for point in points
            ]
        )

    swarm = pyswarms.single.GlobalBestPSO(
        _PARTICLES, size, _SWARM, bounds=(np.zeros(size), np.ones(size)), init_pos=first
    )
    swarm.optimize(losses, judge.budget // _PARTICLES + 1, verbose=False)


def _nevergrad(instance: Instance, judge: Judge, seed: int) -> None:
    import nevergrad as ng

    warnings.simplefilter("ignore")
    made = []
    for dim, value in zip(instance.dims, instance.start, strict=True):
        if dim.choices:
            made.append(ng.p.Choice(dim.choices))
        elif dim.log:
            made.append(ng.p.Log(init=value, lower=dim.low, upper=dim.high))
        else:
            scalar = ng.p.Scalar(init=value, lower=dim.low, upper=dim.high)
            made.append(scalar.set_integer_casting() if dim.whole else scalar)
    space = ng.p.Tuple(*made)
    space.random_state.seed(seed)
    optimizer = ng.optimizers.NGOpt(parametrization=space, budget=judge.budget)
    optimizer.tell(space, judge(instance.start))
    while True:
        asked = optimizer.ask()
        optimizer.tell(asked, judge(asked.value))


SAMPLERS: dict[str, Callable[[Instance, Judge, int], None]] = {
    "TPE": _optuna(_tpe),
    "CMA-ES": _optuna(_cma),
    "GP": _optuna(_gp),
    "pyswarms": _pyswarms,
    "nevergrad": _nevergrad,
}
"""The first three are optuna's."""
# nevergrad's own models break with numpy 2.4.
REQUIREMENTS = (
    "optuna==5.0.0", "cmaes==0.13.1", "nevergrad==1.0.12", "pyswarms==1.3.0", "scipy==1.17.1",
    "uxsim==1.15.1", "numpy==2.3.5",
)  # fmt: skip
GP_REQUIREMENTS = (*REQUIREMENTS, "torch>=2.4")
