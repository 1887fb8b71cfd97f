"""Conditions with a constant that the examples suggest: thresholds, equality, divisibility."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

from tracepy.optimizers.search.synthesis.bank import Bank
from tracepy.optimizers.search.synthesis.goal import Goal
from tracepy.optimizers.search.synthesis.terms import ERROR, INT, NUMBER, TEXT, Term

_MEASURES = 8  # terms that are compared
_VALUES = 40  # values of one term
_DIVISORS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 100)

Atom = tuple[str, int, list[Any]]


def atoms(bank: Bank, goal: Goal) -> Iterator[Atom]:
    """Conditions on cheap terms: how each is written, its cost, its values."""
    for term in islice(_measures(bank, NUMBER, goal), _MEASURES):
        yield from _thresholds(term, goal)
    for term in islice(_measures(bank, INT, goal), 3):
        yield from _divisible(term, goal)
    for term in islice(_measures(bank, TEXT, goal), 3):
        for value in _recurring(term, goal):
            text = f"({term.text} == {value!r})"
            yield text, term.cost + 3, [x is not ERROR and x == value for x in term.values]


def _measures(bank: Bank, kinds: str, goal: Goal) -> Iterator[Term]:
    for term in bank.terms(kinds, 3):
        if not term.constant and ERROR not in term.values[: goal.number]:
            yield term


def _thresholds(term: Term, goal: Goal) -> Iterator[Atom]:
    """Between two neighbouring values there is one cut: at the roundest number."""
    values = sorted(set(term.values[: goal.number]))
    if len(values) > _VALUES or any(value != value for value in values):
        return
    for low, high in pairwise(values):
        cut = roundest(low, high)
        at_least = cut > low
        sign = ">=" if at_least else "<="
        found = [ERROR if x is ERROR else (x >= cut if at_least else x <= cut) for x in term.values]
        yield f"({term.text} {sign} {_number(cut)})", term.cost + 4 + _digits(cut), found
    for value in _recurring(term, goal):
        found = [ERROR if x is ERROR else x == value for x in term.values]
        yield f"({term.text} == {_number(value)})", term.cost + 3 + _digits(value), found


def _recurring(term: Term, goal: Goal) -> list[Any]:
    """Values that occur twice: to ask for one that occurs once is to learn by heart."""
    values = list(term.values[: goal.number])
    return [value for value in dict.fromkeys(values) if values.count(value) > 1]


def roundest(low: Any, high: Any) -> Any:
    """A number from low to high with the fewest digits; of equal ones the highest."""
    if type(low) is int and type(high) is int:
        step = 10 ** len(str(max(abs(low), abs(high))))
        while step > 1 and math.floor(high / step) * step < low:
            step //= 10
        return math.floor(high / step) * step if step > 1 else high
    for digits in range(-6, 12):
        step = 10.0**-digits
        cut = math.floor(high / step + 1e-9) * step
        cut = round(cut, max(digits, 0))
        if low <= cut <= high:
            return cut
    return high


def _digits(value: Any) -> int:
    """What a constant adds for being long: 50 is shorter than 49."""
    return len(str(abs(value)).rstrip("0").replace(".", "")) // 2


def _divisible(term: Term, goal: Goal) -> Iterator[Atom]:
    values = term.values[: goal.number]
    divisors = dict.fromkeys(_DIVISORS)
    for divisor in (1, *_DIVISORS):
        # What the examples with one result have in common, among those divisible already.
        groups: dict[str, int] = {}
        for value, wanted in zip(values, goal.expected, strict=True):
            if value % divisor == 0:
                groups[repr(wanted)] = math.gcd(groups.get(repr(wanted), 0), value)
        divisors |= dict.fromkeys(x for x in groups.values() if x > 1)
    for divisor in divisors:
        found = [ERROR if x is ERROR else x % divisor == 0 for x in term.values]
        cost = term.cost + 3 + _digits(divisor)
        yield f"({term.text} % {divisor} == 0)", cost, found


def _number(value: Any) -> str:
    return f"({value!r})" if value < 0 else repr(value)


def rows(values: Sequence[Any], chosen: int) -> list[int]:
    """The numbers of the values whose bit is set."""
    return [number for number in range(len(values)) if chosen >> number & 1]
