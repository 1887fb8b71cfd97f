"""Traces of the programs that were traced last: selections keep programs without them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from tracepy.evaluation.records import Evaluation
from tracepy.optimizers.base import Outcome

# A trace of a long run takes megabytes, and so do pictures.
_KEPT = 8
_GRAPHS = 64 * 2**20  # characters of all graphs together


class Traces:
    """Puts traces aside, and back on the programs that they are of.

    Args:
        start: The program as it stands. Its trace is always kept.
    """

    def __init__(self, start: Outcome) -> None:
        self._start = start
        self._kept: dict[str, Evaluation] = {}

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Keep the traces of these, and forget the oldest."""
        for outcome in outcomes:
            if outcome.evaluation.trace is not None:
                digest = outcome.proposal.digest()
                self._kept.pop(digest, None)
                self._kept[digest] = outcome.evaluation
        while len(self._kept) > _KEPT or (len(self._kept) > 1 and self._size() > _GRAPHS):
            del self._kept[next(iter(self._kept))]

    def on(self, outcome: Outcome) -> Outcome:
        """The program with its trace, where that is kept."""
        if outcome.number == self._start.number:
            return self._start
        known = self._kept.get(outcome.proposal.digest())
        if known is None:
            return outcome
        evaluation = dataclasses.replace(
            outcome.evaluation, trace=known.trace, graph=known.graph, images=known.images
        )
        return dataclasses.replace(outcome, evaluation=evaluation)

    def _size(self) -> int:
        return sum(len(evaluation.graph or "") for evaluation in self._kept.values())


def bare(outcome: Outcome) -> Outcome:
    """The program without its trace, without pictures and without what it printed."""
    evaluation = dataclasses.replace(
        outcome.evaluation, trace=None, graph=None, output="", images=()
    )
    return dataclasses.replace(outcome, evaluation=evaluation)
