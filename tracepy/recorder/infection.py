"""Which edits would change the state of a run, asked while the run goes on.

A program that is asked has calls of `Questions.see` in it. Each evaluates expressions where a
statement is about to run, and keeps what differs from the expression that stands there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import BuiltinMethodType, MethodType
from typing import Any

from tracepy.recorder.guarded import LARGEST, SAFE, Expression, Unsure, compiled

SAME = ""
SO_FAR = "~"
BROKEN = "!"
UNKNOWN = "?"
"""Answers: the edit changes nothing; nothing as often as it was asked; it raises what the program
does not; it was not evaluated. Any other answer stands for the values that it would yield: equal
ones, equal values."""

_ATOMS = (int, float, complex, bool, str, bytes, type(None), range, slice)
_CASES = 6
_TURNS = 24  # of one statement in one case
_EVALUATED = 150_000
_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
_CONTAINERS = (list, tuple, set, frozenset, dict, *_VIEWS)
_MUTABLE = (list, dict, set, bytearray)

_METHODS = (MethodType, BuiltinMethodType)

_Value = tuple[str, Any]

Answers = dict[str, dict[str, list[str]]]


class Questions:
    """The questions of one run, and the answers so far, by case and site.

    Args:
        asked: For each site, triples of expressions: what stands there, what would, and whether
            only the truth of both counts.
    """

    def __init__(self, asked: Mapping[int, Sequence[tuple[str, str, bool]]]) -> None:
        self.asked = {
            site: [(compiled(one), compiled(other), truth) for one, other, truth in rows]
            for site, rows in asked.items()
        }
        self._seen: dict[tuple[str, int], _Seen] = {}
        self._left = _EVALUATED
        self._unfinished: set[str] = set()
        self._busy = False

    def see(self, site: int, names: Mapping[str, Any], outer: Mapping[str, Any]) -> bool:
        """Evaluate what is asked at a site, with the local and the global names there.

        Returns:
            False, so that it can stand in front of a condition.
        """
        case = _case.name
        if self._busy or case is None:
            return False
        if self._left <= 0:
            self._unfinished.add(case)
            return False
        key = (case, site)
        seen = self._seen.get(key)
        if seen is None:
            seen = self._seen[key] = _Seen(len(self.asked[site]))
        if seen.turns >= _TURNS:
            seen.same = SO_FAR
            return False
        seen.turns += 1
        self._busy = True  # what is evaluated may come by here
        try:
            scope = {**outer, **names, "_tracepy_safe": SAFE}
            known: dict[tuple[int, bool], _Value] = {}
            for index, (one, other, truth) in enumerate(self.asked[site]):
                self._left -= 1
                # Values are kept while others are made, so that no two have the same identity.
                before = known.get((id(one), truth)) or known.setdefault(
                    (id(one), truth), _value(one, truth, scope)
                )
                after = _value(other, truth, scope)
                seen.hear(index, _difference(before[0], after[0]))
        finally:
            self._busy = False
        return False

    def answers(self) -> Answers:
        """For each case and site that ran in it, the answer to each question.

        Cases that would have taken too long to the end are left out.
        """
        found: Answers = {}
        for (case, site), seen in self._seen.items():
            if case in self._unfinished:
                continue
            found.setdefault(case, {})[str(site)] = seen.labels()
        return found


class _Seen:
    """What was seen at one site in one case."""

    def __init__(self, count: int) -> None:
        self.turns = 0
        self.same = SAME
        self.infected: list[Any] = [None] * count
        self.special: dict[int, str] = {}

    def hear(self, index: int, found: str | None) -> None:
        if index in self.special:
            return
        if found in (BROKEN, UNKNOWN):
            if self.infected[index] is None:  # what comes after a first difference is a guess
                self.special[index] = found
            return
        if found is None and self.infected[index] is None:
            return
        state = self.infected[index]
        if state is None:
            state = self.infected[index] = hashlib.blake2b(b"%d" % self.turns, digest_size=6)
        state.update((found or "").encode("utf-8", "replace") + b"\0")

    def labels(self) -> list[str]:
        known: dict[str, str] = {}
        found = []
        for index, state in enumerate(self.infected):
            special = self.special.get(index)
            if special is None and state is not None:
                special = known.setdefault(state.hexdigest(), str(len(known) + 1))
            found.append(special or self.same)
        return found


class _Case:
    """The case that runs at the moment."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.count = 0
        self.questions: list[Questions] = []


_case = _Case()


def begin(name: str) -> None:
    """A case begins: what is seen from now on belongs to it, if it is among the first."""
    _case.count += 1
    _case.name = name if _case.count <= _CASES else None


def ask(asked: Mapping[int, Sequence[tuple[str, str, bool]]]) -> Callable[..., bool]:
    """What a program that is asked calls first; it yields what its statements call."""
    questions = Questions(asked)
    _case.questions.append(questions)
    return questions.see


def answers() -> Answers:
    """The answers of this process; empty where nothing was asked."""
    found: Answers = {}
    for questions in _case.questions:
        for case, sites in questions.answers().items():
            found.setdefault(case, {}).update(sites)
    return found


def _difference(before: str, after: str) -> str | None:
    """None where both yield the same, BROKEN, UNKNOWN, or what the second yields instead."""
    if UNKNOWN in (before, after):
        return UNKNOWN
    return None if before == after else after


def _value(code: Expression | None, truth: bool, scope: dict[str, Any]) -> _Value:
    """What an expression yields, as `fingerprint` tells it, and itself."""
    value = None
    try:
        if code is None:
            return UNKNOWN, None
        value = eval(code[0], scope)
        if truth:
            return repr(bool(value)), None
        own = f"@{id(value)}" if code[1] and isinstance(value, _MUTABLE) else ""
        return fingerprint(value) + own, value
    except (Unsure, NameError):  # a name of a function around it is not to be seen from outside
        return UNKNOWN, None
    except (TypeError, AttributeError):
        return BROKEN, None
    except Exception as error:
        return f"raises {type(error).__name__}", None


def fingerprint(value: Any, depth: int = 3) -> str:
    """Equal for values that a program can hardly tell apart. Raises Unsure for large ones."""
    kind = type(value)
    if kind in _ATOMS:
        if kind is int and value.bit_length() > LARGEST:
            raise Unsure
        text = repr(value)
        if len(text) > LARGEST:
            raise Unsure
        return f"{kind.__name__}:{text}"
    if depth and kind in _CONTAINERS:
        if len(value) > 200:
            raise Unsure
        items: Iterable[Any] = value.items() if isinstance(value, dict) else value
        parts = [fingerprint(item, depth - 1) for item in items]
        if isinstance(value, set | frozenset):
            parts.sort()
        return f"{kind.__name__}({','.join(parts)})"
    if kind in _METHODS:  # made anew each time it is asked for
        owner = value.__self__
        known = fingerprint(owner) if type(owner) in _ATOMS else str(id(owner))
        return f"{value.__name__} of {known}"
    return f"{kind.__name__}@{id(value)}"
