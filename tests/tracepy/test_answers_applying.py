"""Suggestions put into a program: what is taken, what is moved, what is refused and in which words."""

import ast
from pathlib import Path

from tests.tracepy.test_answers_reading import assert_sentence
from tracepy import parameters as theta
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers import Task
from tracepy.optimizers.generative.answers import Replacement, Suggestion, apply
from tracepy.target import Target
from tracepy.transforms.discover import discover
from tracepy.transforms.source import Source

SHOP = '''
import math

RATE = 0.2  # tracepy: train in [0, 1]
SIZE = 16  # tracepy: train in {8, 16, 32}
MODE = "fast"  # tracepy: train in {"fast", "exact"}
PROMPT = "Be brief."  # tracepy: train "at most 5 words"
PAIRS = [(1, 2.0), (3, 4.0)]  # tracepy: train
NAMES = {1: "a", 2: "b"}  # tracepy: train
LOUD = False  # tracepy: train
LIMIT = 3  # tracepy: freeze


class Cart:
    weights = [0.1, 0.2]  # tracepy: train in [0, 1]

    @staticmethod
    def total(items: list[int], tax: float = 0.1, *, extra=None) -> float:  # tracepy: train
        """The sum."""
        step = 2  # tracepy: train in [1, 9]
        base = 7  # tracepy: freeze
        return sum(items) * tax * step + base

    def other(self):
        return LIMIT


async def fetch(x):  # tracepy: train
    def inner(y):
        return y
    return inner(x)


def plain(x): return x  # tracepy: train
'''.lstrip()


def task_of(text: str) -> tuple[Task, str]:
    path = "/project/shop.py"
    target = Target("shop.py", {"shop": Path(path)}, Path("/project"))
    originals = {path: Source(text, path)}
    return (
        Task(
            originals,
            {path: "shop"},
            Evaluation("ok", 0.0),
            1,
            lambda sources: theta.find(target, {path: text, **sources}),
            lambda source, module: [
                (item.start, item.end) for item in discover(source, module) if item.mark == "freeze"
            ],
        ),
        path,
    )


def applied(values=None, edits=(), text=SHOP, sources=None):
    task, path = task_of(text)
    sources = {path: sources} if sources else {}
    found = task.find(sources)
    result = apply(
        task,
        sources,
        found,
        Suggestion(values=values or {}, edits=tuple(Replacement(*e) for e in edits)),
    )
    for sentence in (*result.problems, *result.projected):
        assert_sentence(sentence)
    for new in result.sources.values():
        ast.parse(new)
    assert result.partial == bool(result.problems and result.changed)
    return result, result.sources.get(path, text)
