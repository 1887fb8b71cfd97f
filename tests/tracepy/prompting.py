"""What tests of prompts share: a small program, judged in this process, as a task has it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tracepy import parameters
from tracepy.evaluation.records import Case, Evaluation
from tracepy.graph import Graph
from tracepy.optimizers.base import Task
from tracepy.recorder import record
from tracepy.target import resolve
from tracepy.transforms.source import Source

Load = Callable[[str], ModuleType]

FIGURE = '''
X = -1.0  # tracepy: train


def bar(x):
    """This is a test function, which does negative scaling."""
    return -2 * x


def foo(x):
    y = x + 1
    return x * y


def foobar():
    a = bar(X)
    z = a * foo(X)
    return z


def objective():
    return foobar()
'''
"""The program of the paper's figure 4: two functions, a product, one parameter."""

TEN = """
A = 1  # tracepy: train
B = 2  # tracepy: train

def objective():
    c = A + B
    d = c * 2
    e = d - B
    f = e * e
    g = f + A
    h = g - 3
    return h
"""
"""Ten nodes, two of them parameters, as the peers were measured with."""


def tokens(text: str) -> int:
    """A cheap count."""
    return len(text) // 4


def recorded(load: Load, text: str, call: str = "objective") -> Graph:
    """What happened as a function of a program was called."""
    module = load(text)
    with record() as trace:
        getattr(module, call)()
    return trace.graph()


def task_of(folder: Path, text: str, **about: Any) -> Task:
    """The task of a program that stands in `sample.py`."""
    path = folder / "sample.py"
    path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    target = resolve(str(path), folder)
    sources = {str(file): Source.read(file) for file in target.modules.values()}

    def find(changed: Mapping[str, str]) -> list[parameters.Parameter]:
        return parameters.find(target, changed)

    names = {str(file): module for module, file in target.modules.items()}
    baseline = Evaluation("ok", 0.0)
    return Task(sources, names, baseline, about.pop("sign", 1), find, lambda *_: [], **about)


def verdict(score: float | None = 0.0, feedback: str = "", *cases: Case) -> Evaluation:
    """What a judge said."""
    return Evaluation("ok", score, feedback, cases)
