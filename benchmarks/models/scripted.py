"""Answers without a model: the n-th is a candidate that was not tried before."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from benchmarks.models.counting import sent
from tracepy.parameters import Parameter

_GOLDEN = 0.6180339887498949
_CRITICISM = (
    "Its present value leads to what the feedback complains of: it was chosen without regard to "
    "the cases that went wrong. It should move away from where it is, in the direction that the "
    "feedback names, by about a tenth, and keep what works for the cases that are right. Where it "
    "is text, it should say more exactly what is wanted and in which form."
)

_NO_MORE = '{"reasoning": "", "answer": "", "suggestion": {}}'


class Script:
    """Answers to the prompts of all optimizers.

    Args:
        parameters: What may change.
        most: After so many tokens it has nothing more to suggest, and the run ends.
    """

    def __init__(self, parameters: Sequence[Parameter], most: float = math.inf) -> None:
        self._left = most
        self.parameters = {one.name: one for one in parameters}
        self._numbers = count(1)

    def __call__(self, messages: Sequence[dict[str, Any]], tools: Any) -> str:
        """The answer to a request."""
        self._left -= sent({"messages": messages, "tools": tools})
        text = "\n".join(str(message["content"]) for message in messages)
        if self._left < 0:
            return "NOTHING" if "to criticise" in text else _NO_MORE
        if "The variable to criticise: " in text:
            return _CRITICISM
        if "The inputs to criticise:\n" in text:
            listed = text.partition("The inputs to criticise:\n")[2].splitlines()
            return json.dumps({line[2:].partition(": ")[0]: _CRITICISM for line in listed})
        number = next(self._numbers)
        asked = re.search(r"^The variable: (.+)$", text, re.MULTILINE)
        name = asked[1] if asked else list(self.parameters)[number % len(self.parameters)]
        return json.dumps(
            {
                "reasoning": "The feedback asks for another value; the code shows which way.",
                "answer": "",
                "suggestion": {name: varied(self.parameters[name], number)},
            }
        )


def varied(parameter: Parameter, number: int) -> Any:
    """The number-th other value of a parameter, within its range."""
    value = parameter.value
    if parameter.kind == "function":
        return _with_line(str(value), f"variant = {number}")
    if isinstance(value, str):
        return f"{value} (variant {number})"
    low, high = _range(parameter)
    found = low + (high - low) * (number * _GOLDEN % 1)
    return round(found) if isinstance(value, int) else round(found, 6)


def _with_line(source: str, line: str) -> str:
    """A function with one more line in front of its last statement."""
    last = ast.parse(source).body[0].body[-1]  # type: ignore[attr-defined]
    lines = source.splitlines(keepends=True)
    lines.insert(last.lineno - 1, " " * last.col_offset + line + "\n")
    return "".join(lines)


def _range(parameter: Parameter) -> tuple[float, float]:
    low = parameter.constraint.low
    high = parameter.constraint.high
    value = float(parameter.value)
    spread = 10.0 * max(1.0, abs(value))
    return (value - spread if low is None else low, value + spread if high is None else high)
