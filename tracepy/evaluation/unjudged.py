"""Why the program as it stands came to no verdict, and what to do about it."""

from __future__ import annotations

import re

from tracepy.evaluation.reach import Reach
from tracepy.evaluation.records import Evaluation

_MISSES = re.compile(r"FileNotFoundError|PermissionError|No such file")


def explained(found: Evaluation, label: str, reach: Reach, mode: str) -> str:
    """A message for whoever wrote the program.

    Args:
        found: What became of it.
        label: The objective in words.
        reach: What programs that are judged can see.
        mode: What shuts them in.
    """
    text = f"the program as it stands cannot be judged ({label}): {found.feedback}"
    if found.status == "timeout":
        text += " (--timeout gives it longer)"
    elif mode in {"bwrap", "landlock"}:
        text += _hint(found.feedback, reach)
    if found.output.strip():
        text += f"\nIt printed:\n{found.output.strip()[-2000:]}"
    return text


def _hint(text: str, reach: Reach) -> str:
    """What to do where the program misses something that the sandbox keeps from it."""
    folder = reach.masking(text)
    if folder is not None and _MISSES.search(text):
        return (
            f"\n(Of {folder}, programs that are judged see only the project and Python: "
            "--allow-read PATH opens more.)"
        )
    hidden = reach.hiding(text)
    if hidden is not None:
        return (
            f"\n({hidden} is kept from programs that are judged, as what may hold secrets: "
            "--allow-read PATH opens it.)"
        )
    return ""
