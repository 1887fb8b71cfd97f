"""How far a candidate that does not win has come: whether another edit of it may be worth trying."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tracepy.evaluation.records import Case, Evaluation
from tracepy.optimizers.search.outputs import told
from tracepy.transforms.ends import shared_end, shared_start

# A failing case passes, whatever else broke; it fails further down in its test; what comes out is nearer to what
# is wanted; it fails in another way.
PASSES = 1.0
LATER = 0.6
NEARER = 0.5
OTHERWISE = 0.1

# Errors that an edit made itself: nothing to build on.
_BROKEN = re.compile(r"\b(NameError|UnboundLocalError|SyntaxError|TypeError|AttributeError)\b")
_FRAME = re.compile(r"^(?P<path>\S[^\n:]*\.py):(?P<line>\d+): in (?P<name>\S+)", re.MULTILINE)


def progress(before: Evaluation, after: Evaluation) -> float:
    """The progress of the failing case that has made the most, 0 (none) to 1.

    Args:
        before: The verdict on the base.
        after: The verdict on its edit. Cases that were not run again say nothing.
    """
    now = {case.name: case for case in after.cases}
    return max(
        (_of(case, now[case.name]) for case in before.cases if case.score < 1 and case.name in now),
        default=0.0,
    )


def _of(before: Case, after: Case) -> float:
    if after.score > before.score:
        return PASSES
    if not after.text or after.text == before.text or _worse(before.text, after.text):
        return 0.0
    lines = _lines(before.text, after.text)
    if lines is not None and lines[0] != lines[1]:
        return LATER if lines[0] < lines[1] else 0.0
    far, near = _distance(before.text), _distance(after.text)
    if far is not None and near is not None and near < far:
        return OTHERWISE + (NEARER - OTHERWISE) * (1 - near / far)
    return OTHERWISE


def _worse(before: str, after: str) -> bool:
    """Whether the edit itself made an error."""
    new = set(_BROKEN.findall(after))
    return bool(new - set(_BROKEN.findall(before)))


def _lines(before: str, after: str) -> tuple[int, int] | None:
    """Where in the same test each fails; None where that is not told."""
    one, other = _FRAME.search(before), _FRAME.search(after)
    if one is None or other is None or (one["path"], one["name"]) != (other["path"], other["name"]):
        return None
    return int(one["line"]), int(other["line"])


def _distance(text: str) -> float | None:
    """How far what came out is from what was wanted, 0 to 1; None where the text does not say."""
    pairs = list(told(text))
    return sum(_apart(got, wanted) for got, wanted in pairs) / len(pairs) if pairs else None


def _apart(got: Any, wanted: Any) -> float:
    if got == wanted:
        return 0.0
    if isinstance(got, int | float) and isinstance(wanted, int | float):
        return _numbers_apart(got, wanted)
    if type(got) is not type(wanted):
        return 1.0
    if isinstance(got, str | list | tuple):
        return _items_apart(got, wanted)
    if isinstance(got, set | frozenset):
        return len(got ^ wanted) / len(got | wanted)
    if isinstance(got, dict):
        keys = got.keys() | wanted.keys()
        both = got.keys() & wanted.keys()
        return 1 - sum(1 - _apart(got[key], wanted[key]) for key in both) / len(keys)
    return 1.0


def _numbers_apart(got: float, wanted: float) -> float:
    try:
        off = abs(got - wanted)
        return off / (off + abs(wanted) + 1)
    except OverflowError:
        return 1.0


def _items_apart(got: Sequence[Any], wanted: Sequence[Any]) -> float:
    """By what they begin and end with alike; lists of one length item by item."""
    if not isinstance(got, str) and len(got) == len(wanted):
        return sum(_apart(a, b) for a, b in zip(got, wanted, strict=True)) / len(got)
    if isinstance(got, str) and isinstance(wanted, str):
        head = shared_start(got, wanted)
        tail = shared_end(got, wanted, min(len(got), len(wanted)) - head)
        return 1 - (head + tail) / max(len(got), len(wanted))
    same = sum(1 for a, b in zip(got, wanted, strict=False) if a == b)
    return 1 - same / max(len(got), len(wanted))
