"""Programs of known shapes, each about `events` events long: what `benchmarks/graph.py` records."""

from __future__ import annotations


def chain(events: int) -> int:
    """Each value depends on the one before."""
    x = 0
    for i in range(events // 2):
        x = x + i
    return x


def add(a: int, b: int) -> int:
    """A call of its own for each sum."""
    return a + b


def tree(events: int) -> int:
    """Sums of pairs, of pairs of these, and so on, a call each."""
    layer = list(range(max(2, events // 5)))
    while len(layer) > 1:
        above = []
        for i in range(0, len(layer) - 1, 2):
            above.append(add(layer[i], layer[i + 1]))
        layer = above
    return layer[0]


def fan_out(events: int) -> int:
    """One value that all others depend on."""
    root = 3
    total = 0
    for i in range(events // 3):
        each = root * i
        total = total + each
    return total


def over_list(events: int) -> int:
    """A list is filled, item by item, and read, item by item."""
    items = []
    for i in range(events // 4):
        items.append(i)
    total = 0
    for item in items:
        total += item
    return total


def down(n: int) -> int:
    """Calls itself to the bottom."""
    if n == 0:
        return 0
    return n + down(n - 1)


def recursion(events: int) -> int:
    """One call in another, as deep as there are events for."""
    return down(events // 3)


def sorting(events: int) -> list[int]:
    """Items of one list, written over and over: heap sort."""
    count = max(4, int(events // 90))
    items = [(i * 7919) % count for i in range(count)]
    for start in range(count // 2 - 1, -1, -1):
        sift(items, start, count)
    for end in range(count - 1, 0, -1):
        items[0], items[end] = items[end], items[0]
        sift(items, 0, end)
    return items


def sift(items: list[int], start: int, end: int) -> None:
    """Let one item sink to its place."""
    root = start
    while 2 * root + 1 < end:
        child = 2 * root + 1
        if child + 1 < end and items[child] < items[child + 1]:
            child = child + 1
        if items[root] >= items[child]:
            return
        items[root], items[child] = items[child], items[root]
        root = child


SHAPES = {
    "chain": chain, "tree": tree, "fan-out": fan_out, "loop over a list": over_list,
    "deep recursion": recursion, "sorting": sorting,
}  # fmt: skip
