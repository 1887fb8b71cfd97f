"""Pictures that an objective gave, as the page holds them: `data:` addresses and nothing else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from tracepy.evaluation.records import Picture, kind_of
from tracepy.store import Run, Store

PICTURES_LIMIT = 12_000_000
"""Characters that the pictures of a page may take together."""


def pictures_of(store: Store, run: Run, numbers: Iterable[int]) -> dict[int, list[str]]:
    """Pictures of evaluations as addresses, by the evaluation's number; where the room ends, the
    first ones have theirs.

    Args:
        store: Where the run is.
        run: Whose they are.
        numbers: Of which evaluations: the program as it stood, the winner, then others, the most
            important first. Where neither of those two has pictures nobody else is looked at.

    Raises:
        UserError: the store cannot be read.
    """
    found: dict[int, list[str]] = {}
    room = PICTURES_LIMIT
    for at, number in enumerate(dict.fromkeys(numbers)):
        if at == 2 and not found:
            break
        kept = store.recorded(run.id, number, 1)
        data = kept[0].data if kept and kept[0].number == number else None
        for item in (data or {}).get("images", ()):
            address = address_of(item)
            if address and len(address) <= room:
                room -= len(address)
                found.setdefault(number, []).append(address)
    return found


def address_of(item: Any) -> str:
    """A picture's `data:` address; empty where the store holds something else."""
    try:
        picture = Picture(**item)
        if kind_of(base64.b64decode(picture.data, validate=True)) != picture.kind:
            return ""
    except (TypeError, ValueError, binascii.Error):
        return ""
    return f"data:{picture.kind};base64,{picture.data}"
