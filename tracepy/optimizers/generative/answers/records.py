"""What is read from an answer, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Replacement:
    """A piece of text to be found once, and what takes its place.

    Attributes:
        name_or_path: The parameter or the file that it is in, as the model wrote it; empty where
            it did not say.
        old: The text that stands there.
        new: The text that takes its place.
    """

    name_or_path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model wants changed; nothing in it has been checked against the program.

    Attributes:
        reasoning: Why, in the model's words.
        answer: What it answers beside, in the paper's format.
        values: New source or value by parameter name, both as the model gave them.
        edits: Replacements within parameters.
        cut: Whether the answer ends in the middle: then these are the values that came before.
    """

    reasoning: str = ""
    answer: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    edits: tuple[Replacement, ...] = ()
    cut: bool = False

    def __bool__(self) -> bool:
        """Whether it asks for a change at all."""
        return bool(self.values or self.edits)


class Unreadable(Exception):
    """Nothing can be taken from an answer; `str` of it tells the model why, and what is wanted."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A program after a suggestion.

    Attributes:
        sources: Whole texts of the files that differ from the originals, by absolute path.
        changed: Names of the parameters that differ from what the suggestion was applied to.
        problems: One sentence to the model about each thing that was refused.
        projected: One sentence about each value that was moved onto its constraint.
        partial: Whether something was refused beside something valid. The suggestion then does
            not count as applied; `sources` are the valid part, for who repairs.
    """

    sources: Mapping[str, str]
    changed: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    projected: tuple[str, ...] = ()
    partial: bool = False

    @property
    def complete(self) -> bool:
        """Whether the whole suggestion is in `sources`, and changes something."""
        return bool(self.changed) and not self.problems


class Refused(Exception):
    """A part of a suggestion that cannot be applied; `str` of it is one sentence to the model."""
