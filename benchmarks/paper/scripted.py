"""What stands in for a model where none is at hand: it proves that a row runs, and nothing else.

Its answers are other values within the ranges, in a fixed order. Its cells are kept apart, under
`local`, and stand in no table as a model's.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.models.scripted import Script as _Script
from tracepy import parameters
from tracepy.target import resolve


class Script(_Script):
    """Answers to the prompts of all optimizers; see `benchmarks.models.scripted`."""

    @classmethod
    def of(cls, target: Path) -> Script:
        """One that knows what may change in a module."""
        return cls(parameters.find(resolve(str(target), target.parent)))
