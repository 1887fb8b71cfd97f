"""The objects in an answer, and which of them is the suggestion's."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tracepy.optimizers.generative.answers.loose import SECTIONS, Broken, Cut, Loose
from tracepy.optimizers.generative.answers.names import resolve
from tracepy.optimizers.generative.answers.python import evaluated

_BRACE = re.compile(r"\{(?=\s{0,200}+[\"'“‘`A-Za-z_}#/])")
_HALF = re.compile(r"\\u[dD][89abAB]")
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class _Read:
    value: dict[str, Any]
    cut: bool
    keys: frozenset[str]


class Objects:
    """The objects of an answer, and which of them is the suggestion's.

    Attributes:
        suggestion: The object that holds the suggestion, or None.
        cut: Whether the text ends within it.
        prose: An object with reasoning or answer, but no suggestion.
        seen: Whether there was any object at all.
    """

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self.suggestion: dict[str, Any] | None = None
        self.cut = False
        self.prose: dict[str, Any] = {}
        self.seen = False
        bare: _Read | None = None
        cut_open = False
        for item in _objects(text, names):
            self.seen = True
            if item.keys & {"suggestion", "suggestions"}:
                self.suggestion, self.cut = item.value, item.cut
            elif item.keys & SECTIONS:
                self.prose, cut_open = item.value, item.cut
            elif item.value and all(resolve(key, names) for key in item.value):
                bare = item
        self.open = cut_open
        if self.suggestion is None and bare is not None:
            self.suggestion, self.cut = {**self.prose, "suggestion": bare.value}, bare.cut


def _objects(text: str, names: Sequence[str]) -> Iterator[_Read]:
    """Every outermost object; what it costs is bounded by the length of the text."""
    single = whole(text)
    if single is not None:
        yield _read(single)
        return
    loose = Loose(text, lru_cache(10_000)(lambda key: resolve(key, names) is not None))
    work, position = 8 * len(text) + 100_000, 0
    while work > 0 and (brace := _BRACE.search(text, position)) is not None:
        start = brace.start()
        position = start + 1
        try:
            value, position = _DECODER.raw_decode(text, start)
            yield _read(value)
            continue
        except json.JSONDecodeError as error:
            # It counts the lines before it, and a failure has a price of its own.
            work -= 200 + error.pos - start + error.pos // 32
        except (ValueError, RecursionError):
            work -= len(text) - start
        try:
            value, position = loose.read(start)
            yield _read(value)
        except Cut as cut:
            work -= len(text) - start
            yield _read(cut.members or {}, cut.keys)
            if {key.lower() for key in cut.keys} & SECTIONS:
                return
        except Broken as error:
            work -= max(error.position - start, 0) + 100 * loose.steps


def _read(value: dict[str, Any], cut: Collection[str] | None = None) -> _Read:
    """An object; `cut`: its keys, the last maybe without a value, where the text ends within it."""
    keys = value if cut is None else cut
    return _Read(value, cut is not None, frozenset(key.lower() for key in keys))


def whole(text: str) -> dict[str, Any] | None:
    """All from the first brace to the last, where that is exactly one JSON or Python dict."""
    start, end = text.find("{"), text.rfind("}") + 1
    if not 0 <= start < end:
        return None
    # In Python, unlike in JSON, two halves of one character stay two.
    for parse in (_json,) if _HALF.search(text) else (_json, evaluated):
        value = parse(text[start:end])
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return value
    return None


def _json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
