"""The ten nodes as TextGrad's variables, and what one step asks; run by its own interpreter."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from typing import Any

import textgrad  # type: ignore[import-not-found, unused-ignore]
from textgrad.autograd.string_based_ops import (  # type: ignore[import-not-found, unused-ignore]
    StringBasedFunction,
)
from textgrad.engine import EngineLM  # type: ignore[import-not-found, unused-ignore]

_PURPOSES = {operator.add: "the sum", operator.sub: "the difference", operator.mul: "the product"}


class Keeping(EngineLM):  # type: ignore[misc, unused-ignore]
    """Stands for the model: keeps what it is sent, says the same to all."""

    model_string = "keeping"

    def __init__(self) -> None:
        self.prompts: list[list[str]] = []

    def generate(self, prompt: str, system_prompt: str | None = None, **_: Any) -> str:
        """An answer that serves as criticism and as an update."""
        self.prompts.append([system_prompt or self.system_prompt, prompt])
        return (
            "It should be less, by as much as the output is too great. "
            "<IMPROVED_VARIABLE>1</IMPROVED_VARIABLE>"
        )

    __call__ = generate


def variable(name: str, value: int, trains: bool) -> Any:
    """A number as a variable; its role says its name."""
    return textgrad.Variable(
        str(value), role_description=f"the number {name}", requires_grad=trains
    )


def applied(name: str, compute: Callable[[int, int], int], left: Any, right: Any) -> Any:
    """The variable that an operation on two others gives."""

    def computed(left: Any, right: Any) -> str:
        return str(compute(int(left.value), int(right.value)))

    function = StringBasedFunction(computed, _PURPOSES[compute])
    return function({"left": left, "right": right}, f"the number {name}")


def main() -> None:
    """One step."""
    engine = Keeping()
    a, b = variable("A", 1, True), variable("B", 2, True)
    c = applied("c", operator.add, a, b)
    d = applied("d", operator.mul, c, variable("two", 2, False))
    e = applied("e", operator.sub, d, b)
    f = applied("f", operator.mul, e, c)
    g = applied("g", operator.add, f, a)
    h = applied("h", operator.sub, g, variable("three", 3, False))
    optimizer = textgrad.TextualGradientDescent([a, b], engine=engine)
    loss = StringBasedFunction(lambda output: "The output should be 7.", "what is wrong with it")
    loss({"output": h}, "the loss").backward(engine)
    optimizer.step()
    names = {name: f"the number {name}" for name in "ABcdefgh"}
    names |= {"d constant": "the number two", "h constant": "the number three"}
    print(json.dumps([{"optimizer": "TextGrad", "prompts": engine.prompts, "names": names}]))


if __name__ == "__main__":
    main()
