"""Errors of user code in words, without frames of ours."""

from __future__ import annotations

import traceback
from pathlib import Path
from types import TracebackType

from tracepy.objective.scores import bounded

_OURS = str(Path(__file__).resolve().parents[1])
LIMIT = 4_000


def describe(error: BaseException) -> str:
    """The traceback of an error from user code, bounded."""
    try:
        lines = traceback.format_exception(type(error), error, _theirs(error.__traceback__))
        return bounded("".join(lines).strip(), LIMIT)
    except Exception as second:  # its own __str__ may raise anything
        return f"{type(error).__name__} (its text cannot be shown: {type(second).__name__})"


def _theirs(frames: TracebackType | None) -> TracebackType | None:
    """The traceback from the first frame that is not ours or the import system's."""
    first = frames
    while frames is not None:
        name = frames.tb_frame.f_code.co_filename
        if not name.startswith((_OURS, "<frozen importlib")) and "/importlib/" not in name:
            return frames
        frames = frames.tb_next
    return None if first is None else frames
