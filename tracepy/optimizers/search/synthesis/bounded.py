"""Operations that could be asked for more than they are worth, with a bound on what they make.

Candidate expressions are worked out in the parent process, over plain data alone: whatever is not
cheap counts as an error there. The same expression, once it is proposed, runs in a worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Items of a container, characters of a text.
LONGEST = 500
LARGEST = 10**30
_EXPONENT = 64


class TooMuch(Exception):
    """A result is larger than this evaluator takes."""


def small(value: Any) -> bool:
    """Whether a value, and all in it, is plain data of a bounded size."""
    kind = type(value)
    if kind in (int, float):
        return bool(-LARGEST < value < LARGEST) or value != value
    if kind is bool or value is None:
        return True
    if kind in (str, range):
        return len(value) <= LONGEST
    if kind in (list, tuple, set):
        return len(value) <= LONGEST and all(map(small, value))
    if kind is dict:
        return len(value) <= LONGEST and all(map(small, value)) and all(map(small, value.values()))
    return False


def power(base: Any, exponent: Any) -> Any:
    """`base ** exponent`; never a complex number."""
    if abs(exponent) > _EXPONENT:
        raise TooMuch
    result = base**exponent
    if type(result) is complex:
        raise TooMuch
    return result


def repeated(items: Sequence[Any], times: int) -> Any:
    """`items * times`."""
    if len(items) * times > LONGEST:
        raise TooMuch
    return items * times  # type: ignore[operator]


def numbers(start: int, stop: int) -> range:
    """`range(start, stop)`."""
    if stop - start > LONGEST:
        raise TooMuch
    return range(start, stop)


def rounded(number: float, digits: int) -> float:
    """`round(number, digits)`."""
    if abs(digits) > 20:
        raise TooMuch
    return round(number, digits)


def padded(text: str, width: int) -> str:
    """`text.zfill(width)`."""
    if width > LONGEST:
        raise TooMuch
    return text.zfill(width)


def justified(text: str, width: int) -> str:
    """`text.rjust(width)`."""
    if width > LONGEST:
        raise TooMuch
    return text.rjust(width)
