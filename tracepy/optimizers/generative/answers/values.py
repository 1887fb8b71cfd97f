"""A model's value for a literal: converted to the parameter's type, moved onto its constraint."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping
from typing import Any

from tracepy.optimizers.generative.answers.names import shown
from tracepy.optimizers.generative.answers.python import NOTHING, evaluated
from tracepy.optimizers.generative.answers.records import Refused
from tracepy.parameters import Parameter

_LONG = 100_000  # characters of a literal that are read
_DEEP = 50


def convert(parameter: Parameter, given: object) -> tuple[Any, str]:
    """The value that a parameter gets, and a sentence where that is not quite what was given.

    A string parameter keeps a string as it is, and takes a number or bool as it is written.
    Anything else takes JSON and Python literals, in a string or not.

    Raises:
        Refused: there is no value of the parameter's type near it.
    """
    try:
        value = _typed(parameter, _unwrapped(parameter, given), 0)
        moved = _projected(parameter, value)
    except (RecursionError, MemoryError, OverflowError):
        raise Refused(
            f"The value of `{parameter.name}` is too large: give a smaller one."
        ) from None
    problem = parameter.constraint.violation(moved)
    if problem is not None:
        raise Refused(
            f"The value of `{parameter.name}` is not allowed: {shown(problem, 150)}; "
            "give one that is."
        )
    if moved is value or (moved == value and type(moved) is type(value)):
        return moved, ""
    return moved, (
        f"`{parameter.name}` was set to {shown(repr(moved))}, since {shown(repr(value))} is not "
        f"allowed ({shown(_rule(parameter), 120)})."
    )


def _unwrapped(parameter: Parameter, given: object) -> object:
    """`{"value": 3}` for a parameter that is no dict."""
    if isinstance(given, Mapping) and len(given) == 1 and not isinstance(parameter.value, dict):
        key, value = next(iter(given.items()))
        if key in ("value", "new", "new_value"):
            return value
    return given


def _typed(parameter: Parameter, given: Any, depth: int) -> Any:
    old = parameter.value
    if parameter.kind == "string":
        return _text(parameter, given)
    value = _literal(parameter, given) if isinstance(given, str) else given
    if parameter.kind == "number":
        return _number(parameter, value)
    if parameter.kind == "bool":
        if isinstance(value, bool) or (isinstance(value, int) and value in (0, 1)):
            return bool(value)
        raise _wrong(parameter, given, "True or False")
    value = _shaped(value, old, depth)
    if old is not None and type(value) is not type(old):
        raise _wrong(parameter, given, f"a {type(old).__name__}")
    return value


def _text(parameter: Parameter, given: Any) -> str:
    if isinstance(given, bool | int | float) or given is None:
        if given is None:
            raise _wrong(parameter, given, "a string")
        return repr(given)
    if not isinstance(given, str):
        raise _wrong(parameter, given, "a string")
    # Its source in place of its value; not where the text is one that has quotes itself.
    text = given.strip()
    old = str(parameter.value).strip()
    if text[:1] in "\"'" and text[-1:] == text[:1] and old[:1] != text[:1] and len(text) > 1:
        value = evaluated(text)
        if isinstance(value, str):
            return value
    value = _assigned(parameter, text)
    return value if isinstance(value, str) else given


def _literal(parameter: Parameter, text: str) -> Any:
    """What a text says as JSON or Python; an assignment to the parameter's name counts."""
    if len(text) > _LONG:
        raise Refused(f"The value of `{parameter.name}` is too long: give a shorter one.")
    bare = _unfenced(text.strip())
    words = {"true": True, "false": False, "null": None}
    if bare.lower() in words:
        return words[bare.lower()]
    value = evaluated(bare)
    if value is NOTHING:
        value = _assigned(parameter, bare)
    if value is NOTHING:
        try:
            value = json.loads(bare)
        except (ValueError, RecursionError):
            value = NOTHING
    if value is not NOTHING:
        return value
    if isinstance(parameter.value, bytes):
        return text.encode("utf-8", "surrogatepass")
    raise _wrong(parameter, text, _kind(parameter))


def _assigned(parameter: Parameter, text: str) -> Any:
    """The value of `NAME = value`, where NAME is the parameter's."""
    target, found, _ = text.partition("=")
    last = parameter.name.rpartition(":")[2].rpartition(".")[2].strip("<>").partition("#")[0]
    if not found or target.partition(":")[0].strip().rpartition(".")[2] != last:
        return NOTHING
    return evaluated(text[len(target) + 1 :].strip())


