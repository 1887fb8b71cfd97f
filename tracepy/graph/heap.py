"""Attributes and items as they are written: who wrote last what a read sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MUTATORS = frozenset(
    (
        *("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "add"),
        *("discard", "update", "setdefault", "popitem", "difference_update", "popleft"),
        *("intersection_update", "symmetric_difference_update", "__setitem__", "__delitem__"),
        *("appendleft", "extendleft", "rotate"),
    )
)
CONTAINERS = frozenset({"list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter"})


@dataclass
class Contents:
    """What is known of one object.

    Attributes:
        cells: For each attribute or item, the nodes that wrote it, oldest first.
        versions: Nodes that stand for all its contents after each write, oldest first.
        unknown: Those versions after which any item may be another than before.
    """

    cells: dict[Any, list[int]] = field(default_factory=dict)
    versions: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


def latest(nodes: list[int], before: int) -> int | None:
    """The last node that is older than another."""
    for node in reversed(nodes):
        if node < before:
            return node
    return None


class Heap:
    """All objects by identity, as long as an identity stands for the same object."""

    def __init__(self) -> None:
        self.objects: dict[int, Contents] = {}

    def forget(self, identity: int) -> None:
        """A new object lives at this address."""
        self.objects.pop(identity, None)

    def read(self, identity: int, key: Any, before: int) -> int | None:
        """Who wrote a cell; with key None, who wrote anything at all."""
        contents = self.objects.get(identity)
        if contents is None:
            return None
        if key is None:
            return latest(contents.versions, before)
        nodes = contents.cells.get(key)
        found = latest(nodes, before) if nodes else None
        return found if found is not None else latest(contents.unknown, before)

    def version(self, identity: int) -> int | None:
        """The node of all contents as they are now."""
        contents = self.objects.get(identity)
        return contents.versions[-1] if contents and contents.versions else None

    def write(self, identity: int, key: Any, node: int, version: int) -> None:
        """`node` wrote a cell (key None: any); `version` stands for all contents from now on."""
        contents = self.objects.setdefault(identity, Contents())
        contents.versions.append(version)
        if key is None:
            contents.unknown.append(version)
            contents.cells = {k: v for k, v in contents.cells.items() if k[0] == "attribute"}
        else:
            contents.cells.setdefault(key, []).append(node)
