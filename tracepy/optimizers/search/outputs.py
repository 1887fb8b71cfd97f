"""What failing cases got and what they wanted instead, as far as their texts say so plainly."""

from __future__ import annotations

import re
import warnings
from ast import literal_eval
from collections.abc import Iterator, Mapping
from typing import Any

from tracepy.evaluation.records import Evaluation

Pair = tuple[Any, Any]

_MOST = 24  # pairs of one verdict
_LONG = 2000  # characters of a value
# `assert 3 == 4` as pytest explains it, `3 != 4` as unittest does.
_ASSERTED = re.compile(r"^E\s+(?:AssertionError: )?assert (.+?) == (.+)$", re.MULTILINE)
_UNEQUAL = re.compile(r"^E\s+AssertionError: (.+?) != (.+?)(?: : .*)?$", re.MULTILINE)
_COMPUTED = re.compile(r"^E\s+\+\s+where (.+?) = ", re.MULTILINE)
_GOT = re.compile(r"^got (.+), expected (.+)$", re.MULTILINE)  # of a data set
_DOCTEST = re.compile(r"^Expected:\n((?:    .*\n)+)Got:\n((?:    .*\n?)+)", re.MULTILINE)


def differences(evaluation: Evaluation) -> tuple[Pair, ...]:
    """Pairs of plain values, what came out and what was wanted, of containers the parts that differ."""
    found: dict[str, Pair] = {}
    for case in evaluation.cases:
        if case.score >= 1:
            continue
        for got, wanted in told(case.text):
            for pair in _parts(got, wanted):
                found.setdefault(repr(pair), pair)
                if len(found) >= _MOST:
                    return tuple(found.values())
    return tuple(found.values())


def told(text: str) -> Iterator[Pair]:
    """What a failing case's text says of what came out and what was wanted."""
    computed = set(_COMPUTED.findall(text))
    for one, other in (*_ASSERTED.findall(text), *_UNEQUAL.findall(text)):
        # `assert 4 == f(x)` is told the other way round.
        first, second = (other, one) if other in computed and one not in computed else (one, other)
        yield from _read(first, second)
    for got, wanted in _GOT.findall(text):
        yield from _read(got, wanted)
    for wanted, got in _DOCTEST.findall(text):
        yield from _read(_undented(got), _undented(wanted))


def _undented(text: str) -> str:
    return "\n".join(line[4:] for line in text.splitlines())


def _read(got: str, wanted: str) -> Iterator[Pair]:
    if len(got) > _LONG or len(wanted) > _LONG or "..." in got + wanted:
        return  # what is cut off is not the value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a candidate's text may be anything
        try:
            pair = literal_eval(got), literal_eval(wanted)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return
    yield pair


def _parts(got: Any, wanted: Any) -> Iterator[Pair]:
    """Where two values differ: pairs of parts that no container holds further down."""
    if got == wanted and type(got) is type(wanted):
        return
    if isinstance(got, list | tuple) and type(got) is type(wanted) and len(got) == len(wanted):
        for one, other in zip(got, wanted, strict=True):
            yield from _parts(one, other)
    elif isinstance(got, Mapping) and isinstance(wanted, Mapping) and got.keys() == wanted.keys():
        for key, value in got.items():
            yield from _parts(value, wanted[key])
    else:
        yield got, wanted
