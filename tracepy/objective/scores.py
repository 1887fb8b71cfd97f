"""What an objective may return, and what it means."""

from __future__ import annotations

import math
import numbers
import operator
from dataclasses import dataclass
from typing import Any

from tracepy.evaluation.records import Case, Picture
from tracepy.feedback import Feedback

ALLOWED = "a finite number, True or False, (score, text) or tracepy.Feedback"
TEXT_LIMIT = 20_000


class ScoreError(Exception):
    """An objective returned something that is no score; the message says what."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An objective's result, read."""

    score: float
    text: str = ""
    cases: tuple[Case, ...] = ()
    on: Any = None
    images: tuple[Picture, ...] = ()


def read(result: Any, who: str) -> Reading:
    """Read what the objective `who` returned. Raises ScoreError."""
    if isinstance(result, Feedback):
        cases = tuple(_case(str(name), given, who) for name, given in result.cases.items())
        text = _told(result, who)
        images: tuple[Picture, ...] = ()
        if result.images:
            from tracepy.objective.pictures import pictures

            images, left_out = pictures(result.images)
            text = "\n".join(part for part in (text, *left_out) if part)
        return Reading(_number(result.score, who), bounded(text), cases, result.on, images)
    if isinstance(result, tuple):
        if len(result) != 2 or not isinstance(result[1], str):
            raise ScoreError(f"{who} returned {_shown(result)}; allowed is {ALLOWED}")
        return Reading(_number(result[0], who), bounded(result[1]))
    return Reading(_number(result, who))


def _case(name: str, given: Any, who: str) -> Case:
    """A case of feedback: a score, or a score and what is said of it."""
    text = ""
    if isinstance(given, tuple) and len(given) == 2:
        given, text = given[0], bounded(str(given[1]))
    return Case(name, _number(given, f"{who} (case {name})"), text)


def _told(feedback: Feedback, who: str) -> str:
    """Its text, of whatever shape, and its details."""
    from tracepy.objective.details import text_of

    try:
        parts = [text_of(part) for part in (feedback.text, feedback.details) if part is not None]
    except Exception as error:  # user code
        raise ScoreError(f"the feedback of {who} cannot be shown: {_cut(error)}") from error
    return "\n".join(part for part in parts if part)


def bounded(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text cut in its middle to `limit` characters."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def _number(value: Any, who: str) -> float:
    if value is None:
        raise ScoreError(f"{who} returned None (no return statement?); allowed is {ALLOWED}")
    if isinstance(value, (str, bytes)) or not _is_number(value):
        raise ScoreError(f"{who} returned {_shown(value)}; allowed is {ALLOWED}")
    try:
        number = float(value)
    except (Exception, SystemExit) as error:  # user code, which may raise anything
        why = f"{type(error).__name__}: {_cut(error)}"
        raise ScoreError(f"{who} returned {_shown(value)}, which is no number: {why}") from error
    if not math.isfinite(number):
        raise ScoreError(f"{who} returned {number}; allowed is {ALLOWED}")
    return number


def _is_number(value: Any) -> bool:
    if isinstance(value, (bool, numbers.Real)):
        return True
    # Scalars of array libraries (numpy.float32, a 0-d array, a one-element tensor), Decimal.
    return hasattr(type(value), "__float__") or hasattr(type(value), operator.index.__name__)


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except (Exception, SystemExit) as error:  # user code, which may raise anything
        text = f"a value whose repr raises {type(error).__name__}"
    return f"{text if len(text) <= 80 else text[:79] + '…'} (a {type(value).__name__})"


def _cut(error: BaseException) -> str:
    try:
        text = str(error)
    except (Exception, SystemExit) as second:
        return f"its text cannot be shown: {type(second).__name__}"
    return text if len(text) <= 200 else text[:199] + "…"
