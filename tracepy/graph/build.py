"""From logs and the static facts about their sites to the execution graph.

Logs are read forward, once, in the order in which threads wrote them. Rows are added to columns;
an edge goes to what was there before, so nothing is searched for and a slice is a walk over
integers. Values stay in the log until someone looks at them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tracepy.graph.events import HANDLERS, OF_STATEMENTS
from tracepy.graph.frames import Frame
from tracepy.graph.model import Graph, digest_of
from tracepy.graph.plan import Plan
from tracepy.graph.variables import Variables

if TYPE_CHECKING:
    from tracepy.recorder._log import Gate, Recording
    from tracepy.recorder.registry import Registry


class Kept:
    """What a function returned that may return it again without running.

    Attributes:
        rows: Results by what they are.
        identity: Stands for all of them.
    """

    __slots__ = ("identity", "rows")

    def __init__(self, identity: int) -> None:
        self.rows: dict[Any, int] = {}
        self.identity = identity


class Builder(Variables):
    """Replays a recording into one graph.

    Attributes:
        main: The thread that began the recording.
        log, stack: The thread whose events are read, and its calls.
        handed: Objects that went to code outside, and the rows that they came from.
        escaped: Results that code outside may hand to other threads or tasks, by what they are.
        kept: What functions returned that may return it again without running.
        methods: Methods that were taken from their object: the object, its value, the name.

    Args:
        recording: What was recorded.
        registry: The instrumented modules.
        gates: Of each function, by its first site, which variables it shares.
        events: Look at so many events.
    """

    def __init__(
        self, recording: Recording, registry: Registry, gates: Mapping[int, Gate], events: int
    ) -> None:
        super().__init__(recording, registry)
        self.recording, self.gates, self.left = recording, gates, events
        self.plans: dict[int, Plan] = {}
        self.log = self.main = recording.main
        self.stacks: dict[int, list[Frame]] = {}
        self.stack: list[Frame] = []
        self.serials: dict[int, Frame] = {}
        self.cells: dict[int, Frame] = {}
        self.by_line: dict[int, list[tuple[int, int, int]]] = {}
        self.outputs: list[tuple[bool, int]] = []
        self.error: str | None = None
        self.complete = True
        self.handed: dict[int, int] = {}
        self.escaped: dict[Any, int] = {}
        self.kept: dict[str, Kept] = {}
        self.methods: dict[int, tuple[int, int, str]] = {}

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
        outputs = [row for _, row in sorted(self.outputs, key=lambda output: output[0])]
        modules = {plan.module.path: plan.module for plan in plans.values()}
        sources = {path: digest_of("".join(module.lines)) for path, module in modules.items()}
        return Graph(columns, outputs, self.error, self.complete, (), sources)

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
            base = self.values.piece(log, piece)
            events = self.recording.scan(log, piece)
            cuts = [index for index, event in enumerate(events) if not event[0]]
            start = 0
            for cut in cuts:
                if cut > start:
                    yield change, base, events[start:cut]
                change, start = events[cut][1], cut + 1
            if start < len(events):
                yield change, base, events[start:] if start else events

    def plan(self, number: int) -> Plan:
        """A site's plan."""
        plan = self.plans.get(number)
        if plan is None:
            site, module = self.registry.sites[number], self.registry.modules[number]
            code = self.registry.enter_of(number)
            kind = {"enter": "call", "yield": "yield", "gap": "loop"}.get(site.event, site.kind)
            place = self.place_of(site, module, kind)
            plan = self.plans[number] = Plan(
                number, site, module, code, place, HANDLERS[site.event]
            )
        return plan

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
        kind = plan.event
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
        while stack and stack[-1].serial and plan.event != "enter":
            stack.pop()
        frame = Frame(plan, serial)
        frame.definer = self.definers.get((plan.module.path, plan.site.function))
        if serial:
            self.serials[serial] = frame
        frame.depth = len(stack)
        stack.append(frame)
        return frame

    def keep(self, name: str, token: object, row: int) -> None:
        """A function whose results are kept returned one."""
        kept = self.kept.get(name)
        if kept is None:
            kept = self.kept[name] = Kept(self.heap.made_up())
        kept.rows[token] = row
        self.heap.write(kept.identity, None, row)

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
