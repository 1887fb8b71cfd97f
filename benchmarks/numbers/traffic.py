"""The traffic problem: `examples/traffic`, on twenty draws of the demand.

Whole numbers at which the simulator was asked before are looked up: a run of it takes 50 ms.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.numbers.problem import Dim, Instance, Problem

FILE = Path(__file__).parents[2] / "examples" / "traffic" / "intersection.py"
_FIRST, _SEEDS, _LOW, _HIGH = 42, 20, 15, 90


@cache
def _module() -> Any:
    spec = importlib.util.spec_from_file_location("intersection", FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def badness(east_west: int, north_south: int, seed: int) -> float:
    """The badness of a pair of greens on a draw of the demand."""
    module = _module()
    module.EW_GREEN, module.NS_GREEN = east_west, north_south
    return float(module.simulate(seed))


def _instance(seed: int) -> Instance:
    def loss(x: Sequence[Any]) -> float:
        found = badness(int(x[0]), int(x[1]), _FIRST + seed % _SEEDS)
        return found if math.isfinite(found) else 1e6

    # The least is not known: the regret is the badness itself.
    return Instance((Dim(_LOW, _HIGH), Dim(_LOW, _HIGH)), loss, (_LOW, _LOW), 0.0)


TRAFFIC = Problem("traffic, 2", _instance, seeds=_SEEDS, budgets=(20, 50))