def _unfenced(text: str) -> str:
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text.partition("\n")[2][:-3].strip()
    return text.strip("`")


def _number(parameter: Parameter, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(parameter, value, "a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise _wrong(parameter, value, "a finite number")
    if isinstance(parameter.value, float):
        return float(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value  # a fraction for a whole number is moved onto one


def _shaped(value: Any, old: Any, depth: int) -> Any:
    """A value of a container's kind: JSON knows lists and string keys only."""
    if depth > _DEEP:
        raise RecursionError
    if isinstance(value, float) and not math.isfinite(value):
        raise OverflowError
    if isinstance(value, list | tuple | set | frozenset):
        items = [
            _shaped(item, like, depth + 1)
            for item, like in zip(value, _likes(old, len(value)), strict=True)
        ]
        kind = type(old) if isinstance(old, list | tuple | set | frozenset) else type(value)
        try:
            return kind(items)
        except TypeError:
            return items
    if isinstance(value, Mapping):
        keys = _common(list(old)) if isinstance(old, dict) else NOTHING
        like = _common(list(old.values())) if isinstance(old, dict) else NOTHING
        return {
            _key(key, keys): _shaped(
                item, old.get(key, like) if isinstance(old, dict) else like, depth + 1
            )
            for key, item in value.items()
        }
    if isinstance(old, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(old, int) and isinstance(value, float) and value.is_integer():
        return int(value) if not isinstance(old, bool) else value
    return value


def _likes(old: Any, count: int) -> list[Any]:
    """What each item of a new sequence should be like: the one in its place, or what all are."""
    if isinstance(old, list | tuple) and len(old) == count:
        return list(old)
    common = _common(old) if isinstance(old, list | tuple | set | frozenset) else NOTHING
    return [common] * count


def _common(items: Any) -> Any:
    """One of some values where all are of one type, else nothing."""
    items = list(items)
    if items and all(type(item) is type(items[0]) for item in items):
        return items[0]
    return NOTHING


def _key(key: Any, like: Any) -> Any:
    if isinstance(key, str) and isinstance(like, int | float | tuple):
        value = evaluated(key)
        return value if type(value) is type(like) else key
    return key


def _projected(parameter: Parameter, value: Any) -> Any:
    limits = parameter.constraint
    if limits.choices:
        return _nearest(value, limits.choices)
    if isinstance(value, bool | str | bytes) or value is None:
        return value
    if isinstance(value, int | float):
        return _clipped(parameter, value)
    if limits.low is None and limits.high is None:
        return value
    if isinstance(value, dict):
        return {key: _projected(parameter, item) for key, item in value.items()}
    return type(value)(_projected(parameter, item) for item in value)


def _clipped(parameter: Parameter, value: int | float) -> int | float:
    limits = parameter.constraint
    whole = limits.integer or (parameter.kind == "number" and limits.integer)
    low = -math.inf if limits.low is None else limits.low
    high = math.inf if limits.high is None else limits.high
    if whole:
        low = math.ceil(low) if math.isfinite(low) else low
        high = math.floor(high) if math.isfinite(high) else high
        value = round(value)
    if low <= value <= high:
        return value
    bound = low if value < low else high
    return type(value)(bound)


def _nearest(value: Any, choices: tuple[Any, ...]) -> Any:
    """The choice that is meant: the same, the nearest number, or the most similar text."""
    for choice in choices:
        if choice == value and isinstance(choice, bool) == isinstance(value, bool):
            return choice
    if isinstance(value, int | float) and not isinstance(value, bool):
        numbers = [c for c in choices if isinstance(c, int | float) and not isinstance(c, bool)]
        return min(numbers, key=lambda choice: abs(choice - value)) if numbers else value
    if isinstance(value, str):
        texts = {choice.strip().lower(): choice for choice in choices if isinstance(choice, str)}
        near = difflib.get_close_matches(value.strip().lower()[:300], list(texts), 1, 0.7)
        return texts[near[0]] if near else value
    return value


def _kind(parameter: Parameter) -> str:
    old = parameter.value
    if parameter.kind == "number":
        return "a number"
    if parameter.kind == "bool":
        return "True or False"
    return "a literal" if old is None else f"a {type(old).__name__}"


def _rule(parameter: Parameter) -> str:
    return str(parameter.constraint) or "a whole number is wanted"


def _wrong(parameter: Parameter, given: Any, wanted: str) -> Refused:
    try:
        text = given if isinstance(given, str) else repr(given)
    except (RecursionError, ValueError):
        text = type(given).__name__
    return Refused(f"The value of `{parameter.name}` must be {wanted}, not `{shown(text)}`.")
