"""What is to be written where a file is not what the run started from any more."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tracepy.errors import ConflictError
from tracepy.transforms.merge import Conflict, merge
from tracepy.transforms.source import Source
from tracepy.writeback.files import Change, read

_NAMED = 3  # conflicts that a message names


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to each file.

    Attributes:
        changes: From what each file holds now to what it is to hold.
        there: Absolute path -> bytes of the files that hold their part already.
        merged: The files whose new text holds other edits, too.
    """

    changes: list[Change] = field(default_factory=list)
    there: dict[str, bytes] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)

    @property
    def new(self) -> dict[str, bytes]:
        """Absolute path -> bytes that each file holds once all is done."""
        return {**self.there, **{str(change.path): change.new for change in self.changes}}


def plan(originals: Mapping[str, bytes], new: Mapping[str, bytes]) -> Plan:
    """How files get from what they hold now to the new bytes, other edits kept.

    Args:
        originals: Absolute path -> bytes that the new ones were made of.
        new: Absolute path -> new bytes.

    Raises:
        ConflictError: a file is gone, is a link now, or edits meet (see `three_way`).
    """
    made = Plan()
    for path, data in sorted(new.items()):
        if Path(path).is_symlink():  # a run keeps the paths of real files
            raise ConflictError(f"{path} is a symbolic link now, so nothing was written")
        now = read(path)
        wanted = three_way(path, originals[path], now, data, "on disk since the run began")
        if wanted == now:
            made.there[path] = now
            continue
        made.changes.append(Change(path, now, wanted))
        if wanted != data:
            made.merged.append(path)
    return made


def three_way(label: str, base: bytes, ours: bytes, theirs: bytes, where: str) -> bytes:
    """Both edits of a module's bytes.

    Args:
        label: The module's name in messages.
        base: What both started from.
        ours: What it holds now.
        theirs: What the run made of it.
        where: Ends the sentence "`label` changed …".

    Raises:
        ConflictError: the edits meet, change the encoding, or do not compile together. The
            message says which lines of ours.
    """
    if base in (ours, theirs):
        return theirs if ours == base else ours
    if ours == theirs:
        return ours
    _one_encoding(label, base, ours, theirs, where)
    texts = [data.decode("utf-8", "surrogateescape") for data in (base, ours, theirs)]
    found = merge(*texts)
    if found.text is None:
        lines = ", ".join(_lines(item) for item in found.conflicts[:_NAMED])
        more = len(found.conflicts) - _NAMED
        raise ConflictError(
            f"{label} changed {where}, and in the same place as the run did, so nothing was "
            f"written: {lines}{f' and {more} more places' if more > 0 else ''} of {label}"
        )
    data = found.text.encode("utf-8", "surrogateescape")
    _compiles(label, ours, where, "as it is now")
    _compiles(label, data, where, "with both changes")
    return data


def _one_encoding(label: str, base: bytes, ours: bytes, theirs: bytes, where: str) -> None:
    try:
        sources = [Source.decode(data, label) for data in (base, ours, theirs)]
    except SyntaxError as error:
        raise ConflictError(
            f"{label} changed {where} and cannot be read, so nothing was written: {error.msg}"
        ) from error
    if len({(source.encoding, source.bom) for source in sources}) > 1:
        raise ConflictError(f"{label} changed its encoding {where}, so nothing was written")


def _compiles(label: str, data: bytes, where: str, which: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, label, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        at = getattr(error, "lineno", None) or 1
        what = getattr(error, "msg", None) or error
        raise ConflictError(
            f"{label} changed {where}, and {which} it does not compile, so nothing was written: "
            f"line {at}: {what}"
        ) from error


def _lines(conflict: Conflict) -> str:
    last = conflict.start + max(len(conflict.ours), 1) - 1
    return f"line {last}" if last == conflict.start else f"lines {conflict.start}-{last}"
