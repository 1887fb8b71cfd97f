"""Values of nodes: they stay in the log until someone looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracepy.recorder._log import Recording

AT, SLOT = 30, 16
"""A handle is the number of a piece of the log, above so many bits for the place in the piece,
above so many for which of the event's values it is; of later ones nothing is known."""
_CONSTANT = 1 << 62
_LONGEST = 1024


class Values:
    """The values of one recording, by handle."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.pieces: list[tuple[int, int]] = []
        self.constants: list[Any] = []

    def piece(self, log: int, piece: int) -> int:
        """What the handles of the values in a piece of a log begin with."""
        self.pieces.append((log, piece))
        return (len(self.pieces) - 1) << AT + SLOT

    def constant(self, value: Any) -> int:
        """A handle for a value that is in the source."""
        self.constants.append(value)
        return _CONSTANT | (len(self.constants) - 1)

    def entry(self, handle: int) -> Any:
        """The value as the log holds it: an atom, or `(id, type's name, length, rendering)`."""
        if handle >= _CONSTANT:
            return self.constants[handle & ~_CONSTANT]
        log, piece = self.pieces[handle >> AT + SLOT]
        where = handle >> SLOT & ((1 << AT) - 1)
        return self.recording.value(log, piece, where, handle & ((1 << SLOT) - 1))


def render(entry: Any) -> str:
    """A value as a reader sees it, from what the log holds of it."""
    if type(entry) is int and entry.bit_length() > _LONGEST:
        return f"<int of {entry.bit_length()} bits>"  # Python refuses to write out longer ones
    if type(entry) is not tuple:
        return repr(entry)
    _, kind, size, shown = entry
    if shown is not None:
        return str(shown)
    return f"<{kind}>" if size is None else f"<{kind} of {size}>"


def said(entry: Any) -> str:
    """What an exception said, from what the log holds of it: no half of a pair of surrogates."""
    text = str(entry[1]) if type(entry) is tuple else str(entry)
    return text.encode("utf-8", "backslashreplace").decode()
