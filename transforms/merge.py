"""Three-way merge of texts, line by line, that never guesses.

Two edits start from one base. A line of the base is *held* in an edited text where every shortest
edit script keeps it, and at the same place. Lines held in both cut the three texts into
stretches; a stretch that only one edit changed is taken from there. What other merges leave to
the luck of an alignment (which of two equal lines was deleted, between which of them something
was inserted) is a conflict here.

Source: stretches as in diff3 (Khanna, Kunal, Pierce, "A Formal Investigation of Diff3", 2007),
with held lines in place of the lines of one longest common subsequence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_MOST_CELLS = 1_000_000  # of a table of distances; two texts further apart share no line in between


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stretch that both edits changed, each in another way.

    Attributes:
        start: Its first line in our text, from 1; where it has none there, the line behind it.
        base: Its lines in the base.
        ours: Its lines in our text.
        theirs: Its lines in theirs.
    """

    start: int
    base: tuple[str, ...]
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text, or None and what is in its way."""

    text: str | None
    conflicts: tuple[Conflict, ...] = ()


def merge(base: str, ours: str, theirs: str) -> Merged:
    """Both edits of one base, where they do not meet.

    Edits meet where no line that both hold lies between them. The same edit made twice is no
    conflict. Lines end as Python's do: in `\\n`, `\\r\\n` or `\\r`.
    """
    texts = [_LINE.findall(text) for text in (base, ours, theirs)]
    merged: list[str] = []
    conflicts: list[Conflict] = []
    at = (0, 0, 0)
    for held_at in _held_by_both(*texts):
        was, mine, other = (
            tuple(text[start:end]) for text, start, end in zip(texts, at, held_at, strict=True)
        )
        if mine == other or other == was:
            merged += mine
        elif mine == was:
            merged += other
        else:
            conflicts.append(Conflict(at[1] + 1, was, mine, other))
        merged += texts[0][held_at[0] : held_at[0] + 1]
        at = held_at[0] + 1, held_at[1] + 1, held_at[2] + 1
    return Merged(None, tuple(conflicts)) if conflicts else Merged("".join(merged))


def _held_by_both(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[int, int, int]]:
    """Where each line that both hold stands in the three texts, and last the three ends."""
    for line, (mine, other) in enumerate(zip(held(base, ours), held(base, theirs), strict=True)):
        if mine is not None and other is not None:
            yield line, mine, other
    yield len(base), len(ours), len(theirs)


def held(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """For each old line, where it stands in the new text if that is beyond doubt."""
    counts, new_counts = Counter(old), Counter(new)

    def single(line: str) -> bool:
        return counts[line] == 1 == new_counts[line]

    # A line that is there once, in what both texts begin or end with, is held: a script that
    # does not keep it deletes and inserts it, and is longer by just that.
    least = min(len(old), len(new))
    head = next((i for i in range(least) if old[i] != new[i]), least)
    room = least - head
    tail = next((i for i in range(room) if old[-1 - i] != new[-1 - i]), room)
    head = next((i for i in range(head, 0, -1) if single(old[i - 1])), 0)
    tail = next((i for i in range(tail, 0, -1) if single(old[-i])), 0)
    shift = len(new) - len(old)
    between = _held(old[head : len(old) - tail], new[head : len(new) - tail])
    return [
        *range(head),
        *(None if place is None else head + place for place in between),
        *range(len(old) - tail + shift, len(new)),
    ]


def _held(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """`held`, from the tables of all distances to the start and to the end."""
    if old == new:
        return list(range(len(old)))
    limit = abs(len(old) - len(new)) + 8
    while (len(old) + 1) * (2 * limit + 1) <= _MOST_CELLS:
        ahead = _distances(old, new, limit)
        least = ahead[-1][len(new) - len(old) + limit]
        if least <= limit:
            behind = _distances(old[::-1], new[::-1], limit)
            return [
                _kept_at(line, new, i, ahead[i], behind[len(old) - i - 1], least, len(old), limit)
                for i, line in enumerate(old)
            ]
        limit *= 2
    return [None] * len(old)


def _distances(old: Sequence[str], new: Sequence[str], limit: int) -> list[list[int]]:
    """Lines deleted and inserted on the shortest way to each pair of places.

    Row `i` is for the first `i` old lines; at `[j - i + limit]` stands the distance to the first
    `j` new ones. What lies further from the diagonal than `limit` is taken as out of reach.
    """
    far = len(old) + len(new) + 1
    rows: list[list[int]] = []
    above = [far] * (2 * limit + 2)
    for i in range(len(old) + 1):
        row = [far] * (2 * limit + 2)  # one more than the band, so that [k + 1] and [-1] are far
        first = max(0, limit - i)
        for k in range(first, min(2 * limit, len(new) - i + limit) + 1):
            j = k + i - limit
            best = min(above[k + 1], row[k - 1]) + 1
            if i and j and above[k] < best and old[i - 1] == new[j - 1]:
                best = above[k]
            row[k] = best if i or j else 0
        rows.append(row)
        above = row
    return rows


def _kept_at(
    line: str,
    new: Sequence[str],
    i: int,
    ahead: list[int],
    behind: list[int],
    least: int,
    total: int,
    limit: int,
) -> int | None:
    """Where old line `i` stands if each way of length `least` keeps it there."""
    turn = len(new) - total + 2 * limit  # `k` of a place, seen from the end
    kept: int | None = None
    for k in range(max(0, limit - i), min(2 * limit, len(new) - i + limit) + 1):
        if ahead[k] > least:
            continue
        j = k + i - limit
        # Deleted, the next place is one nearer to the old text's end, and so on diagonal k - 1.
        if 0 <= turn - k + 1 <= 2 * limit and ahead[k] + 1 + behind[turn - k + 1] == least:
            return None
        if (
            j < len(new)
            and new[j] == line
            and 0 <= turn - k <= 2 * limit
            and ahead[k] + behind[turn - k] == least
        ):
            if kept is not None:
                return None
            kept = j
    return kept
