"""Calls as they are replayed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracepy.transforms.instrument_facts import Chain

if TYPE_CHECKING:
    from tracepy.graph.plan import Plan


class Source:
    """Something that a statement read.

    Attributes:
        chain: The calls that it is an argument of.
        edge: The edge from where it comes, or -1.
        name: The attribute that it is, if it is one; `.name` for the object whose attribute it
            is, and `.` for one of which an item is read.
        held, mode: An object, and what is read of its contents.
    """

    __slots__ = ("chain", "edge", "held", "mode", "name")

    def __init__(self, chain: Chain, edge: int, name: str, held: int, mode: int) -> None:
        self.chain, self.edge, self.name, self.held, self.mode = chain, edge, name, held, mode


class Call:
    """A call that was made.

    Attributes:
        row: Its node's.
        plan: Of the site where it begins.
        first, last: Its arguments' rows, from and to.
        result: The edge from what came of it, -1 if nothing did yet.
        taken: Whether the statement that made it is over.
        elsewhere: Whether it runs in another thread.
    """

    __slots__ = ("elsewhere", "first", "last", "plan", "result", "row", "taken")

    def __init__(self, row: int, plan: Plan) -> None:
        self.row, self.plan = row, plan
        self.first = row + 1
        self.last = row + 1 + len(plan.slots)
        self.result = -1
        self.taken = self.elsewhere = False


class Frame:
    """What is known of a running call; edges are packed as in `columns`.

    Attributes:
        plan: Of the site where it began to be seen.
        code: The function.
        serial: Its number, if it can be left and entered again, else 0.
        env: For each local variable, the edge from where its value comes.
        free: For variables of other calls, these calls.
        control: For each compound statement, the edge from its latest outcome.
        call, call_row, call_edge: The call that it is, its row, and its edge as control.
        calls, values, loads: What the statement that runs has called, made and read so far.
        stores, mutated: What it is about to write, and methods that it has called.
        classes: Attributes of classes that it is about to write.
        shown, handles: Identities of objects that it has shown, and their values, by site.
        captured: The identity that stands for what lambdas in it read later, 0 if there are none.
        resumed: Whether it was left and entered again.
    """

    __slots__ = ("call", "call_edge", "call_row", "calls", "captured", "classes", "code", "control", "definer", "depth",
                 "env", "free", "handles", "loads", "mutated", "plan", "resumed", "serial", "shown", "stores",
                 "values")  # fmt: skip

    def __init__(self, plan: Plan, serial: int) -> None:
        self.plan, self.code, self.serial = plan, plan.code, serial
        self.depth = 0
        self.env: dict[str, int] = {}
        self.free: dict[str, Frame] | None = None
        self.definer: Frame | None = None
        self.control: dict[int, int] = {}
        self.call: Call | None = None
        self.call_row = self.call_edge = -1
        self.calls: list[Call] = []
        self.values: list[int] = []
        self.loads: list[Source] = []
        self.stores: list[tuple[object, int]] = []
        self.mutated: list[tuple[int, str, int, int]] = []
        self.shown: dict[int, int] = {}
        self.handles: dict[int, int] = {}
        self.classes: list[object] = []
        self.captured = 0
        self.resumed = False

    def clear(self) -> None:
        """The statement is over."""
        if self.calls:
            self.calls = []
        if self.values:
            self.values = []
        if self.loads:
            self.loads = []
        if self.stores:
            self.stores = []
        if self.mutated:
            self.mutated = []
        if self.shown:
            self.shown = {}
            self.handles = {}
        if self.classes:
            self.classes = []
        self.resumed = False
