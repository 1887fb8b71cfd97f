"""Linear forms: factors that the examples determine, where enumeration would have to guess them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice
from typing import Any

from tracepy.optimizers.search.synthesis.atoms import rows
from tracepy.optimizers.search.synthesis.bank import Bank
from tracepy.optimizers.search.synthesis.goal import Goal
from tracepy.optimizers.search.synthesis.operations import OPERATIONS
from tracepy.optimizers.search.synthesis.terms import ERROR, NUMBER, Term, kind_of, worked_out

_BY_TEXT = {operation.text: operation for operation in OPERATIONS if operation.kinds[0] == NUMBER}
_SINGLE = 40
_PAIRED = 8
_DENOMINATOR = 1000
_LARGEST = 100_000


def linear(bank: Bank, goal: Goal, examples: int) -> Iterator[Term]:
    """Terms `a * t`, `a * t + b` and `a * t + b * u` that are right on some examples.

    There have to be more examples than factors that they determine.
    """
    chosen = rows(goal.expected, examples)
    if len(chosen) < 2 or any(type(goal.expected[i]) not in (int, float) for i in chosen):
        return
    wanted = [Fraction(goal.expected[i]) for i in chosen]
    if len(set(wanted)) == 1:
        return
    usable = [
        (term, points)
        for term in islice(_numbers(bank), _SINGLE)
        if (points := _points(term, chosen)) is not None
    ]
    number = len(next(iter(goal.inputs.values())))
    for term, points in usable:
        for made in _single(term, points, wanted, number):
            yield _priced(made, term.cost + 2)
    for (one, a), (other, b) in combinations(usable[:_PAIRED], 2):
        if len(chosen) > 4:
            for made in _paired(one, a, other, b, wanted, number):
                yield _priced(made, one.cost + other.cost + 3)


def _priced(term: Term, cost: int) -> Term:
    """A term whose constants follow from the examples: they cost little where they are short."""
    digits = sum(char.isdigit() for char in term.text.replace("000", "").replace("00", ""))
    return Term(term.text, cost + max(digits - 2, 0) // 2, term.values, term.kind)


def _numbers(bank: Bank) -> Iterator[Term]:
    return (term for term in bank.terms(NUMBER) if not term.constant)


def _points(term: Term, chosen: Sequence[int]) -> list[Fraction] | None:
    values = [term.values[i] for i in chosen]
    if ERROR in values:
        return None
    try:
        return [Fraction(value) for value in values]
    except (ValueError, OverflowError):  # not finite
        return None


def _single(
    term: Term, points: list[Fraction], wanted: list[Fraction], number: int
) -> Iterator[Term]:
    other = next((i for i, point in enumerate(points) if point != points[0]), None)
    if other is None:
        return
    slope = _plain((wanted[other] - wanted[0]) / (points[other] - points[0]))
    if slope is None or slope == 0:
        return
    offset = _plain(wanted[0] - slope * points[0])
    # Of many terms some fit by chance: one that is made up has to fit once more.
    if offset is None or len(set(points)) < 2 + bool(offset) + (term.cost > 1):
        return
    if not all(_near(slope * x + offset, y) for x, y in zip(points, wanted, strict=True)):
        return
    if offset and (offset / slope).denominator == 1:
        moved = _sum(term, offset / slope, number)
        yield from _times(moved, slope, number)
    for scaled in _times(term, slope, number):
        yield _sum(scaled, offset, number) if offset else scaled


def _paired(
    one: Term,
    a: list[Fraction],
    other: Term,
    b: list[Fraction],
    wanted: list[Fraction],
    number: int,
) -> Iterator[Term]:
    for i, j in islice(combinations(range(len(wanted)), 2), 6):
        determinant = a[i] * b[j] - a[j] * b[i]
        if determinant:
            break
    else:
        return
    x = _plain((wanted[i] * b[j] - wanted[j] * b[i]) / determinant)
    y = _plain((a[i] * wanted[j] - a[j] * wanted[i]) / determinant)
    if not x or not y or abs(x) == abs(y) == 1:  # which enumeration finds
        return
    if all(_near(x * p + y * q, w) for p, q, w in zip(a, b, wanted, strict=True)):
        for left in _times(one, x, number):
            for right in _times(other, abs(y), number):
                yield _made("({0} + {1})" if y > 0 else "({0} - {1})", left, right)


def _plain(value: Fraction) -> Fraction | None:
    """The simple fraction that a float stands for; None where it is none."""
    simple = value.limit_denominator(_DENOMINATOR)
    if abs(simple.numerator) > _LARGEST:
        return None
    return simple if _near(simple, value) else None


def _near(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= Fraction(1, 10**9) * max(abs(one), abs(other), Fraction(1, 1000))


def _times(term: Term, factor: Fraction, number: int) -> Iterator[Term]:
    """A term times a fraction, in the ways in which it may be rounded."""
    over, under = factor.numerator, factor.denominator
    if over == under:
        yield term
        return
    scaled = term
    if abs(over) != 1:
        scaled = _made("({0} * {1})", term, _constant(over, number))
    elif over < 0:
        scaled = _made("(-{0})", term)
    if under == 1:
        yield scaled
        return
    decimal = round(float(factor), 3)
    if Fraction(str(decimal)) == factor:
        yield _made("({0} * {1})", term, _constant(decimal, number))
    yield _made("({0} / {1})", scaled, _constant(under, number))
    yield _made("({0} // {1})", scaled, _constant(under, number))


def _sum(term: Term, offset: Fraction, number: int) -> Term:
    sign = "({0} + {1})" if offset > 0 else "({0} - {1})"
    amount: Any = abs(offset)
    amount = amount.numerator if amount.denominator == 1 else float(amount)
    return _made(sign, term, _constant(amount, number))


def _constant(value: Any, number: int) -> Term:
    text = f"({value!r})" if value < 0 else repr(value)
    kind = "i" if type(value) is int else "f"
    return Term(text, 2, [value] * number, kind, constant=True)


def _made(text: str, *parts: Term) -> Term:
    operation = _BY_TEXT[text]
    values = worked_out(operation, parts)
    cost = operation.cost + sum(part.cost for part in parts)
    return Term(text.format(*(part.text for part in parts)), cost, values, kind_of(values) or "o")
