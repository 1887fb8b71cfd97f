"""The candidates of a run that reach its best score, each program once."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tracepy.optimizers.base import Outcome

MOST = 32
"""So many are kept: a test that nearly everything passes says nothing about what is right."""


class Plausible:
    """Collects what reaches the best score.

    Attributes:
        outcomes: Those of the best score so far, in the order in which they were judged.
    """

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self._seen: set[str] = set()

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Take in verdicts; a better score makes those before it worthless."""
        for outcome in outcomes:
            if not outcome.evaluation.complete or not outcome.proposal.sources:
                continue
            value = self.outcomes[0].value if self.outcomes else float("-inf")
            if outcome.value < value or outcome.value == float("-inf"):
                continue
            if outcome.value > value:
                self.outcomes, self._seen = [], set()
            key = normalised(outcome)
            if key not in self._seen and len(self.outcomes) < MOST:
                self._seen.add(key)
                self.outcomes.append(outcome)


def normalised(outcome: Outcome) -> str:
    """Equal for programs that differ in layout and comments alone."""
    return "\0".join(
        f"{path}\0{_dumped(text)}" for path, text in sorted(outcome.proposal.sources.items())
    )


def _dumped(text: str) -> str:
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError):
        return text
