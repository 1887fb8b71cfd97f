"""What methods do to their receiver where they are not recorded, by the receiver's type."""

from __future__ import annotations

from typing import Literal

Does = Literal["nothing", "grows", "changes"]

GROW = frozenset({"append", "add", "extend"})
_CHANGE = frozenset({
    "insert", "remove", "pop", "clear", "sort", "reverse", "discard", "update", "setdefault",
    "popitem", "difference_update", "popleft", "intersection_update", "appendleft", "extendleft",
    "symmetric_difference_update", "__setitem__", "__delitem__", "rotate", "subtract",
    "move_to_end", "__iadd__", "__ior__", "__imul__",
})  # fmt: skip
CONTAINERS = frozenset({
    "list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict", "array",
})  # fmt: skip
_FIXED = frozenset({
    "str", "bytes", "int", "float", "complex", "bool", "tuple", "frozenset", "NoneType", "module",
    "Pattern", "Match", "Decimal", "Fraction", "datetime", "date", "time", "timedelta", "timezone",
    "UUID", "range", "slice", "Path", "PosixPath", "PurePath", "PurePosixPath", "PureWindowsPath",
    "mappingproxy", "Logger", "TextIOWrapper", "Event", "Lock", "RLock",
})  # fmt: skip


def effect_of_method(kind: str, method: str) -> Does:
    """What a method may do to its receiver.

    Args:
        kind: The name of the receiver's type.
        method: The method's name.
    """
    if kind in CONTAINERS:
        return "grows" if method in GROW else "changes" if method in _CHANGE else "nothing"
    return "nothing" if kind in _FIXED else "changes"


def may_change(method: str) -> bool:
    """Whether a method of this name changes a container."""
    return method in GROW or method in _CHANGE
