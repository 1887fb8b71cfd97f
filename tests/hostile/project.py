"""The project that is attacked, its owner's home, and the ways in which it is judged."""

from __future__ import annotations

import shutil
from pathlib import Path

from tracepy.evaluation import Judge
from tracepy.objective import Objective
from tracepy.target import resolve

SECRET = "a-secret-of-the-owner"
GOOD = "def price(n):\n    return n * 2\n"
# A program that does itself what the guard keeps candidates from beginning. What they do then meets
# the sandbox alone.
FREE = """\
import ctypes
import gc
import os
import sys

def price(n):
    ctypes.CDLL(None).getpid()
    for name in ("bench.py", "rows.jsonl", "/proc/self/mem"):
        try:
            open(name, "rb").close()
        except OSError:
            pass
    gc.get_count(), gc.get_objects(0), gc.get_referents(n)
    sys._getframe(), sys.addaudithook(lambda *_: None)
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    return n * 2
"""
# What an honest candidate that is wrong gets: one case of four.
WRONG = "def price(n):\n    return 2\n"
HONEST = 0.25

_BENCH = """\
import shop

def score():
    return float(shop.price(3)), "as told"
"""
_CHECK = """\
import shop

ANSWERS = {1: 2, 3: 6, 11: 22, 20: 40}

def score():
    right = [shop.price(n) == answer for n, answer in ANSWERS.items()]
    return sum(right) / len(right)

if __name__ == "__main__":
    print(score())
"""
_TESTS = """\
import pytest
import shop

@pytest.mark.parametrize(("n", "answer"), [(1, 2), (3, 6), (11, 22), (20, 40)])
def test_price(n, answer):
    assert shop.price(n) == answer
"""
_ROWS = "".join(
    f'{{"input": {n}, "expected": {answer}}}\n'
    for n, answer in ((1, 2), (3, 6), (11, 22), (20, 40))
)
_FILES = {
    ".ssh/id_rsa": SECRET,
    ".aws/credentials": SECRET,
    ".netrc": SECRET,
    "notes.txt": SECRET,
    "shop/pyproject.toml": "",
    "shop/shop.py": GOOD,
    "shop/bench.py": _BENCH,
    "shop/check.py": _CHECK,
    "shop/tests/test_shop.py": _TESTS,
    "shop/rows.jsonl": _ROWS,
    "shop/.env": SECRET,
    "shop/deploy/.env": SECRET,
    "shop/deploy/server.pem": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n",
    "shop/.tracepy/runs.db": SECRET,
    "shop/.git/config": f'[remote "origin"]\n\turl = https://ann:{SECRET}@example.com/shop.git\n',
}


def build(home: Path) -> Path:
    """Write the home folder; the project in it."""
    for name, text in _FILES.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    shutil.copy(Path(__file__).with_name("attack.py"), home / "shop" / "attack.py")
    return home / "shop"


def objective(kind: str, project: Path) -> Objective:
    """How `shop.py` is judged: `plain` and `guarded` hand on what a price is, all others count
    right ones. `free` is a data set whose program does much itself, as that of `plain`."""
    roots = (str(project),)
    if kind in {"plain", "guarded", "callable"}:
        module = "check" if kind == "callable" else "bench"
        spec = {"module": module, "function": "score", "imports": [module]}
        return Objective("callable", f"{module}:score", spec, roots)
    if kind == "pytest":
        return Objective("pytest", "tests", {"args": [str(project / "tests/test_shop.py")]}, roots)
    if kind in {"dataset", "free"}:
        call = {"module": "shop", "function": "price", "imports": ["shop"]}
        spec = {"file": str(project / "rows.jsonl"), "call": call, "metric": "exact"}
        return Objective("dataset", "rows.jsonl", spec, roots)
    return Objective("command", "check.py", {"command": "python check.py", "folder": "."}, roots)


def judge(kind: str, project: Path, sandbox: str, timeout: float, memory: int) -> Judge:
    """A judge of that project, which knows the program as it stands: for `plain` that does much.

    The names of options are the public ones.
    """
    file = project / "shop.py"
    file.write_text(FREE if kind in {"plain", "free"} else GOOD)
    judge = Judge(
        resolve("shop.py", project),
        objective(kind, project),
        workers=2,
        timeout=timeout,
        memory_limit=memory * 1024**2,
        sandbox=sandbox,
    )
    judge.baseline()
    judge.baseline()  # it knows only now which files judge
    file.write_text(GOOD)
    return judge
