"""The program that every contender judges, its candidates, and what the verdicts must be."""

from __future__ import annotations

import json
import math
import types
from pathlib import Path

MODULE = '''"""A few lines with room for many edits."""


def price(amount, rate, members):
    total = amount * (1 + rate)
    if members > 3:
        total = total - amount / 10
    for index in range(members):
        if index % 2 == 0 and total > 50:
            total = total - index
    return max(total, amount / 2)


def label(name, total, currency):
    words = [part.strip() for part in name.split(",")]
    if not words or total < 0:
        return ""
    return " ".join(words[:3]) + f": {total:.2f} {currency}"
'''
CALLS = 20
JUDGE = f"""import shop


def score():
    return sum(shop.price(100, 0.2, members) for members in range({CALLS}))
"""
# All pass whatever the candidate returns: nobody may stop after the first test.
TESTS = f"""import contextlib

import pytest
import shop


@pytest.mark.parametrize("members", range({CALLS}))
def test_price(members):
    with contextlib.suppress(ArithmeticError, TypeError, ValueError):
        shop.price(100, 0.2, members)
"""
SETTINGS = """[tool.mutmut]
source_paths = ["shop.py"]
also_copy = ["test_shop.py"]
"""


def candidate(number: int) -> str:
    """The program with one number changed; no two candidates are alike."""
    return MODULE.replace("amount / 10", f"amount / {number + 11}")


def prices(text: str) -> list[float]:
    """What a program answers to the calls that all judges make."""
    module = types.ModuleType("shop")
    exec(compile(text, "shop.py", "exec"), module.__dict__)
    return [module.price(100, 0.2, members) for members in range(CALLS)]


def score(text: str) -> float:
    """What `JUDGE` says of a program."""
    return float(sum(prices(text)))


def share(text: str) -> float:
    """The share of examples that a program has right."""
    found = zip(prices(text), prices(MODULE), strict=True)
    return sum(same(answer, right) for answer, right in found) / CALLS


def same(found: float | None, expected: float) -> bool:
    """Whether a verdict is the right one."""
    return found is not None and math.isclose(found, expected)


def write(folder: Path) -> None:
    """A project with the program and everything that judges it."""
    (folder / "pyproject.toml").write_text(SETTINGS)
    (folder / "shop.py").write_text(MODULE)
    (folder / "judge.py").write_text(JUDGE)
    (folder / "test_shop.py").write_text(TESTS)
    rows = [
        {"args": [100, 0.2, members], "expected": right}
        for members, right in enumerate(prices(MODULE))
    ]
    (folder / "examples.jsonl").write_text("\n".join(map(json.dumps, rows)))
