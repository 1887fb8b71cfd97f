"""From logs and the static facts about their sites to the execution graph.

Logs are read forward, once, in the order in which threads wrote them. Rows are added to columns;
an edge goes to what was there before, so nothing is searched for and a slice is a walk over
integers. Values stay in the log until someone looks at them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tracepy.graph.columns import BITS, Place, Writer, render
from tracepy.graph.events import HANDLERS, OF_STATEMENTS
from tracepy.graph.frames import Frame
from tracepy.graph.heap import Heap
from tracepy.graph.model import Graph
from tracepy.graph.plan import OWN, Plan
from tracepy.transforms.instrument import Instrumented, Site
from tracepy.transforms.instrument_facts import Key

if TYPE_CHECKING:
    from tracepy.recorder._log import Recording
    from tracepy.recorder.registry import Registry

_DEEPEST = 20
_AT, _SLOT = 32, 10
_CONSTANT = 1 << 62
"""Bits of a value's handle: the place in a piece of a log, and which of an event's values."""


class Builder:
    """Replays a recording into one graph.

    Args:
        recording: What was recorded.
        registry: The instrumented modules.
        gates: Of each function, by its first site, which variables it shares.
        events: Look at so many events.
    """

    def __init__(
        self, recording: Recording, registry: Registry, gates: Mapping[int, Any], events: int
    ) -> None:
        self.recording, self.registry, self.gates, self.left = recording, registry, gates, events
        self.handlers = HANDLERS
        self.writer = Writer()
        self.columns = self.writer.columns
        self.columns.entry = self._entry
        self.identity: list[int] = []
        self.link = self.writer.link
        self.heap = Heap(self._joined, self.rows)
        self.plans: dict[int, Plan] = {}
        self.codes: dict[tuple[int, str], int] = {}
        self.pieces: list[tuple[int, int]] = []
        self.base = 0
        self.log = 0
        self.stacks: dict[int, list[Frame]] = {}
        self.stack: list[Frame] = []
        self.serials: dict[int, Frame] = {}
        self.cells: dict[int, Frame] = {}
        self.definers: dict[tuple[str, str], Frame] = {}
        self.globals: dict[str, dict[str, int]] = {}
        self.roots: dict[tuple[str, str], int] = {}
        self.root_rows: set[int] = set()
        self.by_line: dict[int, list[tuple[int, int, int]]] = {}
        self.standing: dict[tuple[int, int], int] = {}
        self.outputs: list[tuple[bool, int]] = []
        self.error: str | None = None
        self.complete = True
        self.escaped: dict[Any, int] = {}
        self.kept: dict[str, dict[Any, int]] = {}
        self.methods: dict[int, tuple[int, int, str]] = {}
        self.defined: dict[tuple[str, str], int] = {}
        self.constants: list[Any] = []
        self.special: dict[tuple[int, str, int], int] = {}

    # Reading

    def graph(self) -> Graph:
        """Replay everything."""
        plans = self.plans
        for events in self._segments():
            for event in events:
                if self.left <= 0:
                    self.complete = False
                    break
                self.left -= 1
                number = event[0]
                plan = plans.get(number)
                if plan is None:
                    plan = self.plan(number)
                stack = self.stack
                if (
                    stack
                    and stack[-1].code == plan.code
                    and not plan.serial
                    and number != plan.code
                ):
                    frame = stack[-1]
                    if frame.serial:
                        frame = self.frame(plan, event)
                else:
                    frame = self.frame(plan, event)
                plan.handle(self, plan, frame, event)
        columns = self.writer.finish()
        columns.identity = array("q", self.identity)
        self.heap = Heap(self._joined, self.rows)
        outputs = [row for _, row in sorted(self.outputs, key=lambda output: output[0])]
        return Graph(columns, outputs, self.error, self.complete)

    def _segments(self) -> Iterator[list[tuple[int, ...]]]:
        """Runs of events of one thread, in order; `base`, `log` and `stack` are set for each."""
        logs = [self._runs(log, pieces) for log, pieces in enumerate(self.recording.pieces())]
        waiting = [
            (run[0], log, run[1], run[2])
            for log, runs in enumerate(logs)
            if (run := next(runs, None))
        ]
        while waiting:
            first = min(waiting, key=lambda run: run[:2])
            waiting.remove(first)
            _, log, self.base, events = first
            self.log = log
            self.stack = self.stacks.setdefault(log, [])
            yield events
            following = next(logs[log], None)
            if following is not None:
                waiting.append((following[0], log, following[1], following[2]))

    def _runs(self, log: int, pieces: int) -> Iterator[tuple[int, int, list[tuple[int, ...]]]]:
        """The runs of one log: when each began, the base of its handles, its events."""
        change = 0
        for piece in range(pieces):
            base = len(self.pieces) << _AT
            self.pieces.append((log, piece))
            events = self.recording.scan(log, piece)
            cuts = [index for index, event in enumerate(events) if not event[0]]
            start = 0
            for cut in cuts:
                if cut > start:
                    yield change, base, events[start:cut]
                change, start = events[cut][1], cut + 1
            if start < len(events):
                yield change, base, events[start:] if start else events

    def constant(self, value: Any) -> int:
        """A handle for a value that is in the source."""
        self.constants.append(value)
        return _CONSTANT | (len(self.constants) - 1)

    def _entry(self, handle: int) -> Any:
        if handle >= _CONSTANT:
            return self.constants[handle & ~_CONSTANT]
        where = handle >> _SLOT
        log, piece = self.pieces[where >> _AT]
        return self.recording.value(
            log, piece, where & ((1 << _AT) - 1), handle & ((1 << _SLOT) - 1)
        )

    def handle(self, event: tuple[int, ...], slot: int) -> int:
        """What a value is asked for with, later."""
        return (self.base | event[1]) << _SLOT | slot

    def plan(self, number: int) -> Plan:
        """A site's plan."""
        plan = self.plans.get(number)
        if plan is None:
            site, module = self.registry.sites[number], self.registry.modules[number]
            code = self.registry.enter_of(number)
            kind = {"enter": "call", "yield": "yield", "gap": "loop"}.get(site.event, site.kind)
            place = self.place_of(site, module, kind)
            plan = self.plans[number] = Plan(
                number, site, module, code, place, self.handlers[site.event]
            )
        return plan

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

    def _special(self, plan: Plan, what: str, slot: int, **changed: Any) -> int:
        """A place that is like the plan's but for something."""
        key = (plan.number, what, slot)
        known = self.special.get(key)
        if known is None:
            place = self.columns.places[plan.place]._replace(**changed)
            known = self.special[key] = self.writer.place(place)
        return known

    def slot_place(self, plan: Plan, slot: int) -> int:
        """The place of what a statement binds to one of its further names."""
        name, where = plan.slots[slot]
        parameter = f"{plan.module.module}:{name}" if where == "global" else None
        return self._special(plan, "slot", slot, names=(name,), parameter=parameter)

    def argument_place(self, plan: Plan, slot: int) -> int:
        """The place of an argument."""
        name = plan.slots[slot][0]
        parameter = f"{plan.module.module}:{plan.site.function}.<{name}>"
        return self._special(plan, "argument", slot, kind="argument", code=name, names=(name,),
                             parameter=parameter, stands=False)  # fmt: skip

    def joined_place(self, plan: Plan, name: str, value: str | None = None) -> int:
        """The place of what an arm would have written that was not taken."""
        names = (name,) if name else ()
        what = f"joined {name}" if value is None else f"joined {name} {value}"
        return self._special(plan, what, 0, names=names, parameter=None, value=value)

    def gap_place(self, plan: Plan) -> int:
        """The place of turns that were not recorded."""
        names = tuple(name for name, _ in plan.site.maybe)
        return self._special(plan, "gap", 0, kind="loop", names=names, value="(turns not recorded)",
                             note="turns of this loop were not recorded")  # fmt: skip

    def raise_place(self, plan: Plan) -> int:
        """The place of a statement that raised."""
        return self._special(plan, "raise", 0, kind="raise", names=(), parameter=None)

    def statement_at(self, plan: Plan, line: int) -> Plan:
        """The innermost statement of a function that stands on a line; the plan's own if none."""
        rows = self.by_line.get(plan.code)
        if rows is None:
            rows = self.by_line[plan.code] = [
                (site.end_line - site.line, index, site.line)
                for index, site in enumerate(plan.module.sites)
                if site.function == plan.site.function and site.event in OF_STATEMENTS
            ]
        around = [row for row in rows if row[2] <= line <= row[2] + row[0]]
        if not around:
            return plan
        return self.plan(plan.module.first + min(around)[1])

    # Frames

    def frame(self, plan: Plan, event: tuple[int, ...]) -> Frame:
        """The frame that an event comes from."""
        stack = self.stack
        kind = plan.site.event
        if kind == "enter":
            return self._push(plan, ~event[2] if plan.serial else 0)
        if plan.serial:
            serial = ~event[2]
            frame = self.serials.get(serial)
            if frame is None:
                return self._push(plan, serial)
            if self.runs(frame):
                del stack[frame.depth + 1 :]
            else:
                frame.depth = len(stack)
                stack.append(frame)
            return frame
        if kind in ("via", "walrus") and stack:
            return stack[-1]
        for position in range(len(stack) - 1, -1, -1):
            frame = stack[position]
            if not frame.serial and frame.code == plan.code:
                del stack[position + 1 :]
                return frame
        return self._push(plan, 0)

    def _push(self, plan: Plan, serial: int) -> Frame:
        stack = self.stack
        while stack and stack[-1].serial and plan.site.event != "enter":
            stack.pop()
        frame = Frame(plan, serial)
        frame.definer = self.definers.get((plan.module.path, plan.site.function))
        if serial:
            self.serials[serial] = frame
        frame.depth = len(stack)
        stack.append(frame)
        return frame

    def runs(self, frame: Frame) -> bool:
        """Whether a frame is on the stack."""
        return frame.depth < len(self.stack) and self.stack[frame.depth] is frame

    def pop(self, frame: Frame) -> None:
        """A frame is left."""
        if self.runs(frame):
            del self.stack[frame.depth :]

    def parent(self, frame: Frame) -> Frame | None:
        """The frame below."""
        return self.stack[frame.depth - 1] if self.runs(frame) and frame.depth else None

    # Rows

    def rows(self) -> int:
        """How many there are."""
        return len(self.identity)

    def row(
        self, place: int, frame: Frame | None, edges: list[int], value: int = -1, identity: int = 0
    ) -> int:
        """A new row."""
        columns = self.columns
        columns.place.append(place)
        columns.call.append(frame.call_row if frame is not None else -1)
        columns.value.append(value)
        self.identity.append(identity)
        columns.edges.extend(edges)
        columns.starts.append(len(columns.edges))
        return len(self.identity) - 1

    def _joined(self, rows: list[int]) -> int:
        """A row that stands for several writes; it is where the last of them is."""
        columns = self.columns
        last = columns.place[max(rows)]
        place = columns.places[last]
        kind = "item" if place.kind != "attribute" else "attribute"
        joined = self.writer.place(
            place._replace(kind=kind, stands=False, value=None, parameter=None)
        )
        row = self.row(joined, None, [row << BITS for row in rows])
        columns.call[row] = columns.call[max(rows)]
        return row

    def object_at(self, edge: int) -> int:
        """The identity of the object that an edge comes from, 0 if it is none."""
        return max(self.identity[edge >> BITS], 0) if edge >= 0 else 0

    def stand(self, row: int, place: int) -> None:
        """A call stands where the statement stands that made it, once that is known."""
        columns = self.columns
        key = (columns.place[row], place)
        known = self.standing.get(key)
        if known is None:
            mine, other = columns.places[key[0]], columns.places[place]
            known = self.standing[key] = self.writer.place(
                mine._replace(file=other.file, line=other.line, end_line=other.end_line,
                              code=other.code, stands=True)
            )  # fmt: skip
        columns.place[row] = known

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
            row = heap.own(identity) if mode == OWN else heap.whole(identity)
            if row >= 0:
                edges.append(row << BITS)

    def kind_of(self, handle: int) -> str:
        """The name of a value's type."""
        entry = self._entry(handle) if handle >= 0 else None
        return entry[1] if type(entry) is tuple else type(entry).__name__

    # Variables

    def lookup(self, name: str, where: str, frame: Frame, module: Instrumented) -> int:
        """The edge from where a variable's value comes, -1 if it is not known."""
        if where == "local":
            return frame.env.get(name, -1)
        if where == "free":
            owner = self._owner(name, frame)
            return owner.env.get(name, -1) if owner is not None else -1
        return self.lookup_global(name, module)

    def _owner(self, name: str, frame: Frame) -> Frame | None:
        """The call whose variable it is."""
        if frame.free is not None and name in frame.free:
            return frame.free[name]
        if name in frame.env:  # of a class body in the function that has it
            return frame
        outer = frame.definer
        while outer is not None:
            if name in outer.env:
                return outer
            outer = outer.definer
        return None

    def lookup_global(self, name: str, module: Instrumented, depth: int = 0) -> int:
        """The same for a module's name, be it bound before the recording began."""
        names = self.globals.get(module.path)
        found = names.get(name, -1) if names is not None else -1
        if found >= 0:
            return found
        if depth > _DEEPEST:  # modules that import from each other
            return -1
        place = module.names.get(name)
        if place is not None:
            if not place[2]:
                return -1
            return self.static(module, name, f"{module.module}:{name}", place[0], place[1])
        imported = module.imports.get(name)
        if imported is not None and imported[1]:
            other = self.registry.named(imported[0])
            if other is not None and other is not module:
                return self.lookup_global(imported[1], other, depth + 1)
        return -1

    def static(
        self,
        module: Instrumented,
        name: str,
        parameter: str,
        line: int,
        end: int,
        kind: str = "global",
    ) -> int:
        """The edge from a row for something that was bound before the recording began."""
        known = self.roots.get((module.path, parameter))
        if known is None:
            site = Site("", kind, "<module>", line, end)
            place = self.place_of(site, module, kind, (name,), parameter)
            row = self.row(place, None, [])
            self.root_rows.add(row)
            known = self.roots[module.path, parameter] = row << BITS
        return known

    def default_of(self, plan: Plan, name: str) -> int:
        """The edge from where a function's defaults come."""
        site, module = plan.site, plan.module
        defined = self.defined.get((module.path, site.function), -1)
        if defined >= 0:
            return defined
        parameter = f"{module.module}:{site.function}.<{name}>"
        return self.static(module, name, parameter, site.line, site.line, "constant")

    def define(self, name: str, where: str, edge: int, frame: Frame, module: Instrumented) -> None:
        """From now on the variable's value comes from there."""
        if where == "local":
            frame.env[name] = edge
        elif where == "global":
            self.globals.setdefault(module.path, {})[name] = edge
        else:
            owner = self._owner(name, frame)
            if owner is not None:
                owner.env[name] = edge

    def module_of(self, name: str, module: Instrumented) -> Instrumented | None:
        """The instrumented module that a module's name stands for."""
        imported = module.imports.get(name)
        if imported is None:
            return None
        dotted = f"{imported[0]}.{imported[1]}" if imported[1] else imported[0]
        return self.registry.named(dotted)

    def key(self, key: Key, frame: Frame, module: Instrumented) -> Any:
        """A cell's key as the heap has it; None where it is not known."""
        if key is None:
            return None
        kind, what, _ = key
        if kind == "attribute":
            return ("attribute", what)
        if kind == "method":
            return None
        value = self._value(key, frame, module)
        if value is None or (type(value) is int and value < 0):
            return None  # from the end, of a list whose length is not known
        return ("item", value)

    def _value(self, key: Key, frame: Frame, module: Instrumented) -> Any:
        assert key is not None
        kind, what, where = key
        if kind == "constant":
            return what
        if kind == "name":
            edge = self.lookup(str(what), where, frame, module)
            number = self.identity[edge >> BITS] if edge >= 0 else 0
            if number < 0:
                return ~number
            value = self.columns.entry_of(edge >> BITS) if edge >= 0 else None
            return None if type(value) is tuple else value
        parts = [self._value(part, frame, module) for part in what]  # type: ignore[attr-defined]
        if None in parts:
            return None
        if kind == "tuple":
            return tuple(parts)
        left, right = parts
        if type(left) is not int or type(right) is not int:
            return None
        if kind in ("//", "%") and not right:
            return None
        return _COMPUTE[kind](left, right)


_COMPUTE: Mapping[str, Any] = {
    "+": int.__add__, "-": int.__sub__, "*": int.__mul__, "//": int.__floordiv__,
    "%": int.__mod__,
}  # fmt: skip
