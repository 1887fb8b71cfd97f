"""What says how good the program is, as a record that crosses process borders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["callable", "pytest", "command", "dataset", "script", "doctest", "probe"]


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective, JSON-ready.

    Attributes:
        kind: How the program is judged.
        label: The objective in words, for a reader.
        spec: What its kind needs, as plain JSON values.
        stages: Cheaper objectives that a candidate has to pass first.
        roots: Folders that must be on `sys.path` beside the target's.
    """

    kind: Kind
    label: str
    spec: dict[str, Any] = field(default_factory=dict)
    roots: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary; `from_dict` reads it back."""
        return {
            "kind": self.kind,
            "label": self.label,
            "spec": self.spec,
            "roots": list(self.roots),
            "stages": [stage.to_dict() for stage in self.stages],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Objective:
        stages = tuple(Stage.from_dict(stage) for stage in data.get("stages", ()))
        return cls(data["kind"], data["label"], data["spec"], tuple(data["roots"]), stages)


@dataclass(frozen=True, slots=True)
class Stage:
    """A cheap objective and the score that it takes to be judged by the next.

    Attributes:
        objective: What judges.
        needs: The score that is enough.
        below: Whether a lower score is better.
    """

    objective: Objective
    needs: float
    below: bool = False

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary; `from_dict` reads it back."""
        return {
            "objective": self.objective.to_dict(),
            "needs": self.needs,
            "below": self.below,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Stage:
        return cls(Objective.from_dict(data["objective"]), data["needs"], data["below"])
