"""Whether an answer is right, as BIG-Bench Hard counts it."""

import re

CHOICE = re.compile(r"\([A-Z]\)")


def right(answer: object, expected: str) -> float:
    """1.0 for a right answer: the last choice that it names, or the very text."""
    text = str(answer)
    if CHOICE.fullmatch(expected):
        return float(CHOICE.findall(text)[-1:] == [expected])
    return float(text == expected)
