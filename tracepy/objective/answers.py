"""The way of a candidate's answers out of its process: lines of JSON into the judge's pipe.

They need no secret: whoever writes there answers for the candidate.
"""

from __future__ import annotations

import json
import os
from typing import Any

LIMIT = 16 * 1024**2  # bytes of all answers of one evaluation
_AT_ONCE = 32 * 1024


class TooMuch(Exception):
    """A candidate's answers are more than are taken."""


class Answers:
    """Sends answers.

    Args:
        fd: Where to.
        eager: Whether each leaves at once, since the first wrong one may end the evaluation.
    """

    def __init__(self, fd: int, *, eager: bool = False) -> None:
        self._fd = fd
        self._eager = eager
        self._kept: list[str] = []
        self._size = self._total = 0

    def give(self, part: int, index: int, kind: str, value: Any, rough: str) -> None:
        """Send one answer.

        Args:
            part: The number of the data set: 0 the objective's, n the n-th stage's.
            index: The number of the example.
            kind: `data` or `error`.
            value: The answer, encoded; or the error's text.
            rough: The first type that the data does not carry whole.

        Raises:
            TooMuch: they are too many.
        """
        line = json.dumps([part, index, kind, value, rough]) + "\n"
        self._total += len(line)
        if self._total > LIMIT:
            raise TooMuch(f"its answers are more than {LIMIT // 1024**2} MiB together")
        self._kept.append(line)
        self._size += len(line)
        if self._eager or self._size >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Have all of them gone."""
        data = "".join(self._kept).encode("ascii")
        self._kept.clear()
        self._size = 0
        while data:
            data = data[os.write(self._fd, data) :]
