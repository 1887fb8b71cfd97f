"""Terms: expressions together with the values that they have on the inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tracepy.optimizers.search.synthesis.bounded import small


class _Error:
    """Stands where an expression has no value on an input."""

    def __repr__(self) -> str:
        return "!"


ERROR = _Error()

# Kinds of values, each a letter, and the classes of kinds that operations take. Lists are told
# apart by what is in them (numbers, texts, truth values, other); `P` is a list of pairs that is
# only good for a loop.
_LETTERS = {bool: "b", int: "i", float: "f", str: "s", list: "l", tuple: "t", dict: "d", set: "e"}
_LETTERS[range] = "r"
INT = "i"
NUMBER = "ifn"
BOOL = "b"
TEXT = "s"
LIST = "lNSBt"
NUMBERS = "NB"
SEQUENCE = TEXT + LIST
ITEMS = SEQUENCE + "rP"
DICT = "d"
SIZED = SEQUENCE + "de"
GROUP = LIST + "e"
ANY = "bifnsodt" + "lNSB"
_LISTS = {int: "N", float: "N", str: "S", bool: "B"}


@dataclass(frozen=True, slots=True)
class Operation:
    """A way of making one expression of others.

    Attributes:
        text: How it is written; `{0}` stands for its first operand.
        kinds: For each operand, the kinds that it takes.
        apply: Works it out. Pure, and bounded in what it makes.
        cost: What it adds to the cost of its operands.
        commutes: Whether its two operands can be swapped.
        kind: The kind of its results, where that is not to be told from the values.
        most: The cost that its results may have at most; 0 for any.
        near: For the last operand, the cost that it may have at most; 0 for any.
        against: Whether it is only worth it with a constant as the last operand: the other way
            round is another operation.
    """

    text: str
    kinds: tuple[str, ...]
    apply: Callable[..., Any]
    cost: int = 1
    commutes: bool = False
    against: bool = False
    kind: str = ""
    near: int = 0
    most: int = 0


class Term:
    """An expression and its values.

    Attributes:
        text: How it is written.
        cost: How long it is; cheaper ones are preferred.
        values: For each input its value, or ERROR.
        kind: The kind of its values; `o` where they are of several.
        whole: Whether it has a value on each input.
        constant: Whether it is the same whatever the input.
    """

    __slots__ = ("constant", "cost", "kind", "text", "values", "whole")

    def __init__(
        self, text: str, cost: int, values: Sequence[Any], kind: str, *, constant: bool = False
    ) -> None:
        self.text = text
        self.cost = cost
        self.values = values
        self.kind = kind
        self.whole = ERROR not in values
        self.constant = constant

    def __repr__(self) -> str:
        return f"Term({self.text}, {self.cost})"


def kind_of(values: Sequence[Any]) -> str:
    """The kind of values; nothing where all are errors or a number is too large.

    None does not count where there is something else: what may be None is used like what it is
    when it is not.
    """
    types = {type(value) for value in values}
    types.discard(_Error)
    if len(types) > 1:
        types.discard(type(None))
    if not types:
        return ""
    if not types.isdisjoint(_SCALARS) and not all(map(small, _numbers(values))):
        return ""
    if types == {list}:
        items = {type(item) for value in values if type(value) is list for item in value}
        letters = {_LISTS.get(kind, "l") for kind in items}
        return letters.pop() if len(letters) == 1 else "l"
    if len(types) == 1:
        return _LETTERS.get(types.pop(), "o")
    return "n" if types == {int, float} else "o"


_SCALARS = {int, float}
# Characters that all values of a term may take, written out.
_WRITTEN = 20_000


def _numbers(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if type(value) in _SCALARS]


def key_of(values: Sequence[Any]) -> str:
    """Equal for values that are equal in type too. The order in a set does not count.

    Empty where they are larger than what is worked with.
    """
    try:
        key = repr(values)
        if "{" in key and any(type(value) is set for value in values):
            key = repr([("set", *sorted(map(repr, x))) if type(x) is set else x for x in values])
    except ValueError:  # an int of thousands of digits
        return ""
    return key if len(key) <= _WRITTEN else ""


def worked_out(operation: Operation, parts: Sequence[Term]) -> list[Any]:
    """What an operation gives on each input."""
    apply = operation.apply
    if all([part.whole for part in parts]):  # noqa: C419 (a list is faster here)
        try:
            return list(map(apply, *[part.values for part in parts]))
        except Exception:  # on one of the inputs: which, is found out below
            pass
    return [_one(apply, args) for args in zip(*[part.values for part in parts])]  # noqa: B905


def _one(apply: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    if ERROR in args:
        return ERROR
    try:
        return apply(*args)
    except Exception:
        return ERROR
