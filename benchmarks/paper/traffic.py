"""Traffic control (paper, section 5.2): how long each road of a crossing has green.

Every method runs `examples/traffic` in the same version of the simulator, with the same demand; a
step is one simulation, and the start, 15 s for both, is the first. What is measured is the badness
in seconds.
"""

from __future__ import annotations

import math
import shutil
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import permutations, product
from typing import Any

from benchmarks.numbers.traffic import FILE, badness
from benchmarks.paper import ours
from benchmarks.paper.domain import Asked, Domain, Found, Method
from benchmarks.paper.scripted import Script

_LOW, _HIGH = 15, 90
_GRID, _NEAR = 5, 5  # seconds between the points of the grid, and refined round its best
_PARTICLES = 5
_CONTEXT = (
    "Choose both green times so that the score, which is a delay in seconds, is as small as "
    "possible. Green that is too short makes vehicles queue; green that is too long makes those on "
    "the other road wait. Find the balance between the two roads."
)


class _Spent(Exception):
    """All steps are used up."""


class _Crossing:
    """Answers a method's questions, and notes the answers.

    Args:
        asked: The cell.
    """

    def __init__(self, asked: Asked) -> None:
        self.seed = asked.seed
        self.most = asked.steps + 1
        self.last: list[float | None] = []
        self.best: tuple[float, tuple[int, int]] = (math.inf, (_LOW, _LOW))

    def __call__(self, greens: Sequence[Any]) -> float:
        """The badness of a pair of greens. Raises `_Spent` beyond the steps."""
        if len(self.last) >= self.most:
            raise _Spent
        pair = int(greens[0]), int(greens[1])
        found = badness(*pair, self.seed)
        self.last.append(found)
        self.best = min(self.best, (found, pair))
        return found

    def found(self) -> Found:
        """What the method came to."""
        return Found(
            {"last": self.last, "best": ours.best(self.last)}, {"greens": list(self.best[1])}
        )


def _asking(method: Callable[[_Crossing, Asked], None], asked: Asked) -> Found:
    crossing = _Crossing(asked)
    warnings.simplefilter("ignore")
    with suppress(_Spent):
        method(crossing, asked)
    return crossing.found()


def _gp(crossing: _Crossing, asked: Asked) -> None:
    """scikit-optimize with the paper's settings."""
    import numpy as np
    from skopt import gp_minimize  # type: ignore[import-not-found, unused-ignore]
    from skopt.space import Integer  # type: ignore[import-not-found, unused-ignore]

    gp_minimize(
        lambda greens: crossing(greens),
        [Integer(_LOW, _HIGH), Integer(_LOW, _HIGH)],
        n_calls=asked.steps + 1,
        n_initial_points=min(5, asked.steps),
        x0=[_LOW, _LOW],
        noise=1e-10,
        acq_func="gp_hedge",
        random_state=np.random.RandomState(asked.seed),
    )


def _pso(crossing: _Crossing, asked: Asked) -> None:
    """pyswarms' parts with the paper's settings: whole positions, a periodic boundary, w = 1.9."""
    import numpy as np
    from pyswarms.backend import (  # type: ignore[import-not-found, unused-ignore]
        compute_pbest,
        create_swarm,
    )
    from pyswarms.backend.handlers import (  # type: ignore[import-not-found, unused-ignore]
        BoundaryHandler,
    )
    from pyswarms.backend.topology import Star  # type: ignore[import-not-found, unused-ignore]

    np.random.seed(asked.seed)
    bounds = np.array([_LOW, _LOW]), np.array([_HIGH, _HIGH])
    swarm = create_swarm(_PARTICLES, 2, bounds=bounds, options={"c1": 0.5, "c2": 0.3, "w": 1.9})
    swarm.position = swarm.position.astype(int)
    swarm.position[0] = _LOW
    swarm.velocity = swarm.velocity.astype(int)
    swarm.pbest_cost = np.full(_PARTICLES, np.inf)
    boundary, topology = BoundaryHandler(strategy="periodic"), Star()
    while True:
        swarm.current_cost = np.array([crossing(position) for position in swarm.position])
        swarm.pbest_pos, swarm.pbest_cost = compute_pbest(swarm)
        swarm.best_pos, swarm.best_cost = topology.compute_gbest(swarm)
        swarm.velocity = topology.compute_velocity(swarm).astype(int)
        swarm.position = topology.compute_position(swarm, bounds, boundary).astype(int)


