"""Which of several fixes that reach the same score is most likely right.

The cost is in bits: one for each halving of the edit's promise (how suspicious its statement is
times how often real fixes look like it). What is known to go with wrong fixes is added to that.
"""

from __future__ import annotations

from math import log2

from tracepy.fixes.suspects import Signs

_WARNING = 16.0  # behind all that carries none
_REMOVED = 3.0  # a piece of functionality taken away
_LITERAL = 4.0  # a literal that only the tests have
_TOKEN = 0.125  # a name, literal or operator that comes or goes
_BEHAVIOUR = 4.0  # all inputs that were tried have another outcome than before
_LEAST = 2.0**-20


def cost(promise: float | None, found: Signs, warnings: int, changed: float) -> float:
    """What a fix is ranked by: lower is better.

    Args:
        promise: The optimizer's, where it told one.
        found: What its source shows.
        warnings: How many there are, those of its behaviour included.
        changed: The share of inputs on which the program does something else than before.
    """
    bits = 0.0 if promise is None else -log2(max(promise, _LEAST))
    return (
        bits
        + _WARNING * warnings
        + _REMOVED * found.removed
        + _LITERAL * found.from_tests
        + _TOKEN * found.tokens
        + _BEHAVIOUR * changed
    )
