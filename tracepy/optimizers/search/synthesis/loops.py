"""Loops with a variable that is carried on: templates whose parts are enumerated.

A product over items, the value of digits, a recurrence of two terms, and a loop that ends by itself
(`while b: a, b = b, a % b`). What else a loop gathers, comprehensions and builtins say shorter.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracepy.optimizers.search.synthesis.bank import Bank
from tracepy.optimizers.search.synthesis.bounded import small
from tracepy.optimizers.search.synthesis.comprehensions import Comprehensions
from tracepy.optimizers.search.synthesis.terms import ERROR, INT, NUMBER, Term

_ROUNDS = 200
_ELEMENTS = 30
_STEPS: dict[str, Callable[[Any, Any], Any]] = {
    "{0} + {1}": operator.add,
    "{0} - {1}": operator.sub,
    "{0} * {1}": operator.mul,
    "{0} % {1}": operator.mod,
    "{0} // {1}": operator.floordiv,
}


@dataclass(frozen=True, slots=True)
class Loop:
    """A body with a loop.

    Attributes:
        text: Its statements.
        cost: How long it is.
        values: What it gives on each input.
    """

    text: tuple[str, ...]
    cost: int
    values: Sequence[Any]

    def expression(self) -> str:
        """Nothing: a loop is no expression."""
        return ""

    def lines(self) -> Iterator[str]:
        """As statements."""
        yield from self.text


def loops(bank: Bank, comprehensions: Comprehensions) -> Iterator[Loop]:
    """Loops over what is cheap."""
    for term, name, places, elements in comprehensions.elements(NUMBER, _ELEMENTS):
        for element in elements:
            yield from _gathered(term, name, places, element)
    whole = [x for x in bank.terms(INT, 1) if not x.constant]
    for count in whole:
        yield from _recurrences(count, len(count.values))
    for one in whole:
        for other in whole:
            if one is not other:
                yield from _run_down(one, other)


def _gathered(
    term: Term, name: str, places: Sequence[range | None], element: Term
) -> Iterator[Loop]:
    loop = f"for {name} in {term.text}:"
    cost = term.cost + element.cost + 4
    for factor in (0, 10, 2):  # 0: each item is a factor
        start = 0 if factor else 1
        values = [_carried(place, element, start, factor) for place in places]
        step = f"result * {factor} + {element.text}" if factor else f"result * {element.text}"
        text = (f"result = {start}", loop, f"    result = {step}", "return result")
        yield Loop(text, cost + (factor > 0), values)


def _carried(place: range | None, element: Term, start: int, factor: int) -> Any:
    if place is None:
        return ERROR
    result: Any = start
    for index in place:
        item = element.values[index]
        if item is ERROR or not small(result):
            return ERROR
        result = result * factor + item if factor else result * item
    return result if small(result) else ERROR


def _recurrences(count: Term, number: int) -> Iterator[Loop]:
    for first, second in ((0, 1), (1, 1), (1, 2), (2, 1)):
        for text, apply in _STEPS.items():
            values = [_repeated(count.values[i], first, second, apply) for i in range(number)]
            step = text.format("one", "other")
            lines = (
                f"one, other = {first}, {second}",
                f"for _ in range({count.text}):",
                f"    one, other = other, {step}",
                "return one",
            )
            yield Loop(lines, count.cost + 7, values)


def _repeated(times: Any, one: Any, other: Any, apply: Callable[[Any, Any], Any]) -> Any:
    if times is ERROR or times > _ROUNDS:
        return ERROR
    try:
        for _ in range(times):
            one, other = other, apply(one, other)
            if not small(other):
                return ERROR
    except ArithmeticError:
        return ERROR
    return one


def _run_down(one: Term, other: Term) -> Iterator[Loop]:
    for text, apply in _STEPS.items():
        pairs = zip(one.values, other.values, strict=True)
        values = [_until(a, b, apply) for a, b in pairs]
        step = text.format(one.text, other.text)
        lines = (
            f"while {other.text}:",
            f"    {one.text}, {other.text} = {other.text}, {step}",
            f"return {one.text}",
        )
        yield Loop(lines, 7, values)


def _until(one: Any, other: Any, apply: Callable[[Any, Any], Any]) -> Any:
    if one is ERROR or other is ERROR:
        return ERROR
    try:
        for _ in range(_ROUNDS):
            if not other:
                return one
            one, other = other, apply(one, other)
            if not small(other):
                return ERROR
    except ArithmeticError:
        pass
    return ERROR
