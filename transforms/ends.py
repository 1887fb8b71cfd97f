"""What two texts, or two lists of lines, share at their ends.

Bisected, as comparing slices runs at memory speed: what is alike of long texts costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


def shared_start(old: Sequence[str], new: Sequence[str]) -> int:
    """The number of characters, or lines, that both begin with."""
    return _most(min(len(old), len(new)), lambda low, high: old[low:high] == new[low:high])


def shared_end(old: Sequence[str], new: Sequence[str], most: int) -> int:
    """The number of characters, or lines, at most `most`, that both end with."""
    n, m = len(old), len(new)
    return _most(
        min(n, m, most), lambda low, high: old[n - high : n - low] == new[m - high : m - low]
    )


def _most(limit: int, alike: Callable[[int, int], bool]) -> int:
    """How far the texts are alike; asked of stretches of which all before is known to be."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if alike(low, middle):
            low = middle
        else:
            high = middle - 1
    return low
