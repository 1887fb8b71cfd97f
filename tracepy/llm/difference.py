"""Where two prompts differ: what is said of a run that asks something else than was recorded."""

from __future__ import annotations

import json
from typing import Any

from tracepy.llm.wire import canonical

_AROUND = 40  # characters shown on either side of a difference


def difference(recorded: str, now: str) -> str:
    """Where two prompts, as canonical JSON, first differ, with what stands there in either."""
    where, old, new = _place(json.loads(recorded), json.loads(now))
    return f"{where}\n  recorded: {old}\n  now:      {new}"


def _place(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, str, str]:
    before, after = old.get("messages", []), new.get("messages", [])
    for at, (one, other) in enumerate(zip(before, after, strict=False)):
        if one != other:
            texts = [item.get("content") for item in (one, other)]
            if texts[0] == texts[1] or not all(isinstance(text, str) for text in texts):
                texts = [canonical(one), canonical(other)]
            first, second = (str(text) for text in texts)
            start = _common(first, second)
            line = first.count("\n", 0, start) + 1
            where = f"at message {at + 1} ({other.get('role', '')}), line {line}:"
            return where, _excerpt(first, start), _excerpt(second, start)
    if len(before) != len(after):
        counts = (f"{len(before)} messages", f"{len(after)} messages")
        return "in the number of messages:", *counts
    texts = [canonical(item.get("tools", [])) for item in (old, new)]
    if texts[0] == texts[1]:
        texts = [canonical(item) for item in (old, new)]
    start = _common(*texts)
    return "in the tools:", _excerpt(texts[0], start), _excerpt(texts[1], start)


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _excerpt(text: str, at: int) -> str:
    start, end = max(at - _AROUND, 0), at + _AROUND
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return f"{before}{text[start:end]!r}{after}"
