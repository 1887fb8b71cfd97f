"""How deep a model's text is nested, before anything that recurses reads it."""

from __future__ import annotations

import re

DEEPEST = 400
"""Levels of brackets that are read."""
_BRACKET = re.compile(r"[(){}\[\]]")


def deeper(text: str, most: int = DEEPEST) -> bool:
    """Whether brackets are open in more than so many levels, those within strings included.

    What reads JSON and Python goes a level deeper with each, in C: where a program has raised its
    recursion limit, a deep answer would end the process.
    """
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "([{" else max(depth - 1, 0)
        if depth > most:
            return True
    return False
