"""Objects as they are written and read: who wrote last what a read sees.

An object is known by its identity, as long as that stands for the same object. What was written
is noted; what stands for all of an object's contents is made only when someone reads them all, and
then on top of what was made before, so that a run of writes and reads stays linear.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

MOST = 64
"""So many objects of a ring are looked through once more for what an object holds."""
_CREDIT, _EARNED = 20_000, 24
"""Steps that may be gone to look through objects at first, and once more for each time that it is
asked for. Where objects hold each other in large rings that is not enough: then everything that was
written anywhere stands for what they hold."""
_EVERYTHING = 12
"""The identity, which no object has, of all objects together."""
_PARTS = 8
_SHARED = 16
_PARENTS = 1000
"""So many holders of an object are told when it changes."""


class Contents:
    """What is known of one object.

    Attributes:
        cells: For each attribute or item, the row that wrote it last.
        loose: Whether an item may have been written, or moved, without its key being known.
        written: Rows that wrote to it, oldest first.
        own, own_at: The row that stands for so many of them.
        perhaps: The row that stands for arms not taken that could have written any of it, else -1.
        children: Identities of objects that it holds, or may hold, in the order they came.
        parents: Objects that hold it.
        made_of: Those among the children that it was made of: what it holds they may hold as well.
        at: The identity that was seen in a cell.
        clock: The heap's when it was last looked through.
        whole, whole_at: The row that stands for it and all it holds; the number of rows there
            were then.
        dirty, pending: Whether it changed since, be it in something it holds, and in which
            children.
        partial: Whether `whole` leaves something out, since objects hold each other in a ring or
            there are too many.
        parts: Where there is a ring, the rows that are in `whole` already.
    """

    __slots__ = (
        "at",
        "cells",
        "children",
        "clock",
        "dirty",
        "identity",
        "loose",
        "made_of",
        "own",
        "own_at",
        "parents",
        "partial",
        "parts",
        "pending",
        "perhaps",
        "whole",
        "whole_at",
        "written",
    )  # fmt: skip

    def __init__(self, identity: int) -> None:
        self.identity = identity
        self.cells: dict[Any, int] = {}
        self.loose = False
        self.written: list[int] = []
        self.own = self.whole = self.perhaps = -1
        self.own_at = self.whole_at = 0
        self.clock = -1
        self.children: dict[int, None] = {}
        self.parents: list[Contents] = []
        self.made_of: tuple[int, ...] = ()
        self.at: dict[Any, int] = {}
        self.dirty, self.partial = False, False
        self.parts: set[int] = set()
        self.pending: dict[int, None] = {}


class _Look:
    """One object that is being looked through."""

    __slots__ = ("again", "anew", "known", "partial", "place", "ring", "rows", "todo")

    def __init__(self, known: Contents, left: int) -> None:
        self.known = known
        self.anew = known.whole < 0 or known.partial
        self.again = known.partial
        if known.partial:  # what changed, and of the rest as much as there is time for
            self.todo = [*known.pending, *islice(known.children, max(left, 0))]
        else:
            self.todo = list(known.children if self.anew else known.pending)
        self.place = 0
        self.rows: list[int] = [] if self.anew else [known.whole]
        self.partial = self.ring = False


class Heap:
    """All objects by identity.

    Args:
        join: Makes a row that stands for several ones.
        rows: Says how many rows there are.
    """

    def __init__(self, join: Callable[[list[int]], int], rows: Callable[[], int]) -> None:
        self.objects: dict[int, Contents] = {}
        self.of_classes: dict[Any, int] = {}
        self.in_classes: dict[Any, dict[int, None]] = {}
        self.clock = 0
        self._made_up = 8
        self.cut = False
        self._credit = _CREDIT
        self._all = Contents(_EVERYTHING)
        self.objects[_EVERYTHING] = self._all
        self._join, self._rows = join, rows

    def made_up(self) -> int:
        """An identity that no object has: their addresses are multiples of 16."""
        self._made_up += 16
        return self._made_up

    def forget(self, identity: int) -> None:
        """A new object lives at this address."""
        known = self.objects.pop(identity, None)
        if known is not None:
            for parent in known.parents:
                parent.children.pop(identity, None)
                parent.pending.pop(identity, None)

    def of(self, identity: int) -> Contents:
        """What is known of an object that something is known of from now on."""
        known = self.objects.get(identity)
        if known is None:
            known = self.objects[identity] = Contents(identity)
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
        written = self._all.written
        if not written or written[-1] != row:
            written.append(row)
        self._changed(known)

    def _changed(self, known: Contents) -> None:
        """An object is not what it was, and neither is what holds it."""
        if known.dirty:
            return
        known.dirty = True
        stack = [known]
        while stack:
            each = stack.pop()
            for parent in each.parents:
                parent.pending[each.identity] = None
                if not parent.dirty:
                    parent.dirty = True
                    stack.append(parent)

    def hold(self, identity: int, child: int, key: Any = None) -> None:
        """An object is in another one, in a cell if that is known."""
        if child == identity or not child:
            return
        known = self.of(identity)
        if key is not None:
            known.at[key] = child
        if child not in known.children:
            known.children[child] = None
            known.pending[child] = None
            parents = self.of(child).parents
            if len(parents) < _PARENTS:
                parents.append(known)
            else:
                self.cut = True
            self.clock += 1
            self._changed(known)

    def plain(self, identity: int, key: Any) -> None:
        """A cell holds no object."""
        if key is not None:
            self.of(identity).at[key] = 0

    def made(self, identity: int, part: int) -> None:
        """An object was made of another one."""
        if not part:
            return
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

    def held_by(self, identity: int) -> list[int]:
        """What an object holds, as far as it can be changed; not of one that holds a great deal."""
        known = self.objects.get(identity)
        if known is None or len(known.children) > _SHARED:
            return []
        return [child for child in known.children if child & 3 != 2]

    def of_class(self, key: Any, child: int) -> None:
        """An object was seen in an attribute that some class binds, and its instances share."""
        shared = self.in_classes.setdefault(key, {})
        if len(shared) < _SHARED:
            shared[child] = None

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
        """The same, with everything written to the objects in it, and in these.

        Only what changed since the last time is looked at. Objects that hold each other in a ring
        are put together where the ring is entered; those inside stay partial until they are asked.
        """
        root = self.objects.get(identity)
        if root is None:
            return -1
        if not root.children:
            return self.own(identity)
        if not root.dirty and (not root.partial or root.clock == self.clock):
            return root.whole
        root.clock = self.clock
        self._credit = min(self._credit + _EARNED, _CREDIT)
        left = MOST
        looks = [_Look(root, left)]
        inside = {identity}
        while True:
            look = looks[-1]
            if look.place < len(look.todo):
                self._credit -= 1
                if self._credit < 0:  # nothing is lost: what is not put together stays dirty
                    self.cut = True
                    root.clock = -1
                    return self.own(_EVERYTHING)
                child = look.todo[look.place]
                look.place += 1
                if look.again:
                    left -= 1
                    if left < 0:
                        self.cut = look.partial = True
                        look.place = len(look.todo)
                        continue
                known = self.objects.get(child)
                if known is None:  # another object lives there now
                    continue
                if child in inside:
                    look.partial = look.ring = True
                    row = self.own(child)
                elif not known.children:
                    known.dirty = False
                    row = self.own(child)
                elif not known.dirty and not known.partial:
                    row = known.whole
                else:
                    inside.add(child)
                    looks.append(_Look(known, left))
                    continue
                if row >= 0:
                    look.rows.append(row)
                continue
            looks.pop()
            if not looks:
                look.partial = left < 0
                return self._put_together(look)
            inside.discard(look.known.identity)
            above = looks[-1]
            if look.partial:  # what it is part of has it all
                above.partial = above.ring = True
                above.rows += self._loose(look)
                continue
            row = self._put_together(look)
            if row >= 0:
                above.rows.append(row)

    def _loose(self, look: _Look) -> list[int]:
        """Rows of an object that cannot be put together yet."""
        known = look.known
        own = self.own(known.identity)
        if own >= 0:
            look.rows.append(own)
        known.dirty, known.partial = False, True
        known.pending.clear()
        return look.rows

    def _put_together(self, look: _Look) -> int:
        known = look.known
        own = self.own(known.identity)
        if own >= 0 and (look.anew or own >= known.whole_at):
            look.rows.append(own)
        rows = set(look.rows)
        if look.ring or known.parts:  # what is in a ring is met time and again
            rows -= known.parts
            known.parts |= rows
            if rows and known.whole >= 0:
                rows.add(known.whole)
        if rows:
            known.whole = rows.pop() if len(rows) == 1 else self._join(sorted(rows))
        known.whole_at = self._rows()
        known.dirty, known.partial = False, look.partial
        known.pending.clear()
        return known.whole
