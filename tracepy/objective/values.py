"""Answers as data: what crosses from a candidate's process to the one that compares.

The form is JSON. Plain values are themselves, all else is an object with one key that says what it
is. Reading it back makes Python's own types, and a few of its library and of numpy, and nothing
else: no class of a candidate's gets to where its answers are compared.
"""

from __future__ import annotations

import binascii
import math
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

DEPTH = 100
SIZE = 4 * 1024**2  # of one answer; a part counts for _PART, a text for its length as well
_PART = 4
_SHOWN = 300
_SMALL = 1 << 63
# Kinds of numpy's types that hold no Python objects.
_ARRAYS = "biufcSUmM"


class NoData:
    """What stands for an object that is no data. It equals nothing."""

    __slots__ = ("kind", "shown")

    def __init__(self, kind: str, shown: str) -> None:
        self.kind = kind
        self.shown = shown

    def __repr__(self) -> str:
        return self.shown


class _TooMuch(Exception):
    """A value is larger than an answer may be."""


def encode(value: Any) -> tuple[Any, str]:
    """A value as JSON's types, and the name of the first type in it that is not carried whole.

    Of a subclass of a plain type the plain value is carried, of any other object its type's name
    and its repr. What its class says of itself counts for nothing.
    """
    writer = _Writer()
    try:
        return writer.tree(value, 0), writer.rough
    except _TooMuch as why:
        return _object(value, str(why)), _name(type(value))


class _Writer:
    def __init__(self) -> None:
        self.rough = ""
        self._left = SIZE

    def tree(self, value: Any, depth: int) -> Any:
        kind = type(value)
        self.take(_PART)
        if depth > DEPTH:
            raise _TooMuch(f"more than {DEPTH} levels deep")
        if value is None or kind is bool:
            return value
        write = _PLAIN.get(kind)
        if write is not None:
            return write(self, value, depth)
        if (words := _library(kind)) is not None:
            return {kind.__name__.lower(): words(value)}
        if _numpys(kind) and value.dtype.kind in _ARRAYS:
            return _array(self, value)
        self.rough = self.rough or _name(kind)
        for base, plain in _SUBCLASSES:
            if issubclass(kind, base):
                return _PLAIN[base](self, plain(value), depth)
        return _object(value, "")

    def take(self, size: int) -> None:
        """Count what is written, before it is. Shared parts count as often as they occur."""
        self._left -= size
        if self._left < 0:
            raise _TooMuch(f"more than {SIZE // 1024**2} MiB")


def _text(writer: _Writer, value: str, depth: int) -> Any:
    writer.take(len(value))
    return value


def _bytes(writer: _Writer, value: bytes, depth: int) -> Any:
    writer.take(len(value))
    return {"bytes": _base64(value)}


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def _integer(writer: _Writer, value: int, depth: int) -> Any:
    if -_SMALL <= value < _SMALL:
        return value
    writer.take(value.bit_length() // 4)
    return {"int": format(value, "x")}  # decimal digits would take quadratic time


def _float(writer: _Writer, value: float, depth: int) -> Any:
    return value if math.isfinite(value) else {"float": repr(value)}


def _list(writer: _Writer, value: Any, depth: int) -> list[Any]:
    return [writer.tree(item, depth + 1) for item in value]


def _dict(writer: _Writer, value: dict[Any, Any], depth: int) -> Any:
    return {"dict": [_list(writer, pair, depth) for pair in value.items()]}


def _tagged(tag: str) -> Callable[[_Writer, Any, int], Any]:
    return lambda writer, value, depth: {tag: _list(writer, value, depth)}


def _words(tag: str, words: Callable[[Any], Any]) -> Callable[[_Writer, Any, int], Any]:
    return lambda writer, value, depth: {tag: words(value)}


_PLAIN: dict[type, Callable[[_Writer, Any, int], Any]] = {
    str: _text,
    int: _integer,
    float: _float,
    list: _list,
    dict: _dict,
    bytes: _bytes,
    tuple: _tagged("tuple"),
    set: _tagged("set"),
    frozenset: _tagged("frozenset"),
    bytearray: lambda writer, value, depth: {"bytearray": _bytes(writer, bytes(value), depth)},
    complex: _words("complex", lambda value: [repr(value.real), repr(value.imag)]),
}
# Types of modules that most programs do without, so that workers need not have them.
_LIBRARY: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("decimal", "Decimal"): str,
    ("fractions", "Fraction"): lambda x: [format(x.numerator, "x"), format(x.denominator, "x")],
    ("datetime", "datetime"): lambda x: x.isoformat(),
    ("datetime", "date"): lambda x: x.isoformat(),
    ("datetime", "time"): lambda x: x.isoformat(),
    ("datetime", "timedelta"): lambda x: [x.days, x.seconds, x.microseconds],
}
# How to get at the plain value of a subclass without asking the subclass.
_SUBCLASSES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, int.__pos__),
    (float, float.__pos__),
    (str, str.__str__),
    (list, lambda value: list(list.__iter__(value))),
    (dict, lambda value: dict(dict.items(value))),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (set, lambda value: set(set.__iter__(value))),
    (frozenset, lambda value: frozenset(frozenset.__iter__(value))),
    (bytes, lambda value: bytes.__add__(value, b"")),
)


