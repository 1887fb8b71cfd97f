"""Of many values of one place, those that are shown."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracepy.graph.columns import Columns

_ENDS = 2
"""Of many values of a place, so many at either end are shown."""


def sampled(columns: Columns, rows: Any, share: int) -> tuple[str | None, ...]:
    """Values of rows: the first, the last, and the odd ones of a sample."""
    import numpy as np

    size = len(rows)
    at = set(np.linspace(0, size - 1, min(size, share)).astype(int).tolist())
    at |= {index for index in (1, size - 2) if 0 <= index < size}
    sample = [(index, columns.shown(int(rows[index]))) for index in sorted(at)]
    known = [(index, text) for index, text in sample if text is not None]
    if not known:
        return ()
    if len({text for _, text in known}) == 1:
        return (known[0][1],)
    kept = {0, 1, len(known) - 1, *_odd([text for _, text in known])}
    if len(known) <= 2 * _ENDS:
        kept = set(range(len(known)))
    found: list[str | None] = []
    last = -1
    for position in sorted(kept):
        index, text = known[position]
        if index > last + 1:
            found.append(None)
        found.append(text)
        last = index
    return tuple(found)


def _odd(texts: list[str]) -> set[int]:
    """Of few kind, and the least and the greatest number."""
    kinds: dict[str, list[int]] = defaultdict(list)
    numbers: list[tuple[float, int]] = []
    for index, text in enumerate(texts):
        try:
            numbers.append((float(text), index))
            kinds["number"].append(index)
        except ValueError:
            kinds[text[:1]].append(index)
    found = {index for each in kinds.values() if len(each) <= _ENDS for index in each}
    if numbers:
        found |= {min(numbers)[1], max(numbers, key=lambda pair: pair[0])[1]}
    return set(sorted(found)[:6])
