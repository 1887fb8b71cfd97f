"""The program that a turn of an optimizer starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracepy.evaluation.records import Evaluation
from tracepy.parameters import Parameter


@dataclass(frozen=True)
class Start:
    """A program with its verdict.

    Attributes:
        sources: Texts that differ from the originals.
        evaluation: The verdict on it, with a trace where one could be had.
        number: Of its outcome.
        parameters: What may change in it.
    """

    sources: Mapping[str, str]
    evaluation: Evaluation
    number: int
    parameters: Sequence[Parameter]

    @property
    def names(self) -> list[str]:
        """Names of the parameters."""
        return [parameter.name for parameter in self.parameters]
