"""Draws bugs of a module: a pattern by how often real fixes have it, then a place, then a way."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.search.patterns import TYPICAL, Pattern
from benchmarks.search.positions import replaced
from benchmarks.search.scenery import Scenery
from benchmarks.search.subjects import short_digest
from benchmarks.search.unpatterned import UNPATTERNED

PATTERNS = (*TYPICAL, *UNPATTERNED)


@dataclass(frozen=True)
class Draw:
    """A module with one statement changed.

    Attributes:
        number: Which draw of this module it is, from 0.
        pattern: What kind of fix it undoes.
        line: Where the changed statement starts.
        text: The module with the bug.
    """

    number: int
    pattern: str
    line: int
    text: str

    @property
    def digest(self) -> str:
        """Equal for equal modules with equal bugs."""
        return short_digest(self.text)


def draws(name: str, text: str, seed: int) -> Iterator[Draw]:
    """Bugs of a module, without end: the same ones for the same text and seed.

    Args:
        name: The module's name, so that modules do not share their luck.
        text: The module.
        seed: The corpus's seed.
    """
    scene = Scenery(text)
    right = ast.dump(scene.tree)
    places = {pattern.name: scene.all(*pattern.kinds) for pattern in PATTERNS}
    chance = random.Random(f"{name} {seed}")
    seen: set[str] = set()
    number = 0
    # A small module has few bugs: past so many draws in vain it has no more.
    vain = 0
    while vain < 2000:
        vain += 1
        (pattern,) = chance.choices(PATTERNS, [pattern.weight for pattern in PATTERNS])
        made = _made(scene, pattern, places[pattern.name], chance)
        if made is None:
            continue
        line, wrong = made
        if wrong in seen or not _parses(wrong) or ast.dump(ast.parse(wrong)) == right:
            continue
        seen.add(wrong)
        yield Draw(number, pattern.name, line, wrong)
        number, vain = number + 1, 0


def _made(
    scene: Scenery, pattern: Pattern, places: list[ast.AST], chance: random.Random
) -> tuple[int, str] | None:
    """A bug of a pattern at a random place that it fits, in a random way."""
    for node in chance.sample(places, min(len(places), 40)):
        ways = list(pattern.ways(scene, node))
        statement = scene.statement(node)
        if ways and statement is not None:
            return statement.lineno, replaced(scene.text, chance.choice(ways))
    return None


def _parses(text: str) -> bool:
    try:
        compile(text, "drawn", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
