"""Objects as they are written and read: who wrote last what a read sees.

An object is known by its identity, as long as that stands for the same object. What was written
is noted; what stands for all of an object's contents is made only when someone reads them all, and
then on top of what was made before, so that a run of writes and reads stays linear.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MOST = 256
"""So many objects are looked through for what an object holds; what is beyond goes unseen."""

_PARTS = 8


class Contents:
    """What is known of one object.

    Attributes:
        cells: For each attribute or item, the row that wrote it last.
        loose: Whether an item may have been written, or moved, without its key being known.
        written: Rows that wrote to it, oldest first.
        own, own_at: The row that stands for so many of them.
        perhaps: The row that stands for arms not taken that could have written any of it, else -1.
        children: Identities of objects that it holds, or may hold.
        made_of: Those among them that it was made of: what it holds they may hold as well.
        at: The identity that was seen in a cell.
        whole, whole_at, clock: The row that stands for it and all it holds; the number of rows
            there were then, and the heap's clock.
    """

    __slots__ = ("at", "cells", "children", "clock", "loose", "made_of", "own", "own_at", "perhaps", "whole", "whole_at",
                 "written")  # fmt: skip

    def __init__(self) -> None:
        self.cells: dict[Any, int] = {}
        self.loose = False
        self.written: list[int] = []
        self.own = self.whole = self.clock = self.perhaps = -1
        self.own_at = self.whole_at = 0
        self.children: set[int] = set()
        self.made_of: tuple[int, ...] = ()
        self.at: dict[Any, int] = {}


class Heap:
    """All objects by identity.

    Args:
        join: Makes a row that stands for several ones.
        rows: Says how many rows there are.
    """

    def __init__(self, join: Callable[[list[int]], int], rows: Callable[[], int]) -> None:
        self.objects: dict[int, Contents] = {}
        self.of_classes: dict[Any, int] = {}
        self.in_classes: dict[Any, set[int]] = {}
        self.clock = 0
        self._made_up = 8
        self.cut = False
        self._join, self._rows = join, rows

    def made_up(self) -> int:
        """An identity that no object has: their addresses are multiples of 16."""
        self._made_up += 16
        return self._made_up

    def forget(self, identity: int) -> None:
        """A new object lives at this address."""
        self.objects.pop(identity, None)

    def of(self, identity: int) -> Contents:
        """What is known of an object that something is known of from now on."""
        known = self.objects.get(identity)
        if known is None:
            known = self.objects[identity] = Contents()
        return known

    def write(self, identity: int, key: Any, row: int) -> None:
        """A row wrote a cell; with key None, any of them, or moved them about."""
        known = self.of(identity)
        if key is None:
            known.cells.clear()
            known.at.clear()
            known.loose = True
        else:
            known.cells[key] = row
            known.at.pop(key, None)
        self._wrote(known, row)

    def grow(self, identity: int, row: int) -> None:
        """A row added something that moves nothing else."""
        known = self.of(identity)
        known.loose = True
        self._wrote(known, row)

    def perhaps(self, identity: int, row: int) -> None:
        """A row that was not to be could have written anything."""
        known = self.of(identity)
        known.perhaps = row
        self._wrote(known, row)

    def _wrote(self, known: Contents, row: int) -> None:
        self.clock += 1
        written = known.written
        if not written or written[-1] != row:
            written.append(row)

    def hold(self, identity: int, child: int, key: Any = None) -> None:
        """An object is in another one, in a cell if that is known."""
        if child == identity:
            return
        known = self.of(identity)
        if key is not None:
            known.at[key] = child
        if child not in known.children:
            known.children.add(child)
            self.clock += 1

    def made(self, identity: int, part: int) -> None:
        """An object was made of another one."""
        self.hold(identity, part)
        known = self.of(identity)
        if part != identity and part not in known.made_of and len(known.made_of) < _PARTS:
            known.made_of = (*known.made_of, part)

    def found(self, identity: int, child: int, key: Any) -> None:
        """An object was taken from another one, which may have it from those it was made of."""
        before = self.objects.get(identity)
        if before is not None and child not in before.children:
            for each in before.made_of:
                self.hold(each, child)
        self.hold(identity, child, key)

    def of_class(self, key: Any, child: int) -> None:
        """An object was seen in an attribute that some class binds, and its instances share."""
        self.in_classes.setdefault(key, set()).add(child)

    def within(self, identity: int, most: int) -> list[int]:
        """An object and what it holds, and what these hold, up to some number."""
        found = {identity: None}
        stack = [identity]
        while stack and len(found) < most:
            known = self.objects.get(stack.pop())
            for child in known.children if known is not None else ():
                if child not in found and len(found) < most:
                    found[child] = None
                    stack.append(child)
        return list(found)

    def read(self, identity: int, key: Any) -> int:
        """The row that a cell's value comes from, -1 if it is not known to be written."""
        known = self.objects.get(identity)
        if known is not None:
            row = known.cells.get(key, -1)
            if row >= 0:
                return row
            if known.loose:
                return self.own(identity)
            if known.perhaps >= 0:
                return known.perhaps
        if type(key) is str:  # an attribute; an item's text stands in a tuple
            return self.of_classes.get(key, -1)
        return -1

    def own(self, identity: int) -> int:
        """The row that stands for everything that was written to an object; -1 if nothing was."""
        known = self.objects.get(identity)
        if known is None:
            return -1
        written = known.written
        if known.own_at < len(written):
            new = written[known.own_at :]
            if known.own >= 0:
                new.append(known.own)
            known.own = new[0] if len(new) == 1 else self._join(new)
            known.own_at = len(written)
        return known.own

    def whole(self, identity: int) -> int:
        """The same, with everything written to the objects in it, and in these."""
        known = self.objects.get(identity)
        if known is None:
            return -1
        if not known.children:
            return self.own(identity)
        if known.clock == self.clock:
            return known.whole
        new: set[int] = set()
        since, seen, stack = known.whole_at, {identity}, [known]
        while stack:
            each = stack.pop()
            for row in reversed(each.written):
                if row < since:
                    break
                new.add(row)
            for child in each.children:
                if child not in seen and child in self.objects:
                    if len(seen) >= MOST:
                        self.cut = True
                        break
                    seen.add(child)
                    stack.append(self.objects[child])
        known.clock, known.whole_at = self.clock, self._rows()
        if new:
            rows = sorted(new)
            if known.whole >= 0:
                rows.append(known.whole)
            known.whole = rows[0] if len(rows) == 1 else self._join(rows)
        return known.whole