def _scats(asked: Asked) -> Found:
    """What SCATS' rule of thumb makes of the demand: one evaluation."""
    across, along = 0.0, 0.0  # from west and east; from north and south
    import numpy as np

    draws = np.random.RandomState(asked.seed)
    for origin, goal in permutations(("W1", "E1", "N1", "S1"), 2):
        for start in range(0, 1800, 6):
            flow = draws.uniform(0, 0.25)
            morning = (origin, goal) == ("W1", "E1") and start < 600
            evening = (origin, goal) == ("E1", "W1") and start >= 1200
            flow += 0.25 if morning or evening else 0.0
            if origin in ("W1", "E1"):
                across += flow
            else:
                along += flow
    cycle = int(60 // ((across + along) * 6 / 1800))
    less = int(cycle // (1 + max(across, along) / min(across, along)))
    greens = (cycle - less, less) if across > along else (less, cycle - less)
    east_west, north_south = (min(max(green, _LOW), _HIGH) for green in greens)
    value = badness(east_west, north_south, asked.seed)
    return Found({"last": [value], "best": [value]}, {"greens": [east_west, north_south]})


def _best_known(asked: Asked) -> Found:
    """A grid of 5 s, then every pair of whole numbers round its best three."""
    grid = range(_LOW, _HIGH + 1, _GRID)
    found = {pair: badness(*pair, asked.seed) for pair in product(grid, grid)}
    for middle in sorted(found, key=found.__getitem__)[: 1 if asked.quick else 3]:
        spans = [range(max(_LOW, at - _NEAR), min(_HIGH, at + _NEAR) + 1) for at in middle]
        found |= {pair: badness(*pair, asked.seed) for pair in product(*spans) if pair not in found}
    pair = min(found, key=found.__getitem__)
    facts = {"greens": list(pair), "simulations": len(found)}
    return Found({"last": [found[pair]], "best": [found[pair]]}, facts)


def _ours(asked: Asked, **options: Any) -> Found:
    with ours.folder() as place:
        target = place / FILE.name
        shutil.copy(FILE, target)
        ours.project(place, {"draw.py": _judge(asked.seed)})
        bounds = ours.bounds(asked, options["optimizer"])
        ran = ours.optimized(
            asked, target, Script.of(target), objective="draw:score", minimize=True,
            context=_CONTEXT, timeout=60.0, **bounds, **options,
        )  # fmt: skip
    return ours.found(ran, asked.steps)


def _judge(seed: int) -> str:
    return f'''import intersection


def score():
    """Lower is better."""
    value = intersection.simulate({seed})
    return value, f"Score: {{value:.2f}}. Make it smaller, if that can be done."
'''


DOMAIN = Domain(
    name="traffic",
    title="Traffic control: badness (s)",
    methods={
        "best known": Method(_best_known, packages=("uxsim",), once=True),
        "scats": Method(_scats, packages=("uxsim",), once=True),
        "gp": Method(partial(_asking, _gp), packages=("uxsim", "scikit-optimize")),
        "pso": Method(partial(_asking, _pso), packages=("uxsim", "pyswarms")),
        "search": Method(partial(_ours, optimizer="search"), packages=("uxsim",)),
        **{
            name: Method(
                partial(
                    _ours,
                    **{"memory": 5, **options} if options["optimizer"] == "optoprime" else options,
                ),
                asks=True,
                packages=("uxsim", "litellm"),
            )
            for name, options in ours.WAYS.items()
        },
    },
    seeds=tuple(range(42, 62)),
    steps=49,
    quick=(3, 19),
    curves={"last": "last iterate", "best": "best so far"},
    at=(0, 5, 10, 20, 30, 49),
    published={
        "scats": {0: 42.8, 5: 42.8, 10: 42.8, 20: 42.8, 30: 42.8, 49: 42.8},
        "optoprime": {0: 110.1, 5: 73.8, 10: 63.3, 20: 43.8, 30: 42.5, 49: 40.9},
        "optoprime masked": {0: 110.1, 5: 69.0, 10: 56.2, 20: 44.2, 30: 45.9, 49: 42.2},
        "optoprime no memory": {0: 110.1, 5: 128.9, 10: 116.6, 20: 144.3, 30: 181.6, 49: 180.0},
        "opro": {5: 99.4, 10: 90.1, 20: 83.4, 30: 79.9, 49: 77.2},
        "gp": {0: 110.1, 5: 250.8, 10: 109.8, 20: 77.5, 30: 93.3, 49: 267.1},
        "pso": {0: 110.1, 5: 85.8, 10: 92.4, 20: 176.5, 30: 223.7, 49: 270.2},
    },
    requirements=("uxsim==1.15.1", "scikit-optimize==0.10.2", "pyswarms==1.3.0"),
    note="Today's simulator makes fewer vehicles than the paper's, and the score counts those that "
    "are still under way rightly: absolute values do not compare with the paper's.",
)
