"""Code of modules that is compiled once, for many processes that are forked from this one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.machinery import SourceFileLoader
from types import CodeType

_State = tuple[int, int, int, int]
_MOST = 8 * 1024**2  # bytes of source: code takes memory, and a fork time for each page of it


class Codes:
    """What files compile to, as long as they are what they were.

    Nothing of them is run. A file that does not compile is left to who imports it.
    """

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._codes: dict[str, tuple[_State, CodeType]] = {}
        left = _MOST
        for path in paths:
            try:
                state = os.stat(path)  # noqa: PTH116
                left -= state.st_size
                if left < 0:
                    break
                loader = SourceFileLoader("", path)
                code = loader.source_to_code(loader.get_data(path), path)
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            self._codes[path] = (_state(state), code)

    def get(self, path: str) -> CodeType | None:
        """The code of a file; None where there is none, or the file has changed."""
        if path not in self._codes:
            return None
        known, code = self._codes[path]
        try:
            state = os.stat(path)  # noqa: PTH116
        except OSError:
            return None
        return code if _state(state) == known else None


def _state(status: os.stat_result) -> _State:
    """What changes with a file, another one put in its place with its times included."""
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
