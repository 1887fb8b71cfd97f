"""What a statement reads: variables, attributes, items, and what the objects in them hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tracepy.graph.calls import Matched, connect, match
from tracepy.graph.columns import BITS
from tracepy.graph.frames import Source
from tracepy.graph.plan import BASE, NOTHING, WHOLE, Plan
from tracepy.graph.variables import attribute_of
from tracepy.transforms.instrument import Instrumented
from tracepy.transforms.instrument_facts import Cell, Chain, Key

if TYPE_CHECKING:
    from tracepy.graph.build import Builder
    from tracepy.graph.frames import Frame

NO_CALLS = Matched()


def read(builder: Builder, plan: Plan, frame: Frame, part: Sequence[int] = ()) -> list[Source]:
    """Everything that a statement read; of one of its slots only, if `part` says which."""
    module = plan.module
    identity = builder.identity
    found: list[Source] = list(frame.loads)
    reads, loads = plan.reads, plan.loads
    if part:
        reads, loads = reads[part[0] : part[1]], loads[part[2] : part[3]]
    for name, where, mode, chain in reads:
        edge = builder.lookup(name, where, frame, module)
        if edge >= 0:
            held = identity[edge >> BITS]
            if mode == BASE:
                found.append(Source(chain, edge, ".", held, NOTHING))
            else:
                found.append(Source(chain, edge, "", held, mode if held > 0 else NOTHING))
    if plan.captures and frame.captured:
        found.append(Source((), -1, "", frame.captured, NOTHING))
    for cell in loads:
        _add_cell(builder, cell, frame, plan, found)
    return found


def base_of(builder: Builder, cell: Cell, frame: Frame, plan: Plan) -> int:
    """The edge from the variable that a cell's object is in."""
    return builder.lookup(cell.base[0], str(cell.base[1]), frame, plan.module)


def _add_cell(builder: Builder, cell: Cell, frame: Frame, plan: Plan, found: list[Source]) -> None:
    """Add what an attribute or item that is read comes from."""
    chain, key = cell.chain, cell.key
    attribute = str(key[1]) if key is not None and key[0] == "attribute" else ""
    if attribute and cell.base[1] == "global":
        other = builder.module_of(cell.base[0], plan.module)
        if other is not None:
            found.append(
                Source(chain, builder.lookup_global(attribute, other), attribute, 0, NOTHING)
            )
            return
    base = base_of(builder, cell, frame, plan)
    held = builder.identity[base >> BITS] if base >= 0 else 0
    if held > 0:
        mode = plan.mode_of(chain) if cell.contents else NOTHING
        handle = builder.writer.value_of(base >> BITS)
        add_loaded(builder, held, handle, key, frame, plan, chain, mode, found)
    elif attribute:  # of a class that was defined just now, perhaps
        of_class = builder.heap.of_classes.get(f".{attribute}", -1)
        if of_class >= 0:
            found.append(Source(chain, of_class << BITS, attribute, 0, NOTHING))
    if attribute:
        found.append(Source(chain, base, f".{attribute}", 0, NOTHING))


def add_loaded(
    builder: Builder,
    held: int,
    handle: int,
    key: Key,
    frame: Frame,
    plan: Plan,
    chain: Chain,
    mode: int,
    found: list[Source],
) -> None:
    """Add what wrote a cell of an object last, and what is known of what is in it.

    Args:
        held, handle: The object, and its value.
        mode: What is read of the object in the cell.
    """
    where = builder.key(key, frame, plan.module)
    attribute = attribute_of(where)
    known = builder.heap.objects.get(held)
    row = builder.heap.own(held) if where is None else builder.heap.read(held, where)
    inside = 0
    shared = False
    if attribute and (known is None or where not in known.cells):
        # It may be the class's: what is written there, or stands there.
        of_class = builder.heap.of_classes.get(where, -1)
        shared = of_class >= 0
        if shared and of_class != row:
            found.append(Source(chain, of_class << BITS, attribute, 0, NOTHING))
        constant = _class_constant(builder, attribute, plan, handle)
        if constant >= 0:
            found.append(Source(chain, constant, attribute, 0, NOTHING))
            if mode:
                for each in builder.heap.in_classes.get(where, ()):
                    found.append(Source(chain, -1, "", each, mode))
    if known is not None:
        if known.perhaps >= 0 and known.perhaps > row:
            found.append(Source(chain, known.perhaps << BITS, "", 0, NOTHING))
        if mode:
            inside = known.at.get(where, -1) if where is not None and not shared else -1
            if inside < 0 and known.children:
                inside, mode = held, WHOLE  # whichever it is
    edge = row << BITS if row >= 0 else -1
    found.append(Source(chain, edge, attribute, inside, mode if inside > 0 else NOTHING))


def _class_constant(builder: Builder, name: str, plan: Plan, handle: int) -> int:
    """The edge from where a class binds a name, of the classes that an object may belong to."""
    module = plan.module
    owners = module.attributes.get(name)
    if not owners:
        return -1
    if len(owners) > 1:
        owners = _inherited(module, builder.kind_of(0, handle), owners)
    edges = []
    for owner, line, end in owners:
        short = f"{owner}.{name}"
        edges.append(builder.static(module, short, f"{module.module}:{short}", line, end))
    return edges[0] if len(edges) == 1 else builder.static_of(module, name, edges)


def _inherited(
    module: Instrumented, kind: str, owners: list[tuple[str, int, int]]
) -> list[tuple[str, int, int]]:
    """Of classes that bind a name, the one that an object's class gets it from, if that is known."""
    by_class = {owner: (owner, line, end) for owner, line, end in owners}
    line: list[str] = [kind]
    for name in line:
        if name in by_class:
            return [by_class[name]]
        if name not in module.bases or len(line) > 50:
            return owners
        line += [base for base in module.bases[name] if base not in line]
    return owners


def inputs(builder: Builder, plan: Plan, frame: Frame) -> tuple[list[int], Matched, list[Source]]:
    """The edges of a statement's node, its calls, and what it read."""
    sources = read(builder, plan, frame)
    matched = NO_CALLS
    edges: list[int] = []
    if frame.calls:
        attributes = [source.name for source in sources if source.name]
        matched = match(plan, frame.calls, attributes)
        edges = connect(builder, plan, frame, sources, matched)
    else:
        for source in sources:
            edge, held, mode = source.edge, source.held, source.mode
            if edge >= 0:
                edges.append(edge)
            if mode:
                builder.add_contents(held, mode, edges)
    edges += frame.values
    edges += builder.controls(plan, frame)
    return edges, matched, sources


def place_of(builder: Builder, cell: Cell, frame: Frame, plan: Plan) -> tuple[int, object]:
    """The object that a cell is of, and the key as the heap has it."""
    if cell.base[0] == "@":
        held = frame.shown.get(int(cell.base[1]), 0)
    else:
        edge = base_of(builder, cell, frame, plan)
        held = builder.object_at(edge)
    return held, builder.key(cell.key, frame, plan.module) if held else None


def handle_of(builder: Builder, cell: Cell, frame: Frame, plan: Plan) -> int:
    """What the value of a cell's object is asked for with."""
    if cell.base[0] == "@":
        return frame.handles.get(int(cell.base[1]), -1)
    edge = base_of(builder, cell, frame, plan)
    return builder.writer.value_of(edge >> BITS) if edge >= 0 else -1


def edges_of(builder: Builder, source: Source) -> list[int]:
    edges = [source.edge] if source.edge >= 0 else []
    if source.mode:
        builder.add_contents(source.held, source.mode, edges)
    return edges
