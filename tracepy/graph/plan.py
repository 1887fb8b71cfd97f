"""What is done for the events of one site, worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tracepy.graph.opaque import GROW
from tracepy.transforms.instrument import Instrumented, Site
from tracepy.transforms.instrument_facts import CallFact, Chain, Read

if TYPE_CHECKING:
    from tracepy.graph.build import Builder
    from tracepy.graph.frames import Frame

NOTHING, OWN, WHOLE, BASE = range(4)
"""What is read of an object besides the reference: nothing, its contents, and what these hold;
or nothing even of the reference but an attribute or item."""

# Of a container these read the items, not what the items hold.
_SHALLOW = frozenset({
    "len", "enumerate", "zip", "iter", "range", "reversed", "isinstance", "bool", "next", "id",
    "type", "list", "tuple", "set", "dict", "frozenset", "any", "all", "hasattr",
})  # fmt: skip
_OUTCOMES = frozenset({"then", "else", "turn", "done", "gap"})

Handler = Callable[["Builder", "Plan", "Frame", tuple[int, ...]], object]
ReadPlan = tuple[str, str, int, Chain]
"""Name, where it lives, what is read of it, the calls that it is an argument of."""


class Plan:
    """A site, as the builder uses it.

    Attributes:
        number, site, module: What it is about.
        code: The function that it is in.
        first: Where an event's identities begin, after the number of a frame if there is one.
        place: The place of its node.
        reads, loads: Variables and cells that it reads.
        simple: Whether it only reads local variables and binds local ones.
        locals: Of a simple one, these variables, each with what is read of it.
        by_name: The statement's call expressions by the callee's name, as they begin to run.
        opaque: Those that may change what they are given, if they are not recorded.
    """

    __slots__ = (
        "alias", "bound", "by_name", "cached", "captured", "captures", "cleanup", "code",
        "constant", "controls", "defaults", "deferred", "defines", "delegates", "earlier",
        "event", "facts", "first", "fresh", "generates", "group", "handle", "holds",
        "in_place", "kind", "loads", "locals", "maybe", "maybe_cells", "module", "mutates",
        "names", "number", "opaque", "parts", "place", "plain", "positions", "reads", "removes", "serial",
        "simple", "site", "slots", "stores", "via_chain", "via_contents", "via_key", "via_of",
        "via_use"
    )  # fmt: skip

    def __init__(
        self, number: int, site: Site, module: Instrumented, code: int, place: int, handle: Handler
    ) -> None:
        self.number, self.site, self.module, self.code = number, site, module, code
        self.place, self.handle = place, handle
        self.serial = site.serial
        self.first = 2 + site.serial
        self.controls = site.controls
        self.slots = site.slots
        self.facts: list[CallFact] = site.calls
        reads = [(*read.variable, self._mode(read), read.chain) for read in site.reads]
        # `parts` count on the order and number of what is read.
        self.reads: list[ReadPlan] = reads if site.parts else list(dict.fromkeys(reads))
        self.loads = site.loads if site.parts else list(dict.fromkeys(site.loads))
        self.by_name: dict[str, list[int]] = {}
        for index in sorted(range(len(self.facts)), key=lambda i: self.facts[i].order):
            self.by_name.setdefault(self.facts[index].name, []).append(index)
        self.opaque = [i for i, fact in enumerate(self.facts) if fact.effect != "none"]
        # Asked once an event: an attribute of ours is found faster than one of the site's.
        self.event = site.event
        self.kind = site.kind
        self.stores = site.stores
        self.mutates = site.mutates
        self.defines = site.defines
        self.parts = site.parts
        self.plain = site.plain
        self.removes = site.removes
        self.alias = site.alias
        self.holds = site.holds
        self.fresh = site.fresh
        self.in_place = site.in_place
        self.captures = site.captures
        self.deferred = site.deferred
        self.group = site.group
        self.maybe = site.maybe
        self.maybe_cells = site.maybe_cells
        self.earlier = site.earlier
        self.constant = site.constant
        self.captured = site.captured
        self.generates = site.generates
        self.delegates = site.delegates
        self.cached = site.cached
        self.defaults = site.defaults
        self.via_key = site.via_key
        self.via_chain = site.via_chain
        self.via_use = site.via_use
        self.via_of = site.via_of
        self.via_contents = site.via_contents
        self.simple = not (
            site.loads or site.stores or site.mutates or self.opaque or site.parts or site.in_place
            or site.defines or site.captures or any(where != "local" for _, where, _, _ in self.reads)
            or any(where != "local" for _, where in site.slots) or len(site.slots) > 1
        )  # fmt: skip
        unique = dict.fromkeys((name, mode) for name, _, mode, _ in self.reads)
        self.locals = tuple(unique)
        parts = site.function.split(".")
        self.names: tuple[str, ...] = (parts[-1],)
        if parts[-1] in ("__init__", "__new__", "__call__") and len(parts) > 1:
            self.names = (parts[-1], parts[-2])
        self.positions = {name: position for position, (name, _) in enumerate(site.slots)}
        self.cleanup = parts[-1] in ("__exit__", "__aexit__", "__del__")
        first = site.slots[0][0] if site.slots else ""
        self.bound = len(parts) > 1 and parts[-2] != "<locals>" and first in ("self", "cls", "mcs")

    def _mode(self, read: Read) -> int:
        if not read.contents:
            return BASE if read.base else NOTHING
        if read.chain and read.chain[0][1] == "self":
            index = read.chain[0][0]
            methods = {method for _, method, call in self.site.mutates if call == index}
            if methods and methods <= GROW:
                return NOTHING
        return self.mode_of(read.chain)

    def mode_of(self, chain: Chain) -> int:
        """What is read of an object that is an argument of these calls, or of none."""
        if not chain:
            return OWN if self.site.event in _OUTCOMES else WHOLE
        index, place = chain[0]
        if place == "*":
            return WHOLE
        if index >= len(self.facts):
            return OWN
        if place == "self":  # what the method gives may be all that the items hold
            return self.mode_of(chain[1:]) if len(chain) > 1 else OWN
        return OWN if self.facts[index].name in _SHALLOW else WHOLE
