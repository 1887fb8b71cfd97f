"""From a log and the static facts about its sites to the execution graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracepy.graph.calls import Call, connect
from tracepy.graph.heap import CONTAINERS, MUTATORS, Heap
from tracepy.graph.model import Graph, Node
from tracepy.recorder.events import Event
from tracepy.transforms.instrument import Instrumented, Site
from tracepy.transforms.instrument_facts import Cell, Chain, Key, Variable

_LONGEST = 1024
Observer = Callable[[Site, Instrumented, str, Any], None]
"""Told of each value that a statement read or wrote: site, module, name, entry in the log."""


@dataclass(eq=False)
class Frame:
    """One call as it is replayed."""

    module: Instrumented
    function: str
    serial: int | None
    depth: int = 0
    call: Call | None = None
    env: dict[str, int] = field(default_factory=dict)
    control: dict[int, int] = field(default_factory=dict)
    definer: Frame | None = None
    calls: list[Call] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    loads: list[tuple[Chain, int]] = field(default_factory=list)
    stores: list[tuple[Key, int]] = field(default_factory=list)
    mutated: list[int] = field(default_factory=list)


class Builder:
    """Replays logs, one after the other, into one graph."""

    def __init__(
        self,
        modules: Mapping[int, Instrumented],
        events: int,
        observe: Observer | None = None,
    ) -> None:
        self.modules, self.left, self.observe = modules, events, observe
        self.nodes: dict[int, Node] = {}
        self.outputs: list[int] = []
        self.error: str | None = None
        self.complete = True
        self.heap = Heap()
        self.stack: list[Frame] = []
        self.serials: dict[int, Frame] = {}
        self.globals: dict[str, dict[str, int]] = {}
        self.roots: dict[tuple[str, str], int] = {}
        self.definers: dict[tuple[str, str], Frame] = {}
        self.codes: dict[tuple[str, int, int], str] = {}
        self.by_line: dict[tuple[str, str], list[Site]] = {}

    def graph(self) -> Graph:
        """What was built."""
        return Graph(self.nodes, self.outputs, self.error, self.complete)

    def replay(self, log: Iterable[Event]) -> None:
        """Read one thread's events."""
        self.stack = []
        for number, site, serial, values in log:
            if self.left <= 0:
                self.complete = False
                return
            self.left -= 1
            module = self.modules[number]
            frame = self._frame(site, module, serial)
            _HANDLERS[site.event](self, site, frame, values)

    # Frames

    def _frame(self, site: Site, module: Instrumented, serial: int | None) -> Frame:
        stack = self.stack
        if site.event == "enter":
            return self._push(site, module, serial)
        if serial is not None:
            frame = self.serials.get(serial)
            if frame is None:
                return self._push(site, module, serial)
            if self._runs(frame):
                del stack[frame.depth + 1 :]
            else:
                frame.depth = len(stack)
                stack.append(frame)
            return frame
        if site.event in ("via", "walrus") and stack:
            return stack[-1]
        for position in range(len(stack) - 1, -1, -1):
            frame = stack[position]
            if frame.serial is None and frame.function == site.function and frame.module is module:
                del stack[position + 1 :]
                return frame
        return self._push(site, module, None)

    def _push(self, site: Site, module: Instrumented, serial: int | None) -> Frame:
        while self.stack and self.stack[-1].serial is not None and site.event != "enter":
            self.stack.pop()
        frame = Frame(module, site.function, serial)
        frame.definer = self.definers.get((module.path, site.function))
        if serial is not None:
            self.serials[serial] = frame
        frame.depth = len(self.stack)
        self.stack.append(frame)
        return frame

    def _runs(self, frame: Frame) -> bool:
        """Whether a frame is on the stack."""
        return frame.depth < len(self.stack) and self.stack[frame.depth] is frame

    def _pop(self, frame: Frame) -> None:
        if self._runs(frame):
            del self.stack[frame.depth :]

    def _parent(self, frame: Frame) -> Frame | None:
        return self.stack[frame.depth - 1] if self._runs(frame) and frame.depth else None

    # Nodes

    def node(self, kind: str, site: Site, frame: Frame, entry: Any = None) -> Node:
        """A new node with the inputs that every node of this site has: its control."""
        key = len(self.nodes)
        module = frame.module
        call = frame.call.node if frame.call else None
        node = Node(key, kind, module.path, site.line, site.end_line, site.function, call,
                    module=module.module, entry=entry)  # fmt: skip
        node.code = self._code(module, site)
        controls = [frame.control[group] for group in site.controls if group in frame.control]
        node.inputs = [(source, "control") for source in dict.fromkeys(controls)]
        if not controls and call is not None:
            node.inputs.append((call, "control"))
        self.nodes[key] = node
        return node

    def _code(self, module: Instrumented, site: Site) -> str:
        key = (module.path, site.line, site.end_line)
        text = self.codes.get(key)
        if text is None:
            lines = module.lines[site.line - 1 : site.end_line]
            text = self.codes[key] = "".join(lines).strip()
        return text

    def link(self, node: int, source: int | None, role: str = "data") -> None:
        """Add an edge, once."""
        if source is not None and source != node:
            inputs = self.nodes[node].inputs
            if (source, role) not in inputs[-64:]:
                inputs.append((source, role))

    def lookup(self, variable: Variable, frame: Frame) -> int | None:
        """The node that a variable's value came from."""
        name, where = variable
        if where == "local":
            return frame.env.get(name)
        if where == "free":
            outer = frame.definer
            while outer is not None:
                if name in outer.env:
                    return outer.env[name]
                outer = outer.definer
            return None
        found = self.globals.get(frame.module.path, {}).get(name)
        return found if found is not None else self._root(name, frame)

    def _root(self, name: str, frame: Frame) -> int | None:
        """A node for a module's name that was bound before the recording began."""
        module = frame.module
        place = module.names.get(name)
        if place is None or not place[2]:
            return None
        return self._static(module, name, f"{module.module}:{name}", place[0], place[1])

    def _static(self, module: Instrumented, name: str, parameter: str, line: int, end: int) -> int:
        known = self.roots.get((module.path, parameter))
        if known is None:
            known = self.roots[module.path, parameter] = len(self.nodes)
            site = Site("", "global", "<module>", line, end)
            node = self.node("global", site, Frame(module, "<module>", None))
            node.names, node.parameter = (name,), parameter
        return known

    def define(self, variable: Variable, node: int, frame: Frame) -> None:
        """From now on the variable's value is this node's."""
        name, where = variable
        if where == "local":
            frame.env[name] = node
        elif where == "global":
            self.globals.setdefault(frame.module.path, {})[name] = node
        else:
            outer = frame.definer
            while outer is not None and name not in outer.env:
                outer = outer.definer
            if outer is not None:
                outer.env[name] = node

    # What a statement reads and writes

    def inputs(self, site: Site, frame: Frame, node: int) -> None:
        """Link a statement's node with what it read, through the calls it made."""
        connect(self, site, node, frame.calls, self.sources(site, frame, node))
        for source in frame.values:
            self.link(node, source)
        frame.calls, frame.values, frame.loads = [], [], []

    def sources(self, site: Site, frame: Frame, node: int) -> list[tuple[Chain, int]]:
        """The nodes that were read, each with the calls that it was an argument of."""
        found: list[tuple[Chain, int]] = list(frame.loads)
        for read in site.reads:
            source = self.lookup(read.variable, frame)
            if source is None:
                continue
            entry = self.nodes[source].entry
            if self.observe and self.nodes[source].kind != "global":
                self.observe(site, frame.module, read.variable[0], entry)
            found.append((read.chain, source))
            if read.contents and type(entry) is tuple:
                version = self.heap.version(entry[0])
                if version is not None:
                    found.append((read.chain, version))
        for cell in site.loads:
            found += [(cell.chain, source) for source in self._cell(cell, frame, node)]
        return found

    def _cell(self, cell: Cell, frame: Frame, before: int) -> list[int]:
        source = self.lookup(cell.base, frame)
        if source is None:
            return []
        return self.load(self.nodes[source].entry, cell.key, frame, before)

    def load(self, entry: Any, key: Key, frame: Frame, before: int) -> list[int]:
        """The nodes that wrote what is read from an object."""
        if type(entry) is not tuple or entry[0] == 0:
            return []
        found = self.heap.read(entry[0], self.key(key, frame), before)
        if found is not None:
            return [found]
        if key is not None and key[0] == "attribute":
            constant = frame.module.attributes.get(str(key[1]))
            if constant is not None:
                owner, line, end = constant
                name = f"{owner}.{key[1]}"
                parameter = f"{frame.module.module}:{name}"
                return [self._static(frame.module, name, parameter, line, end)]
        return []

    def key(self, key: Key, frame: Frame) -> Any:
        """A heap cell's key; None where it is not known."""
        if key is None or key[0] == "method":
            return None
        if key[0] == "name":
            source = self.lookup((str(key[1]), key[2]), frame)
            value = self.nodes[source].entry if source is not None else None
            if value is None or type(value) is tuple or (type(value) is int and value < 0):
                return None
            return ("item", value)
        return ("attribute", key[1]) if key[0] == "attribute" else ("item", key[1])

    def write(self, identity: int, key: Any, node: int, site: Site, frame: Frame) -> None:
        """A node wrote to an object."""
        before = self.heap.version(identity)
        version = node
        if before is not None and before != node:
            kind = "attribute" if key is not None and key[0] == "attribute" else "item"
            joined = self.node(kind, site, frame)
            joined.inputs = []
            self.link(joined.id, before)
            self.link(joined.id, node)
            version = joined.id
        self.heap.write(identity, key, node, version)

    def effects(self, site: Site, frame: Frame, node: int) -> None:
        """Apply what a statement writes to objects."""
        for cell in site.stores:
            source = self.lookup(cell.base, frame)
            entry = self.nodes[source].entry if source is not None else None
            if type(entry) is tuple and entry[0]:
                self.write(entry[0], self.key(cell.key, frame), node, site, frame)
        for key, identity in frame.stores:
            self.write(identity, self.key(key, frame), node, site, frame)
        for variable, method in site.mutates:
            source = self.lookup(variable, frame)
            entry = self.nodes[source].entry if source is not None else None
            if method in MUTATORS and type(entry) is tuple and entry[1] in CONTAINERS:
                self.write(entry[0], None, node, site, frame)
        for identity in frame.mutated:
            self.write(identity, None, node, site, frame)
        frame.stores, frame.mutated = [], []

    def bind(self, site: Site, frame: Frame, values: Sequence[Any], node: Node) -> None:
        """Bind a statement's names to its node, one more node for each further name."""
        node.names = tuple(name for name, _ in (*site.slots, *site.defines))
        for position, (variable, entry) in enumerate(zip(site.slots, values, strict=False)):
            if self.observe:
                self.observe(site, frame.module, variable[0], entry)
            target = node
            if position:
                target = self.node(node.kind, site, frame, entry)
                target.names, target.inputs = (variable[0],), list(node.inputs)
                target.value = render(entry)
            else:
                node.entry, node.value = entry, render(entry)
            if type(entry) is tuple and entry[0]:
                if site.fresh:
                    self.heap.forget(entry[0])
                elif site.in_place and entry[1] in CONTAINERS:
                    self.write(entry[0], None, target.id, site, frame)
            if variable[1] == "global":
                target.parameter = f"{frame.module.module}:{variable[0]}"
            self.define(variable, target.id, frame)
        for variable in site.defines:
            self.define(variable, node.id, frame)


def render(entry: Any) -> str:
    """A value as a reader sees it, from what the log holds of it."""
    if type(entry) is int and entry.bit_length() > _LONGEST:
        return f"<int of {entry.bit_length()} bits>"  # Python refuses to write out longer ones
    if type(entry) is not tuple:
        return repr(entry)
    _, kind, size, shown = entry
    if shown is not None:
        return str(shown)
    return f"<{kind}>" if size is None else f"<{kind} of {size}>"


from tracepy.graph.events import HANDLERS as _HANDLERS  # noqa: E402  (needs Builder's names)
