"""Small projects whose runs are killed: each is quick, and has something to find all along."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_SHOP = """\
LIMIT = 3.0  # tracepy: train in [0, 100]


def price(count):  # tracepy: train
    if count < 10:
        return count * 2
    return count * 2


def fee(count):  # tracepy: train
    if count > 5 and count > 20:
        return 1
    return 0


def total(counts):  # tracepy: train
    result = 1
    for count in counts:
        result += price(count) - fee(count)
    return result
"""
_JUDGE = """\
import shop

def score():
    distance = abs(shop.LIMIT - 61.8) / 100
    right = (shop.price(20) == 60) + (shop.fee(7) == 1) + (shop.total([2, 3]) == 10)
    return right - distance
"""
_NOISY = """\
import random
import shop

def score():
    return random.SystemRandom().gauss(-abs(shop.LIMIT - 61.8), 3)
"""
_TESTS = """\
import pytest
import shop


@pytest.mark.parametrize("count, price", [(3, 6), (9, 18), (10, 30), (20, 60)])
def test_price(count, price):
    assert shop.price(count) == price


@pytest.mark.parametrize("count, fee", [(3, 0), (7, 1), (30, 1)])
def test_fee(count, fee):
    assert shop.fee(count) == fee


def test_total():
    assert shop.total([2, 3]) == 10


def test_cannot_be_met():
    assert shop.fee(1) == 5
"""
_LINES = "".join(
    f'{{"input": {count}, "expected": {count * (2 if count < 10 else 3)}}}\n'
    for count in range(1, 16)
)


@dataclass(frozen=True)
class Project:
    """What a killed run works on.

    Attributes:
        files: Name -> text.
        arguments: Of `tracepy optimize`, but for the seed.
        noisy: Whether no two runs are the same.
    """

    files: dict[str, str]
    arguments: tuple[str, ...]
    noisy: bool = False

    def made(self, folder: Path) -> Path:
        """The project in a new folder."""
        folder.mkdir(parents=True)
        for name, text in {"pyproject.toml": "", **self.files}.items():
            (folder / name).write_text(text)
        return folder


PROJECTS = {
    "callable": Project(
        {"shop.py": _SHOP, "judge.py": _JUDGE},
        ("shop.py", "--objective", "judge:score", "--evaluations", "150"),
    ),
    "pytest": Project(
        {"shop.py": _SHOP, "test_shop.py": _TESTS},
        ("shop.py", "--pytest", "test_shop.py", "--evaluations", "120"),
    ),
    "dataset": Project(
        {"shop.py": _SHOP, "prices.jsonl": _LINES},
        ("shop.py", "--dataset", "prices.jsonl", "--call", "shop:price", "--metric", "close",
         "--goal", "2", "--evaluations", "150"),
    ),
    "noisy": Project(
        {"shop.py": _SHOP, "judge.py": _NOISY},
        ("shop.py", "--objective", "judge:score", "--evaluations", "200", "--repeats", "10"),
        noisy=True,
    ),
}  # fmt: skip
