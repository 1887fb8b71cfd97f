"""Places that only hand on a value that is shown elsewhere: what a call gives, and its caller's name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tracepy.graph.columns import BITS, CONTROL

if TYPE_CHECKING:
    from tracepy.optimizers.generative.prompt.cut import Cut
    from tracepy.optimizers.generative.prompt.reading import Spot


def passing(
    cut: Cut, others: dict[int, Spot], roots: set[int], parameters: frozenset[str]
) -> set[int]:
    """Places whose values are those of another that is shown."""
    import numpy as np

    to, source = cut.to[cut.inner], cut.source[cut.inner]
    alone = np.bincount(to, minlength=len(cut.place)) == 1
    single = alone[to]
    to, source = to[single], source[single]
    links = cut.pairs(cut.place[to], cut.place[source])
    same = [(left, right) for left, right in links if _alike(cut, left, right, parameters)]
    dropped: set[int] = set()
    heard: dict[int, int] = defaultdict(int)
    for left, right in same:  # what a call gives, and its caller binds to a name
        if cut.places[right].kind == "return" and (
            left in roots or (left in others and cut.places[left].kind != "return")
        ):
            heard[right] += int(cut.count[left])
    dropped |= {place for place, count in heard.items() if count >= cut.count[place]}
    feeders: dict[int, list[int]] = defaultdict(list)
    for left, right in links:
        feeders[left].append(right)
    for left, right in same:
        if (
            cut.places[left].kind in ("argument", "return")
            and feeders[left] == [right]
            and left in others
            and right not in dropped
        ):
            dropped.add(left)
    return dropped & set(others)


def _alike(cut: Cut, left: int, right: int, parameters: frozenset[str]) -> bool:
    """Whether one place hands on what another has, as far as a few rows show."""
    rows = cut.rows_of(left)
    for row in {int(rows[0]), int(rows[len(rows) // 2]), int(rows[-1])}:
        given = [edge >> BITS for edge in cut.columns.of(row) if not edge & CONTROL]
        if len(given) != 1:
            return False
        if cut.place[given[0]] != right:
            continue
        mine, theirs = cut.columns.shown(row), cut.columns.shown(given[0])
        known = cut.places[right].parameter in parameters
        if mine != theirs and not (known and theirs is None):
            return False
    return True
