"""Static facts about the places in a module that report events."""

from __future__ import annotations

from dataclasses import dataclass, field

Chain = tuple[tuple[int, str], ...]
"""The calls that an expression is an argument of, innermost first, each with the place it takes."""

Variable = tuple[str, str]
"""A name and where it lives: `local`, `free` or `global`."""

Key = tuple[str, object, str] | None
"""A heap cell's key: ("attribute", name, ""), ("constant", value, ""), ("name", name, where)."""


@dataclass(frozen=True, slots=True)
class Read:
    """A variable that a statement reads. `contents`: what it holds is read as well."""

    variable: Variable
    contents: bool
    chain: Chain


@dataclass(frozen=True, slots=True)
class Cell:
    """An attribute or item of the object that a variable holds."""

    base: Variable
    key: Key
    chain: Chain = ()


@dataclass(frozen=True, slots=True)
class CallFact:
    """A call expression: the last part of the callee's name, and the calls that it stands in."""

    name: str
    chain: Chain


@dataclass(slots=True)
class Site:
    """One kind of event. `event` says how the log's entry is read, `kind` what node it makes.

    Attributes:
        slots: Variables whose values follow the id in the log.
        width: How many values follow the id in the log.
        serial: Whether the first of them is the number of a generator's or coroutine's frame.
        reads, loads: Variables and heap cells that are read.
        stores, mutates: Heap cells that are written; method calls that may change their receiver.
        defines: Variables that are bound without a value in the log.
        controls: Groups (compound statements) whose latest outcome decided that this runs.
        group: The compound statement that this is an outcome of, or -1.
        maybe, maybe_cells: What the arm that was not taken could have written.
        deferred: The frame ends later, at its own `exit` event.
        via_key, via_chain, via_use: What is done to the object that a `via` event shows.
        in_place: The value that was there before is read and may itself be changed.
        fresh: The value is a container that was made just now.
        parameters: For a definition, the qualified name of what it defines.
        constant, value: The value is in the source, not in the log.
    """

    event: str
    kind: str
    function: str
    line: int
    end_line: int
    slots: tuple[Variable, ...] = ()
    width: int = 0
    serial: bool = False
    reads: list[Read] = field(default_factory=list)
    loads: list[Cell] = field(default_factory=list)
    stores: list[Cell] = field(default_factory=list)
    mutates: list[tuple[Variable, str]] = field(default_factory=list)
    defines: tuple[Variable, ...] = ()
    calls: list[CallFact] = field(default_factory=list)
    controls: tuple[int, ...] = ()
    group: int = -1
    maybe: tuple[Variable, ...] = ()
    maybe_cells: tuple[Cell, ...] = ()
    deferred: bool = False
    via_key: Key = None
    via_chain: Chain = ()
    via_use: str = ""
    in_place: bool = False
    fresh: bool = False
    parameters: tuple[str, ...] = ()
    constant: bool = False
    value: object = None


class Sites:
    """The sites of one module, numbered as they come."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.rows: list[Site] = []
        self.groups = 0

    def add(self, site: Site) -> int:
        """The new site's id."""
        self.rows.append(site)
        return self.first + len(self.rows) - 1

    def group(self) -> int:
        """A new compound statement."""
        self.groups += 1
        return self.groups
