"""The target run as a script: how it ends, or the last line that it prints."""

from __future__ import annotations

import io
import sys
from typing import Any

from tracepy.evaluation.records import Evaluation
from tracepy.objective import shell
from tracepy.objective.context import Context
from tracepy.objective.errors import describe
from tracepy.objective.record import Objective

_KEPT = 64 * 1024


class _Tee(io.TextIOBase):
    """Passes text on and keeps the last of it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.kept = ""

    def write(self, text: str) -> int:
        self.kept = (self.kept + text)[-_KEPT:]
        self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        self._stream.flush()


def run(objective: Objective, context: Context) -> Evaluation:
    """Run the target as `__main__` in this process."""
    from tracepy.hook import run_path

    file = objective.spec["file"]
    printed = sys.stdout = _Tee(sys.stdout)
    status, text = 0, ""
    with context.record(file) as recording:
        try:
            run_path(file, [file, *objective.spec["args"]])
        except SystemExit as error:
            status = _status(error.code)
            text = str(error.code) if isinstance(error.code, str) else ""
        except Exception as error:
            status, text = 1, describe(error)
        recording.judged(None, failed=status != 0)
    return shell.verdict(status, f"{printed.kept}\n{text}" if text else printed.kept, "the script")


def _status(code: Any) -> int:
    if code is None:
        return 0
    return code if isinstance(code, int) else 1
