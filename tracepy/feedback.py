"""What an objective says of the program: the paper's feedback f."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Feedback:
    """A score, and what can be said beyond it.

    Args:
        score: How good the program is; higher is better unless the run minimises.
        text: Free text for a reader or a model: what went wrong, by how much, a hint.
        images: Pictures that show the outcome (plots, screens), for people and for models that see:
            paths, bytes of PNG, JPEG, GIF or WebP, figures of matplotlib, images of Pillow. At
            most 4, of 1 MiB each and 2 MiB together.
        details: What is said in a structured way: a mapping, a table (a list of mappings, a data
            frame), an exception. It is shown below the text.
        on: The value that was judged. The execution graph is sliced towards it; without it
            the values that the objective received from instrumented code are taken.
        cases: Scores of single examples by name, where the objective has several; or `(score,
            text)` of each.

    Source: the trace oracle's f in OPTO (arXiv 2406.16218, section 3).
    """

    score: float
    text: str = ""
    images: tuple[Any, ...] | list[Any] = ()
    on: Any = None
    cases: dict[str, Any] = field(default_factory=dict)
    details: Any = None
