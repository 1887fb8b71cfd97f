"""Structured feedback (tables, records, exceptions) as text that people and models read."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from typing import Any

_ROWS = 50
_CELL = 80


def text_of(value: Any) -> str:
    """Feedback of whatever shape as text.

    A list of mappings becomes a table, a mapping one line a key, an exception its type, its message
    and the last frames; anything else is `str(value)`. Data frames have `to_dict` and become tables.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, BaseException):
        return _exception(value)
    if hasattr(value, "to_dict") and hasattr(value, "columns"):  # a data frame
        value = value.to_dict("records")
    if isinstance(value, Mapping):
        return "\n".join(f"{_cell(key)}: {_nested(item)}" for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        if value and all(isinstance(row, Mapping) for row in value):
            return _table(value)
        return "\n".join(f"- {_nested(item)}" for item in value)
    return str(value)


def _nested(value: Any) -> str:
    """What stands in a line; what has several goes on below, indented."""
    text = text_of(value)
    return "\n" + "\n".join(f"  {line}" for line in text.splitlines()) if "\n" in text else text


def _table(rows: Sequence[Mapping[Any, Any]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [" | ".join(map(_cell, columns))]
    shown = rows if len(rows) <= _ROWS else [*rows[: _ROWS - 5], *rows[-5:]]
    for number, row in enumerate(shown):
        if len(shown) < len(rows) and number == _ROWS - 5:
            lines.append(f"... {len(rows) - len(shown)} rows left out ...")
        lines.append(" | ".join(_cell(row[key]) if key in row else "" for key in columns))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    text = " ".join(f"{value:.6g}".split() if isinstance(value, float) else str(value).split())
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


def _exception(error: BaseException) -> str:
    said = "".join(traceback.format_exception_only(error)).strip()
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = [
        f"  at {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}" for frame in frames
    ]
    return "\n".join([said, *where])
