"""OptoPrime: the execution graph as a pseudo-algorithm, the feedback, and a model that reads both."""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.llm.records import Message
from tracepy.optimizers.base import State
from tracepy.optimizers.generative.base import Generative
from tracepy.optimizers.generative.prompt import SYSTEM
from tracepy.optimizers.generative.start import Start


class OptoPrime(Generative):
    """The paper's optimizer on our graph.

    `--memory N` shows the last N attempts (0, as in most of the paper's experiments, is the
    default), `--mask-trace` leaves the graph out, `--score-only` all feedback but the score.

    Source: arXiv 2406.16218, section 4 and appendix H.
    """

    name = "optoprime"

    def messages(self, start: Start, state: State) -> Sequence[Message]:
        """See `Generative`."""
        return self.problem(start, state, SYSTEM)
