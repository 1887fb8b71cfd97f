"""Numbers and choices of one program, tuned by samplers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracepy.optimizers.base import Outcome, Proposal, Task
from tracepy.optimizers.search.portfolio import Portfolio
from tracepy.optimizers.search.space import Axis, Space, axes, point
from tracepy.parameters import Parameter, replace
from tracepy.transforms.edit import apply_edits


class Tuner:
    """Proposes values for the numbers and choices of one program.

    Args:
        task: The run's task.
        sources: The program whose constants are tuned.
        value: Its score, higher is better.
        parameters: Its trainable numbers and choices.
        seed: Seed of the samplers.
        number: The number of the program's outcome.
    """

    def __init__(
        self,
        task: Task,
        sources: Mapping[str, str],
        value: float,
        parameters: Sequence[Parameter],
        seed: int,
        number: int = 0,
    ) -> None:
        self.task = task
        self.sources = sources
        self.parameters = {parameter.name: parameter for parameter in parameters}
        self.axes: list[Axis] = axes(parameters)
        self._number = number
        if self.axes:
            self.portfolio = Portfolio(Space(self.axes), seed)
            self.portfolio.learn(point(self.axes, {}), value)

    @property
    def useful(self) -> bool:
        """Whether there is anything to tune."""
        return bool(self.axes)

    @property
    def reached(self) -> float:
        """The best score so far."""
        return max(self.portfolio.history.values)

    def propose(self, number: int) -> list[Proposal]:
        """Up to so many new points as candidates; fewer where the space is used up."""
        proposals: list[Proposal] = []
        pending: list[tuple[float, ...]] = []
        for _ in range(number):
            asked = self.portfolio.ask(pending)
            if asked is None:
                break
            pending.append(asked[0])
            proposals.append(self._proposal(*asked))
        return proposals

    def observe(self, outcome: Outcome) -> None:
        """Learn from one of the proposals."""
        self.portfolio.learn(outcome.proposal.origin[1], outcome.value)

    def _proposal(self, where: tuple[float, ...], proposer: str) -> Proposal:
        by_path: dict[str, list[Any]] = {}
        words = []
        for axis, value in zip(self.axes, self.portfolio.space.values(where), strict=True):
            parameter = self.parameters[axis.name]
            text = self.task.source(parameter.path, self.sources).text
            by_path.setdefault(parameter.path, []).append(replace(text, parameter, value))
            words.append(f"{axis.name.partition(':')[2]} = {value}")
        changed = {
            path: apply_edits(self.task.source(path, self.sources).text, edits)
            for path, edits in by_path.items()
        }
        note = ", ".join(words) if len(words) <= 4 else f"{len(words)} values"
        count = len(self.portfolio.history.points)
        return Proposal(
            {**self.sources, **changed},
            note,
            origin=(self, where),
            parent=self._number,
            reason=f"proposed by {proposer} after {count} points",
        )
