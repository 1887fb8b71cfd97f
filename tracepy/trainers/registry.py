"""Trainers by name, and the options that are written behind the name: `beam:width=4,patience=50`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tracepy.errors import UserError
from tracepy.optimizers.base import Outcome, Task
from tracepy.trainers.beam import Beam
from tracepy.trainers.greedy import Greedy
from tracepy.trainers.pareto import Pareto
from tracepy.trainers.selection import Selection
from tracepy.trainers.sequential import Sequential
from tracepy.trainers.ucb import Ucb

_WIDTH = 4
# Of 0 to 0.25, little is best where each turn makes an arm (benchmarks/trainers.py); 0 never tries
# again what once looked bad.
_EXPLORE = 0.05
_COMMON = ("minibatch", "patience", "restarts")


@dataclass(frozen=True)
class Shape:
    """Which trainer, with which options.

    Attributes:
        name: Its name.
        minibatch: Cases of a minibatch; None takes all cases each turn.
        patience: Evaluations without a new best after which the search ends, or restarts.
        restarts: How often it then starts again, from another program (`Shortlist`); so it does
            where the optimizer proposes nothing.
        own: The options that only this trainer has.
    """

    name: str = "greedy"
    minibatch: int | None = None
    patience: int | None = None
    restarts: int = 0
    own: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Shape:
        """Read `NAME` or `NAME:KEY=VALUE,…`.

        Raises:
            UserError: there is no such trainer or option, or its value is none.
        """
        name, colon, rest = (part.strip() for part in text.partition(":"))
        if name not in _OURS:
            raise UserError(f"no trainer is called {name!r}; there are: {', '.join(names())}")
        options: dict[str, float] = {}
        for item in rest.split(",") if colon else []:
            key, equals, value = (part.strip() for part in item.partition("="))
            if not equals:
                raise UserError(f"trainer {name}: options are written KEY=VALUE, not {item!r}")
            if key in options:
                raise UserError(f"trainer {name}: {key} is given twice")
            options[key] = _read(name, key, value)
        if "restarts" in options and "patience" not in options:
            raise UserError(
                f"trainer {name}: restarts needs patience, which says when to start again"
            )
        own = {key: value for key, value in options.items() if key not in _COMMON}
        minibatch, patience = (
            int(options[key]) if key in options else None for key in ("minibatch", "patience")
        )
        return cls(name, minibatch, patience, int(options.get("restarts", 0)), own)

    def selection(self, task: Task, start: Outcome, number: int = 0) -> Selection:
        """A new selection.

        Args:
            task: What is to be improved.
            start: The program that the search begins from.
            number: Of the restart, which draws differently.
        """
        seed = f"{task.seed} {self.name} {number}"
        return _OURS[self.name].make(task, start, seed, self.own)


def names() -> list[str]:
    """All trainers that can be asked for."""
    return sorted(_OURS)


@dataclass(frozen=True)
class _Kind:
    """A trainer: what makes its selection of task, start, seed and options, and its own options."""

    make: Callable[[Task, Outcome, str, Mapping[str, float]], Selection]
    whole: tuple[str, ...] = ()  # options that are whole numbers
    real: tuple[str, ...] = ()


_OURS = {
    "greedy": _Kind(lambda task, start, seed, own: Greedy(start)),
    "sequential": _Kind(lambda task, start, seed, own: Sequential(start)),
    "beam": _Kind(
        lambda task, start, seed, own: Beam(start, int(own.get("width", _WIDTH))), ("width",)
    ),
    "pareto": _Kind(lambda task, start, seed, own: Pareto(start, task.sign, seed)),
    "ucb": _Kind(
        lambda task, start, seed, own: Ucb(start, own.get("explore", _EXPLORE), seed),
        real=("explore",),
    ),
}


def _read(name: str, key: str, value: str) -> float:
    kind = _OURS[name]
    if key in (*_COMMON, *kind.whole):
        if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) > 0):
            raise UserError(
                f"trainer {name}: {key} must be a whole number from 1 on, not {value!r}"
            )
        return int(value)
    if key not in kind.real:
        there = ", ".join(sorted((*_COMMON, *kind.whole, *kind.real)))
        raise UserError(f"trainer {name} has no option {key!r}; it has: {there}")
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0.0 <= number < 1e9:
        raise UserError(f"trainer {name}: {key} must be a number from 0 on, not {value!r}")
    return number
