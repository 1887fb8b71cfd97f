"""What says how good the program is, as a record that crosses process borders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["callable", "pytest", "command", "dataset", "script", "doctest"]


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective, JSON-ready.

    Attributes:
        kind: How the program is judged.
        label: The objective in words, for a reader.
        spec: What its kind needs, as plain JSON values.
        roots: Folders that must be on `sys.path` beside the target's.
    """

    kind: Kind
    label: str
    spec: dict[str, Any] = field(default_factory=dict)
    roots: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary; `from_dict` reads it back."""
        return {
            "kind": self.kind,
            "label": self.label,
            "spec": self.spec,
            "roots": list(self.roots),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Objective:
        return cls(data["kind"], data["label"], data["spec"], tuple(data["roots"]))
