"""Optimizers by name: ours, and those of other packages (entry points `tracepy.optimizers`)."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import cast

from tracepy.errors import UserError
from tracepy.optimizers.base import Optimizer, Task

GROUP = "tracepy.optimizers"


def _search(task: Task) -> Optimizer:
    from tracepy.optimizers.search import Search

    return Search(task)


def _optoprime(task: Task) -> Optimizer:
    from tracepy.optimizers.generative.optoprime import OptoPrime

    return OptoPrime(task)


def _opro(task: Task) -> Optimizer:
    from tracepy.optimizers.generative.opro import Opro

    return Opro(task)


def _textgrad(task: Task) -> Optimizer:
    from tracepy.optimizers.generative.textgrad import TextGrad

    return TextGrad(task)


def _copro(task: Task) -> Optimizer:
    from tracepy.optimizers.generative.copro import Copro

    return Copro(task)


def _hybrid(task: Task) -> Optimizer:
    from tracepy.optimizers.generative.hybrid import Hybrid

    return Hybrid(task)


_OURS: dict[str, Callable[[Task], Optimizer]] = {
    "search": _search,
    "optoprime": _optoprime,
    "opro": _opro,
    "textgrad": _textgrad,
    "copro": _copro,
    "hybrid": _hybrid,
}
ASKING = frozenset(_OURS) - {"search"}
"""Those of ours that ask a model."""


def names() -> list[str]:
    """All optimizers that can be asked for."""
    return sorted({*_OURS, *(entry.name for entry in entry_points(group=GROUP))})


def refuse_unknown(name: str) -> None:
    """Raises UserError where no optimizer has that name."""
    if name not in names():
        raise UserError(f"no optimizer is called {name!r}; there are: {', '.join(names())}")


def create(name: str, task: Task) -> Optimizer:
    """The optimizer of that name for a task. Raises UserError where there is none."""
    if name in _OURS:
        return _OURS[name](task)
    refuse_unknown(name)
    (entry, *_) = entry_points(group=GROUP, name=name)
    return cast("Callable[[Task], Optimizer]", entry.load())(task)
