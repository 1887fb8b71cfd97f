"""What differs between trainers: which of the programs so far the next candidates start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tracepy.optimizers.base import Outcome


class Selection(Protocol):
    """Keeps the programs that may become a base, and names one at a time.

    It has to be deterministic: the same outcomes give the same bases. It keeps no more programs
    than it needs, however long the run is. Which outcome wins the run is not its concern.

    Attributes:
        gated: Whether a candidate that is no better than its base on a minibatch may be judged no
            further. Where it is not, minibatches only say what feedback is about.
    """

    gated: bool

    def base(self) -> Outcome:
        """The program that the next turn starts from; each call is a turn."""
        ...

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Hear what came of the last turn: new programs, in the order in which they were judged.

        It may be told of a turn in parts. Some may have no verdict (a value of minus infinity) or
        may have been stopped early (`evaluation.complete` is False).
        """
        ...

    def rival(self) -> Outcome | None:
        """What a candidate must be better than to be of use; one that cannot be is stopped early.

        None where every candidate is to be judged to its end.
        """
        ...

    def held(self) -> Sequence[Outcome]:
        """The programs that may become a base."""
        ...


def judged(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those with a whole verdict: what is said of the others is not what they are worth."""
    return [
        outcome
        for outcome in outcomes
        if outcome.evaluation.complete and outcome.value != float("-inf")
    ]


def verdict(outcome: Outcome) -> tuple[float, ...]:
    """Equal for programs that the objective cannot tell apart."""
    cases = outcome.evaluation.cases
    return (outcome.value, *(case.score for case in sorted(cases, key=lambda case: case.name)))