def _library(kind: type) -> Callable[[Any], Any] | None:
    home = sys.modules.get(kind.__module__)
    known = getattr(home, kind.__name__, None) is kind
    return _LIBRARY.get((kind.__module__, kind.__name__)) if known else None


def _numpys(kind: type) -> bool:
    numpy = sys.modules.get("numpy")
    return (
        numpy is not None
        and (kind is numpy.ndarray or issubclass(kind, numpy.generic))
        and kind.__module__ == "numpy"
    )


def _array(writer: _Writer, value: Any) -> Any:
    writer.take(int(value.nbytes))
    data = _base64(value.tobytes())
    scalar = type(value).__name__ != "ndarray"
    return {"array": [value.dtype.str, list(value.shape), scalar, data]}


def _object(value: Any, why: str) -> Any:
    name = _name(type(value))
    if not why:
        try:
            shown = str.__str__(repr(value))
        except Exception as error:  # the candidate's __repr__ may raise anything
            shown = f"<{name}, whose repr raises {type(error).__name__}>"
    else:
        shown = f"<{name}: {why}>"
    return {"object": [name, shown[:_SHOWN]]}


def _name(kind: type) -> str:
    module, name = (type.__getattribute__(kind, x) for x in ("__module__", "__qualname__"))
    plain = isinstance(module, str) and isinstance(name, str)
    return f"{module}.{name}".removeprefix("builtins.")[:_SHOWN] if plain else "object"


def decode(tree: Any) -> Any:
    """The value again. Raises ValueError or TypeError where it is none of `encode`'s."""
    if isinstance(tree, list):
        return [decode(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    ((tag, inner),) = tree.items()
    return _READ[tag](inner)


def _read_array(inner: Any) -> Any:
    import numpy

    kind, shape, scalar, data = inner
    dtype = numpy.dtype(kind)
    if dtype.kind not in _ARRAYS:
        raise ValueError(f"an array of {kind}")
    if not dtype.itemsize and shape == []:  # empty text, of which there is nothing to read
        return dtype.type()
    array = numpy.frombuffer(binascii.a2b_base64(data), dtype).reshape(shape)
    return array[()] if scalar else array.copy()


_READ: dict[str, Callable[[Any], Any]] = {
    "int": lambda inner: int(inner, 16),
    "float": float,
    "bytes": binascii.a2b_base64,
    "bytearray": lambda inner: bytearray(decode(inner)),
    "tuple": lambda inner: tuple(map(decode, inner)),
    "set": lambda inner: set(map(decode, inner)),
    "frozenset": lambda inner: frozenset(map(decode, inner)),
    "dict": lambda inner: {decode(key): decode(value) for key, value in inner},
    "complex": lambda inner: complex(*map(float, inner)),
    "decimal": lambda inner: import_module("decimal").Decimal(inner),
    "fraction": lambda inner: import_module("fractions").Fraction(*(int(x, 16) for x in inner)),
    "datetime": lambda inner: import_module("datetime").datetime.fromisoformat(inner),
    "date": lambda inner: import_module("datetime").date.fromisoformat(inner),
    "time": lambda inner: import_module("datetime").time.fromisoformat(inner),
    "timedelta": lambda inner: import_module("datetime").timedelta(*inner),
    "array": _read_array,
    "object": lambda inner: NoData(*inner),
}


def missing(value: Any) -> NoData | None:
    """The first thing in a value that is no data."""
    if isinstance(value, NoData):
        return value
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return next(filter(None, map(missing, value)), None)
    return None
