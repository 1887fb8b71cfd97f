"""Static facts about the places in a module that report events."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracepy.transforms.effects import Effect

Chain = tuple[tuple[int, str], ...]
"""The calls that an expression is an argument of, innermost first, each with the place it takes."""

Variable = tuple[str, str]
"""A name and where it lives: `local`, `free` or `global`."""

Key = tuple[str, object, str] | None
"""A heap cell's key, None where it is not known: ("attribute", name, ""), ("constant", value, ""),
("name", name, where), ("tuple", keys, ""), and sums of two keys by an operator, ("+", keys, "")."""

ITSELF: Key = ("itself", "", "")
"""In the place of a key: not a cell of the object, but the object."""


@dataclass(frozen=True, slots=True)
class Read:
    """A variable that a statement reads.

    Attributes:
        contents: What it holds is read as well.
        base: It is only read for an attribute or an item of what it holds.
    """

    variable: Variable
    contents: bool
    chain: Chain
    base: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """An attribute or item of the object that a variable holds.

    A base that is no variable is what another event of the statement showed: ("@", site, "").
    `contents`: what the object in the cell holds is read as well.
    """

    base: Variable | tuple[str, int, str]
    key: Key
    chain: Chain = ()
    contents: bool = False


@dataclass(frozen=True, slots=True)
class CallFact:
    """A call expression: the last part of the callee's name, and the calls that it stands in.

    Attributes:
        effect: What it may do to its arguments' objects, unless it is recorded.
        order: Its place among the statement's calls as they begin to run.
        positional, keywords: Which arguments are given; `spread` if `*` or `**` gives more.
        perhaps: Whether the statement may run without it.
    """

    name: str
    chain: Chain
    effect: Effect = "none"
    order: int = 0
    positional: int = 0
    keywords: tuple[str, ...] = ()
    spread: bool = False
    perhaps: bool = False


@dataclass(slots=True)
class Site:
    """One kind of event. `event` says how the log's entry is read, `kind` what node it makes.

    Attributes:
        slots: Variables whose values follow the id in the log.
        width: How many values follow the id in the log.
        serial: Whether the first of them is the number of a generator's or coroutine's frame.
        reads, loads: Variables and heap cells that are read.
        stores: Heap cells that are written.
        mutates: Calls of methods on what a variable holds: the variable, the method, the call.
        holds: The variable whose object a store puts there.
        plain: What a store puts there is no object that could change.
        removes: What it stores to is deleted.
        alias: The cell that the value is taken from as it is.
        parts: For each slot, which `reads` and `loads` its value is made of: from, to, from, to.
        defines: Variables that are bound without a value in the log.
        controls: Groups (compound statements) whose latest outcome decided that this runs.
        group: The compound statement that this is an outcome of, or -1.
        maybe, maybe_cells: What the arm that was not taken could have written.
        deferred: The frame ends later, at its own `exit` event.
        via_key, via_chain, via_use: What is done to the object that a `via` event shows.
        via_of: The cell that the object was taken from, or, with key ITSELF, the variable.
        via_contents: What the object in the cell holds is read as well.
        in_place: The value that was there before is read and may itself be changed.
        fresh: The value is a container that was made just now.
        parameters: For a definition, the qualified name of what it defines.
        earlier: For a case of a `match`, the sites of the cases before it.
        generates, delegates, cached: For a call's beginning, whether the function is a generator,
            has `yield from`, and whether a decorator may keep what it returns.
        captured: For a call's beginning, the names that lambdas in it read when they are called.
        captures: There is such a lambda in the statement.
        defaults: For a call's beginning, the parameters that have a default.
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
    mutates: list[tuple[Variable, str, int]] = field(default_factory=list)
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
    via_of: Cell | None = None
    via_contents: bool = False
    holds: Variable | None = None
    plain: bool = False
    removes: bool = False
    alias: Cell | None = None
    parts: tuple[tuple[int, int, int, int], ...] = ()
    in_place: bool = False
    fresh: bool = False
    parameters: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    earlier: tuple[int, ...] = ()
    captured: tuple[str, ...] = ()
    captures: bool = False
    generates: bool = False
    delegates: bool = False
    cached: bool = False
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
