"""Lists of Linux system calls: put together at leisure, made at one go.

What shuts a candidate in is the same for all candidates of a server, so it is put together before
the fork; the forked process then makes some hundred calls without touching any of Python's memory,
each page of which would have to be copied for it.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

from tracepy.evaluation import _calls

_RECORD = struct.Struct("=10l" if struct.calcsize("l") == 4 else "=10q")
_UNSIGNED = 1 << (8 * struct.calcsize("l"))


@dataclass(frozen=True, slots=True)
class Result:
    """What an earlier call of the same list will have returned."""

    place: int


Argument = int | str | bytes | Result | None


class Calls:
    """A list of system calls. Lists can be run any number of times, in any process forked later."""

    def __init__(self) -> None:
        self._records = bytearray()
        self._labels: list[str] = []
        self._held: list[bytes] = []
        self._packed: bytes | None = None

    def add(self, name: str, *arguments: Argument, lenient: bool = False) -> Result:
        """Put a call at the end.

        Args:
            name: The call, as in its manual page.
            arguments: Numbers; texts and bytes, of which the call gets the address; None for a
                null pointer; at most one result of an earlier call.
            lenient: Whether an error of it is no matter.

        Raises:
            OSError: this is not Linux.
        """
        if name not in _calls.NUMBERS:
            raise OSError(f"{name}: not Linux")
        slot = source = -1
        values = [0] * 6
        for index, argument in enumerate(arguments):
            if isinstance(argument, Result):
                slot, source = index, argument.place
            else:
                values[index] = self._number(argument)
        self._packed = None
        self._records += _RECORD.pack(_calls.NUMBERS[name], lenient, slot, source, *values)
        shown = next((item for item in arguments if isinstance(item, str)), "")
        self._labels.append(f"{name} {shown}".strip())
        return Result(len(self._labels) - 1)

    def hold(self, data: bytes) -> int:
        """The address of data that lives as long as the list."""
        self._held.append(data)
        return _calls.address(data)

    def _number(self, argument: int | str | bytes | None) -> int:
        if argument is None:
            return 0
        if isinstance(argument, int):
            return argument - _UNSIGNED if argument >= _UNSIGNED // 2 else argument
        return self.hold(os.fsencode(argument) if isinstance(argument, str) else argument)

    def seal(self) -> Calls:
        """Get it ready to run, so that a forked process has nothing left to do."""
        self._packed = bytes(self._records)
        return self

    def run(self) -> int:
        """Make them; what the last one returned. Raises OSError where one fails."""
        packed = self._packed if self._packed is not None else bytes(self._records)
        made, code, result = _calls.run(packed)
        if made < len(self._labels):
            raise OSError(code, os.strerror(code), self._labels[made])
        return result


def call(name: str, *arguments: Argument) -> int:
    """Make one call now. Raises OSError."""
    calls = Calls()
    calls.add(name, *arguments)
    return calls.run()
