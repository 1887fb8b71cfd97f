"""What is wanted of a function: its inputs, and what it should give for the first of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tracepy.optimizers.search.synthesis.terms import ERROR, LIST, Term

_CLOSE = 1e-9


@dataclass(frozen=True)
class Goal:
    """Inputs, and what is wanted for the first of them.

    Attributes:
        inputs: For each parameter its values. Those behind the examples are variants of them:
            programs that only differ there are different ones.
        expected: What the examples should give.
    """

    inputs: Mapping[str, Sequence[Any]]
    expected: Sequence[Any]

    @property
    def number(self) -> int:
        """How many examples there are."""
        return len(self.expected)

    @property
    def all(self) -> int:
        """The set of all examples, a bit each."""
        return (1 << len(self.expected)) - 1

    @cached_property
    def numeric(self) -> bool:
        """Whether all that is wanted is numbers."""
        return all(type(value) in (int, float) for value in self.expected)

    @cached_property
    def whole(self) -> bool:
        """Whether all that is wanted is whole numbers."""
        return all(type(value) is int for value in self.expected)

    @cached_property
    def kinds(self) -> str:
        """Kinds of terms that can give something that is wanted."""
        letters = {int: "ifn", float: "ifn", bool: "b", str: "s", list: LIST, tuple: LIST}
        letters |= {dict: "d", set: "e"}
        return "o" + "".join(sorted({letters.get(type(x), "") for x in self.expected}))

    def met(self, term: Term) -> int:
        """The examples that a term is right on."""
        if term.kind not in self.kinds and term.whole:
            return 0
        found = 0
        for number, (value, wanted) in enumerate(zip(term.values, self.expected, strict=False)):
            if same(value, wanted):
                found |= 1 << number
        return found

    def true(self, term: Term) -> int | None:
        """The examples that a condition holds on; None where it has no value on one."""
        found = 0
        for number, value in enumerate(term.values[: self.number]):
            if value is ERROR:
                return None
            if value:
                found |= 1 << number
        return found


def same(value: Any, wanted: Any) -> bool:
    """Whether a value is what is wanted. Truth values are no numbers; floats may be a rounding off."""
    if (type(value) is bool) != (type(wanted) is bool) or value is ERROR:
        return False
    if type(value) is float and type(wanted) in (int, float):
        return math.isclose(value, wanted, rel_tol=_CLOSE, abs_tol=1e-12)
    return bool(value == wanted)
