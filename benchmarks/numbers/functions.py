"""Standard test functions; each is as the literature has it, but for the box.

Where the least value is in the middle of the usual box, every method that begins in the middle is
flattered: so the box is moved, each axis by up to 30 % of half its width, as the seed says.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from benchmarks.numbers.problem import Dim, Instance, Loss, Problem

_SHIFT = 0.3


def sphere(x: Sequence[float]) -> float:
    return sum(v * v for v in x)


def rosenbrock(x: Sequence[float]) -> float:
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def rastrigin(x: Sequence[float]) -> float:
    return sum(v * v - 10 * math.cos(2 * math.pi * v) + 10 for v in x)


def ackley(x: Sequence[float]) -> float:
    far = math.sqrt(sum(v * v for v in x) / len(x))
    waves = sum(math.cos(2 * math.pi * v) for v in x) / len(x)
    return 20 - 20 * math.exp(-0.2 * far) + math.e - math.exp(waves)


def griewank(x: Sequence[float]) -> float:
    waves = math.prod(math.cos(v / math.sqrt(i)) for i, v in enumerate(x, 1))
    return sum(v * v for v in x) / 4000 - waves + 1


def levy(x: Sequence[float]) -> float:
    w = [1 + (v - 1) / 4 for v in x]
    inner = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    last = (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)
    return math.sin(math.pi * w[0]) ** 2 + inner + last


def styblinski_tang(x: Sequence[float]) -> float:
    return sum(v**4 - 16 * v * v + 5 * v for v in x) / 2


def branin(x: Sequence[float]) -> float:
    bend = x[1] - 5.1 / (4 * math.pi**2) * x[0] ** 2 + 5 / math.pi * x[0] - 6
    return bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


_HARTMANN = (
    (1.0, (10, 3, 17, 3.5, 1.7, 8), (1312, 1696, 5569, 124, 8283, 5886)),
    (1.2, (0.05, 10, 17, 0.1, 8, 14), (2329, 4135, 8307, 3736, 1004, 9991)),
    (3.0, (3, 3.5, 1.7, 10, 17, 8), (2348, 1451, 3522, 2883, 3047, 6650)),
    (3.2, (17, 8, 0.05, 10, 0.1, 14), (4047, 8828, 8732, 5743, 1091, 381)),
)


def hartmann(x: Sequence[float]) -> float:
    return -sum(
        height
        * math.exp(-sum(a * (v - p / 1e4) ** 2 for a, v, p in zip(width, x, middle, strict=True)))
        for height, width, middle in _HARTMANN
    )


def michalewicz(x: Sequence[float]) -> float:
    return -sum(math.sin(v) * math.sin(i * v * v / math.pi) ** 20 for i, v in enumerate(x, 1))


def training(x: Sequence[Any]) -> float:
    """Like the error of a model by its settings: log scales, whole numbers, categories.

    The least is 0, at 0.003, 0.1, 0.9, 5, 64, "adam", False.
    """
    rate, decay, momentum, layers, width, method, nesterov = x
    wanted = {"adam": 0.003, "sgd": 0.1, "rmsprop": 0.001, "adagrad": 0.02}[method]
    penalty = {"adam": 0.0, "sgd": 0.15, "rmsprop": 0.1, "adagrad": 0.4}[method]
    error = 0.5 * math.log10(rate / wanted) ** 2 + 0.1 * math.log10(decay / 0.1) ** 2
    error += 2 * (momentum - 0.9) ** 2 * (1.5 if method == "sgd" else 0.5)
    error += 0.02 * (layers - 5) ** 2 + 0.05 * abs(math.log2(width) - 6)
    return error + penalty + (0.1 if nesterov else 0.0)


_TRAINING = (
    Dim(1e-5, 1.0, log=True),
    Dim(1e-4, 10.0, log=True),
    Dim(0.0, 0.99),
    Dim(1, 12),
    Dim(choices=(8, 16, 32, 64, 128, 256)),
    Dim(choices=("adagrad", "rmsprop", "adam", "sgd")),
    Dim(choices=(False, True)),
)


def _boxed(
    loss: Loss, size: int, low: float, high: float, least: float, moved: bool, noise: float,
    seed: int,
) -> Instance:  # fmt: skip
    generator = random.Random(f"{size} {low} {seed}")
    half = (high - low) / 2
    moves = [generator.uniform(-_SHIFT, _SHIFT) * half if moved else 0.0 for _ in range(size)]
    dims = tuple(Dim(low + move, high + move) for move in moves)
    return Instance(dims, loss, tuple(dim.draw(generator) for dim in dims), least, noise)


def _mixed(seed: int) -> Instance:
    generator = random.Random(f"mixed {seed}")
    return Instance(_TRAINING, training, tuple(dim.draw(generator) for dim in _TRAINING), 0.0)


def _branin(seed: int) -> Instance:
    generator = random.Random(f"Branin {seed}")
    dims = (Dim(-5.0, 10.0), Dim(0.0, 15.0))
    return Instance(dims, branin, tuple(dim.draw(generator) for dim in dims), 0.397887)


def _standard(
    name: str, loss: Loss, size: int, low: float, high: float, least: float = 0.0,
    moved: bool = True, noise: float = 0.0, looked_at: bool = False,
) -> Problem:  # fmt: skip
    instance = partial(_boxed, loss, size, low, high, least, moved, noise)
    return Problem(f"{name}, {size}", instance, looked_at=looked_at)


# Half of them were looked at while the tuner was made.
FUNCTIONS = (
    Problem("Branin, 2", _branin, looked_at=True),
    _standard("Rosenbrock", rosenbrock, 4, -5.0, 10.0, looked_at=True),
    _standard("Michalewicz", michalewicz, 5, 0.0, math.pi, -4.687658, False),
    _standard("Hartmann", hartmann, 6, 0.0, 1.0, -3.32237, False),
    _standard("Levy", levy, 6, -10.0, 10.0, looked_at=True),
    _standard("Griewank", griewank, 8, -600.0, 600.0),
    _standard("Styblinski-Tang", styblinski_tang, 8, -5.0, 5.0, -39.166166 * 8, looked_at=True),
    _standard("Rastrigin", rastrigin, 10, -5.12, 5.12),
    _standard("sphere", sphere, 12, -5.12, 5.12),
    _standard("Ackley", ackley, 20, -32.768, 32.768, looked_at=True),
    Problem("mixed, 7", _mixed, looked_at=True),
    _standard("noisy sphere", sphere, 5, -5.12, 5.12, noise=1.0),
)
