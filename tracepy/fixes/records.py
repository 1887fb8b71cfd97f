"""A fix that is offered: a frozen record that the store keeps as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """An input on which a fix and the best one behave differently.

    Attributes:
        call: The call, as one would write it.
        here: What comes of it with this fix, bounded.
        best: What comes of it with the best fix.
    """

    call: str
    here: str
    best: str


@dataclass(frozen=True, slots=True)
class Fix:
    """One of the programs that reach the best score.

    Attributes:
        number: Its number within the run, as `tracepy show RUN --candidate N` takes it.
        note: What it changes, in words.
        score: What the objective says of it.
        best: Whether it is the one that the run hands out.
        cost: What it is ranked by, lower first (`tracepy.fixes.ranking`).
        alike: How many others were found that behave like it on all inputs that were tried.
        warnings: Why it may only suit the tests, in words.
        differs: Inputs on which it is not the best one's equal; empty of the best itself, and where
            nothing could be compared.
    """

    number: int
    note: str
    score: float | None
    best: bool = False
    cost: float = 0.0
    alike: int = 0
    warnings: tuple[str, ...] = ()
    differs: tuple[Difference, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary; `from_dict` reads it back."""
        found = asdict(self)
        found["warnings"] = list(self.warnings)
        found["differs"] = [asdict(item) for item in self.differs]
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fix:
        differs = tuple(Difference(**item) for item in data["differs"])
        return cls(**{**data, "warnings": tuple(data["warnings"]), "differs": differs})
