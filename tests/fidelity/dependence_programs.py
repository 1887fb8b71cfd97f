"""Small programs about data flow, by construct; from Hypothesis or from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from tests.fidelity.dependence_kits import KITS, Kit

CONSTRUCTS = (*KITS, "mixed")
T = TypeVar("T")


class Choices(Protocol):
    """Where a program's choices come from: Hypothesis, or a seed."""

    def number(self, least: int, most: int) -> int: ...


class Seeded:
    """Choices by a seed."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)

    def number(self, least: int, most: int) -> int:
        return self._random.randint(least, most)


class Drawn:
    """Choices that Hypothesis draws, and shrinks."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self._draw = draw

    def number(self, least: int, most: int) -> int:
        from hypothesis import strategies as st

        return int(self._draw(st.integers(least, most)))


@dataclass(frozen=True)
class Program:
    """Its source, the arguments of `f`, and the construct it is about."""

    text: str
    arguments: tuple[int, ...]
    construct: str


class Writer:
    """Puts a program together. Smaller numbers make less of it."""

    def __init__(self, choices: Choices, construct: str, kits: Sequence[Kit]) -> None:
        self.choices, self.construct = choices, construct
        self.kits = [kits[self.number(0, len(kits) - 1)] for _ in range(1 + (len(kits) > 1))]
        self.count = 0
        self.top: list[str] = []
        self.body: list[str] = []
        self.ints: list[str] = ["a", "b", "c"]
        self.objects: list[tuple[str, Kit]] = []

    def number(self, least: int, most: int) -> int:
        return self.choices.number(least, most)

    def one(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def expression(self) -> str:
        shape = self.number(0, 5)
        name = self.one(self.ints[-4:] if self.number(0, 2) else self.ints)
        if shape == 0:
            return name
        if shape == 1:
            return str(self.number(1, 9))
        if shape == 2:
            return f"{name} * {self.number(2, 3)}"
        return f"{name} {self.one('+-')} {self.one([*self.ints, '1', '2'])}"

    def filled(self, text: str, kit: Kit) -> str:
        """A template with its gaps filled; `$o` and `$q` are objects of the kit."""
        mine = [name for name, other_kit in self.objects if other_kit is kit] or ["None"]
        names = {"$o": self.one(mine), "$q": self.one(mine)}
        for gap in ("$t", "$u"):
            if gap in text:
                names[gap] = self.fresh("t")
        for gap, name in names.items():
            text = text.replace(gap, name)
        makers: dict[str, Callable[[], str]] = {
            "<e>": self.expression,
            "<i>": lambda: self.one(["0", "1", "-1", f"{self.one(self.ints)} % 2"]),
            "<k>": lambda: self.one(['"p"', '"q"', f'"pq"[{self.one(self.ints)} % 2]']),
        }
        for gap, make in makers.items():
            while gap in text:
                text = text.replace(gap, make(), 1)
        return text

    def emit(self, text: str, depth: int) -> None:
        self.body += ["    " * depth + line for line in text.strip("\n").split("\n")]

    def step(self, depth: int) -> None:
        """A statement, or a block of them."""
        kit = self.one(self.kits)
        shape = self.number(0, 9)
        if shape <= 4 and kit.steps:
            self.emit(self.filled(self.one(kit.steps), kit), depth)
        elif shape <= 7 and kit.reads:
            name = self.fresh("x")
            self.emit(f"{name} = {self.filled(self.one(kit.reads), kit)}", depth)
            self.ints.append(name)
        elif shape == 8 and depth < 3:
            self.block(depth)
        elif shape == 9 and depth == 1 and self.objects:
            self.helper()
        else:
            name = self.fresh("y")
            self.emit(f"{name} = {self.expression()}", depth)
            self.ints.append(name)

    def block(self, depth: int) -> None:
        known = len(self.ints)
        test = f"{self.one(self.ints)} {self.one(['> 4', '% 2', '< 9', '!= 0'])}"
        heads = [f"if {test}:", f"for {(index := self.fresh('i'))} in range({self.number(1, 3)}):"]
        chosen = self.number(0, 1)
        self.emit(heads[chosen], depth)
        if chosen:
            self.ints.append(index)
        total = self.one(self.ints[:known])
        for _ in range(self.number(1, 3)):
            self.step(depth + 1)
        if self.number(0, 1):
            self.emit(f"{total} += {self.expression()}", depth + 1)
        del self.ints[known:]
        if not chosen and self.number(0, 1):
            self.emit("else:", depth)
            self.step(depth + 1)
            del self.ints[known:]

    def helper(self) -> None:
        """A function of its own that is handed the objects."""
        name = self.fresh("h")
        kept, self.body = self.body, []
        outer, self.ints = self.ints, ["k", "m"]
        handed = [n for n, _ in self.objects]
        for _ in range(self.number(1, 3)):
            self.step(2)
        lines = [line[4:] for line in self.body]
        result = self.expression()
        self.body, self.ints = kept, outer
        self.top += [f"def {name}({', '.join(handed)}, k, m):", *lines, f"    return {result}"]
        got = self.fresh("x")
        given = f"{', '.join(handed)}, {self.expression()}, {self.expression()}"
        self.emit(f"{got} = {name}({given})", 1)
        self.ints.append(got)

    def program(self) -> Program:
        for kit in dict.fromkeys(self.kits):
            self.top += kit.top.strip("\n").split("\n") if kit.top else []
        name = self.fresh("y")
        self.emit(f"{name} = {self.expression()}", 1)
        self.ints.append(name)
        for kit in self.kits:
            if kit.make:
                made = self.fresh("o")
                self.emit(self.filled(self.one(kit.make).replace("$o", made), kit), 1)
                self.objects.append((made, kit))
        for _ in range(self.number(3, 9)):
            self.step(1)
        shown = [self.one(self.ints[-5:]) for _ in range(self.number(1, 2))]
        kit = self.one(self.kits)
        if kit.shows and self.number(0, 1):
            shown.append(self.filled(self.one(kit.shows), kit))
        elif kit.reads:
            shown.append(self.filled(self.one(kit.reads), kit))
        self.emit(f"return {shown[-1]}" if self.number(0, 1) else f"return [{', '.join(shown)}]", 1)
        lines = [*self.top, "def f(a, b, c):", *self.body]
        arguments = tuple(self.number(1, 9) for _ in range(3))
        return Program("\n".join(lines) + "\n", arguments, self.construct)


def program(choices: Choices, construct: str) -> Program:
    """A program about a construct, or about two of any (`mixed`)."""
    if construct != "mixed":
        return Writer(choices, construct, KITS[construct]).program()
    every = [kit for kits in KITS.values() for kit in kits]
    return Writer(choices, construct, every).program()
