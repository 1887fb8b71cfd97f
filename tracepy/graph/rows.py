"""Rows of the graph that is being built, and the places that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracepy.graph.columns import BITS, Place, Writer
from tracepy.graph.heap import Heap
from tracepy.graph.plan import OWN, Plan
from tracepy.graph.values import SLOT, Values, render
from tracepy.transforms.instrument import Instrumented, Site

if TYPE_CHECKING:
    from tracepy.graph.frames import Frame
    from tracepy.recorder._log import Recording

CLASSES = 3
"""Bits of an identity that say what kind of object it is: 1 a list, dict or set, 2 a tuple."""


class Rows:
    """Makes rows, and knows the objects that they are about.

    Attributes:
        values: The values, which stay in the log.
        writer: Where rows go.
        identity: Of each row, as in `Columns`.
        heap: Who wrote what to which object.
        base: What handles of the values of the events at hand begin with.
    """

    def __init__(self, recording: Recording) -> None:
        self.values = Values(recording)
        self.writer = Writer(self.values.entry)
        self.identity = self.writer.identity
        self.late = self.writer.late
        self.heap = Heap(self._joined, self.rows)
        self.base = 0
        self._special: dict[tuple[int, str, int], int] = {}
        self._standing: dict[tuple[int, int], int] = {}

    # Rows

    def rows(self) -> int:
        """How many there are."""
        return len(self.identity)

    def row(
        self, place: int, frame: Frame | None, edges: list[int], value: int = -1, identity: int = 0
    ) -> int:
        """A new row."""
        call = frame.call_row if frame is not None else -1
        return self.writer.add(place, call, value, identity, edges)

    def link(self, row: int, edge: int) -> None:
        """One more edge for a row that is there already."""
        self.late.append(row << 32 | edge)

    def _joined(self, rows: list[int]) -> int:
        """A row that stands for several writes; it is where the last of them is."""
        last = max(rows)
        place = self.place_at(last)
        kind = "item" if place.kind != "attribute" else "attribute"
        joined = self.writer.place(
            place._replace(kind=kind, stands=False, value=None, parameter=None)
        )
        return self.writer.add(joined, self.writer.call_of(last), -1, 0, [r << BITS for r in rows])

    def stand(self, row: int, place: int) -> None:
        """A call stands where the statement stands that made it, once that is known."""
        key = (self.writer.place_of(row), place)
        known = self._standing.get(key, -1)
        if known < 0:
            places = self.writer.columns.places
            mine, other = places[key[0]], places[place]
            known = self._standing[key] = self.writer.place(
                mine._replace(file=other.file, line=other.line, end_line=other.end_line,
                              code=other.code, stands=True)
            )  # fmt: skip
        self.writer.put_place(row, known)

    def controls(self, plan: Plan, frame: Frame) -> list[int]:
        """Edges from what decided that a statement runs."""
        if plan.controls:
            control = frame.control
            found = [control[group] for group in plan.controls if group in control]
            if found:
                return found
        return [frame.call_edge] if frame.call_edge >= 0 else []

    def add_contents(self, identity: int, mode: int, edges: list[int]) -> None:
        """Add an edge from what was written to an object."""
        heap = self.heap
        if identity in heap.objects:
            # What an iterator or an instance gives is not only in itself.
            own = mode == OWN and identity & CLASSES != 0
            row = heap.own(identity) if own else heap.whole(identity)
            if row >= 0:
                edges.append(row << BITS)

    def object_at(self, edge: int) -> int:
        """The identity of the object that an edge comes from, 0 if it is none."""
        if edge < 0:
            return 0
        held = self.identity[edge >> BITS]
        return held if held > 0 else 0

    # Values

    def handle(self, event: tuple[int, ...], slot: int) -> int:
        """What a value is asked for with, later."""
        return self.base | event[1] << SLOT | slot if slot < 1 << SLOT else -1

    def entry_at(self, row: int) -> Any:
        """The value of a row as the log holds it."""
        handle = self.writer.value_of(row)
        return self.values.entry(handle) if handle >= 0 else None

    def kind_of(self, held: int, handle: int) -> str:
        """The name of an object's type; `list` for every list, dict or set, whose methods differ."""
        if held & CLASSES == 1:
            return "list"
        entry = self.values.entry(handle) if handle >= 0 else None
        return str(entry[1]) if type(entry) is tuple else type(entry).__name__

    # Places

    def place_at(self, row: int) -> Place:
        """The place of a row."""
        return self.writer.columns.places[self.writer.place_of(row)]

    def place_of(
        self,
        site: Site,
        module: Instrumented,
        kind: str,
        names: tuple[str, ...] | None = None,
        parameter: str | None = None,
        **more: Any,
    ) -> int:
        """The place of a site's nodes of some kind."""
        if names is None:
            names = tuple(name for name, _ in (*site.slots, *site.defines))
        code = "".join(module.lines[site.line - 1 : site.end_line]).strip()
        if site.event == "enter" and kind == "call":
            code, names = f"call {site.function}", ()
            more.setdefault("stands", False)
        if site.constant:
            more.setdefault("value", render(site.value))
        if parameter is None and site.slots and kind in ("assign", "augassign", "import", "loop"):
            name, where = site.slots[0]
            if where == "global":
                parameter = f"{module.module}:{name}"
        return self.writer.place(
            Place(kind, module.path, module.module, site.line, site.end_line, site.function, code,
                  names, parameter, **more)
        )  # fmt: skip

    def special(self, plan: Plan, what: str, slot: int, **changed: Any) -> int:
        """A place that is like the plan's but for something."""
        key = (plan.number, what, slot)
        known = self._special.get(key)
        if known is None:
            place = self.writer.columns.places[plan.place]._replace(**changed)
            known = self._special[key] = self.writer.place(place)
        return known

    def slot_place(self, plan: Plan, slot: int) -> int:
        """The place of what a statement binds to one of its further names."""
        name, where = plan.slots[slot]
        parameter = f"{plan.module.module}:{name}" if where == "global" else None
        return self.special(plan, "slot", slot, names=(name,), parameter=parameter)

    def argument_place(self, plan: Plan, slot: int) -> int:
        """The place of an argument."""
        name = plan.slots[slot][0]
        # An argument is a parameter where the source has a value for it.
        known = name in plan.site.defaults
        parameter = f"{plan.module.module}:{plan.site.function}.<{name}>" if known else None
        return self.special(plan, "argument", slot, kind="argument", code=name, names=(name,),
                             parameter=parameter, stands=False)  # fmt: skip

    def joined_place(self, plan: Plan, name: str, value: str | None = None) -> int:
        """The place of what an arm would have written that was not taken."""
        names = (name,) if name else ()
        what = f"joined {name}" if value is None else f"joined {name} {value}"
        return self.special(plan, what, 0, names=names, parameter=None, value=value, stands=False)

    def gap_place(self, plan: Plan) -> int:
        """The place of turns that were not recorded."""
        names = tuple(name for name, _ in plan.site.maybe)
        return self.special(plan, "gap", 0, kind="loop", names=names, value="(turns not recorded)",
                             note="turns of this loop were not recorded")  # fmt: skip

    def raise_place(self, plan: Plan) -> int:
        """The place of a statement that raised."""
        return self.special(plan, "raise", 0, kind="raise", names=(), parameter=None)
