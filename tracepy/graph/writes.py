"""What a statement writes: names, attributes, items, and objects that it hands to others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tracepy.graph.calls import Matched
from tracepy.graph.columns import BITS
from tracepy.graph.opaque import effect_of_method, may_change
from tracepy.graph.plan import Plan
from tracepy.graph.reads import edges_of, handle_of, place_of, read
from tracepy.graph.rows import CLASSES
from tracepy.graph.variables import attribute_of

if TYPE_CHECKING:
    from tracepy.graph.build import Builder
    from tracepy.graph.frames import Frame, Source

Event = tuple[int, ...]
_APART = frozenset({"deepcopy", "loads"})
"""What these make shares nothing with what it is made of."""


def bind(
    builder: Builder,
    plan: Plan,
    frame: Frame,
    event: Event,
    edges: list[int],
    matched: Matched,
    sources: list[Source],
) -> int:
    """The statement's row, and one more for each further name that it binds."""
    module = plan.module
    rows: list[int] = []
    parts = plan.parts if not matched.calls and not matched.doubtful else ()
    for slot in range(len(plan.slots)):
        place = plan.place if len(plan.slots) == 1 else builder.slot_place(plan, slot)
        index = plan.first + slot
        if index >= len(event):
            break
        mine = event[index]
        own = edges
        if parts:
            own = [e for s in read(builder, plan, frame, parts[slot]) for e in edges_of(builder, s)]
            own += frame.values
            own += builder.controls(plan, frame)
        row = builder.row(place, frame, own, builder.handle(event, index - 2), mine)
        rows.append(row)
        if mine > 0:
            if plan.fresh:
                builder.heap.forget(mine)
            holds(builder, plan, frame, mine, matched, sources)
            if plan.in_place and mine & CLASSES == 1:
                builder.heap.write(mine, None, row)
    if not rows:
        rows.append(builder.row(plan.place, frame, edges))
    for (name, where), row in zip(plan.slots, rows, strict=False):
        builder.define(name, where, row << BITS, frame, module)
        if frame.captured and name in frame.plan.captured:
            builder.heap.write(frame.captured, f".{name}", row)
    for name, where in plan.defines:
        if where == "local" and "." in name:  # in the body of a class, for all its instances
            builder.heap.of_classes[f".{name.rpartition('.')[2]}"] = rows[0]
        builder.define(name, where, rows[0] << BITS, frame, module)
        if plan.kind == "import" and name in module.imports:
            _imported(builder, plan, name, rows[0])
    return rows[0]


def _imported(builder: Builder, plan: Plan, name: str, row: int) -> None:
    """What is imported by name is what the other module calls so."""
    dotted, attribute = plan.module.imports[name]
    other = builder.registry.named(dotted) if attribute else None
    if other is not None and other is not plan.module:
        edge = builder.lookup_global(attribute, other)
        if edge >= 0:
            builder.link(row, edge)


def holds(
    builder: Builder,
    plan: Plan,
    frame: Frame,
    mine: int,
    matched: Matched,
    sources: Iterable[Source],
) -> None:
    """An object that a statement made or got may hold what it was made of or taken from."""
    if plan.alias is not None:
        held, key = place_of(builder, plan.alias, frame, plan)
        if held:
            builder.heap.hold(held, mine, key)
            method = attribute_of(key)
            if method and may_change(method):
                builder.methods[mine] = (held, handle_of(builder, plan.alias, frame, plan), method)
        return
    if plan.holds is not None:
        return
    if plan.event == "turn":
        for source in sources:
            if source.held and source.name != ".":
                builder.heap.hold(source.held, mine)
        return
    for calls in matched.calls.values():
        for call in calls:
            if builder.object_at(call.result) == mine:
                return
    if any(not fact.chain and fact.name in _APART for fact in plan.facts):
        return
    for calls in matched.calls.values():
        for call in calls:
            inner = builder.object_at(call.result)
            if inner:
                builder.heap.made(mine, inner)
    for source in sources:
        chain, edge, attribute, seen = source.chain, source.edge, source.name, source.held
        if attribute[:1] == "." and may_change(attribute[1:]):
            builder.heap.made(mine, builder.object_at(edge))  # a method that is kept
        elif attribute != "." and (not chain or chain[0][0] not in matched.calls):
            inner = builder.object_at(edge) or max(seen, 0)
            if inner:
                builder.heap.made(mine, inner)


def effects(
    builder: Builder, plan: Plan, frame: Frame, row: int, matched: Matched, sources: list[Source]
) -> None:
    if plan.stores or frame.stores:
        _stores(builder, plan, frame, row, matched, sources)
    if not (plan.facts or frame.mutated):
        return
    for index in plan.opaque:
        if index not in matched.calls:
            changes = plan.facts[index].effect == "changes"
            for source in sources:
                if source.chain and source.chain[0][0] == index and source.edge >= 0:
                    _given(builder, source, index, changes, row, sources)
    for source in sources:  # a method of an object, taken to be called by somebody else
        method = source.name[1:]
        if source.chain and source.name[:1] == "." and may_change(method):
            index, place = source.chain[0]
            if place not in ("self", "callee") and index not in matched.calls:
                held = builder.object_at(source.edge)
                handle = builder.writer.value_of(source.edge >> BITS) if source.edge >= 0 else -1
                if held:
                    _called(builder, held, handle, method, index, row, sources)
    for name, method, index in plan.mutates:
        if index not in matched.calls:
            edge = builder.lookup(name[0], name[1], frame, plan.module)
            if edge >= 0:
                held = builder.object_at(edge)
                if held:
                    _called(
                        builder,
                        held,
                        builder.writer.value_of(edge >> BITS),
                        method,
                        index,
                        row,
                        sources,
                    )
    for index, method, held, handle in frame.mutated:
        if index not in matched.calls:
            _called(builder, held, handle, method, index, row, sources)


def _given(
    builder: Builder, source: Source, index: int, changes: bool, row: int, sources: list[Source]
) -> None:
    """What a call that is not recorded does to one of the objects it got, or to its function's."""
    heap = builder.heap
    held = builder.object_at(source.edge)
    place = source.chain[0][1]
    if place == "callee":
        bound = builder.methods.get(held)
        if bound is not None:
            _called(builder, bound[0], bound[1], bound[2], index, row, sources)
        elif held and changes:
            for inner in heap.held_by(held):  # a lambda's variables, a method's object
                heap.write(inner, None, row)
                _put_in(builder, inner, index, sources)
    elif place != "self" and held and (held & CLASSES == 1 or (changes and not held & CLASSES)):
        heap.write(held, None, row)
        _put_in(builder, held, index, sources)


def _called(
    builder: Builder,
    held: int,
    handle: int,
    method: str,
    index: int,
    row: int,
    sources: list[Source],
) -> None:
    """A method that is not recorded was called on an object."""
    if held & CLASSES == 2:
        return
    does = effect_of_method(builder.kind_of(held, handle), method)
    if does == "grows":
        builder.heap.grow(held, row)
    elif does == "changes":
        builder.heap.write(held, None, row)
    else:
        return
    _put_in(builder, held, index, sources)


def _put_in(builder: Builder, held: int, index: int, sources: list[Source]) -> None:
    """What a call was given may be in the object now."""
    for source in sources:
        chain, edge, attribute = source.chain, source.edge, source.name
        if chain and chain[0][0] == index and edge >= 0 and attribute != ".":
            inner = builder.object_at(edge)
            if inner and inner != held:
                builder.heap.hold(held, inner)


def _stores(
    builder: Builder, plan: Plan, frame: Frame, row: int, matched: Matched, sources: list[Source]
) -> None:
    heap = builder.heap
    places: list[tuple[int, object]] = [(held, key) for key, held in frame.stores]
    for cell in plan.stores:
        base = str(cell.base[0])
        if cell.key is not None and cell.key[0] == "attribute" and base in plan.module.imports:
            other = builder.module_of(base, plan.module)
            if other is not None:
                builder.globals.setdefault(other.path, {})[str(cell.key[1])] = row << BITS
                continue
        held, key = place_of(builder, cell, frame, plan)
        if held:
            places.append((held, key))
            if base == "cls" and key is not None:
                heap.of_classes[key] = row
    for name in frame.classes:
        heap.of_classes[name] = row
    inside = _handed(builder, matched, sources) if plan.holds is None else []
    whose = 0
    if plan.holds is not None:
        whose = builder.object_at(builder.lookup(plan.holds[0], plan.holds[1], frame, plan.module))
    for held, key in places:
        before = heap.objects[held].at.get(key, 0) if held in heap.objects else 0
        heap.write(held, None if plan.removes else key, row)
        if plan.kind == "augassign":
            if before & CLASSES == 1:
                heap.write(before, None, row)
                heap.hold(held, before, key)
            continue
        if plan.holds is not None or plan.plain:
            if whose:
                heap.hold(held, whose, key)
            else:
                heap.plain(held, key)
            continue
        for inner in inside:
            if inner != held:
                heap.hold(held, inner)


def _handed(builder: Builder, matched: Matched, sources: Iterable[Source]) -> list[int]:
    """The objects that a statement has in hand, which are no arguments of a call."""
    found = []
    for source in sources:
        chain, edge, attribute, seen = source.chain, source.edge, source.name, source.held
        if not chain and attribute != ".":
            inner = builder.object_at(edge) or max(seen, 0)
            if inner:
                found.append(inner)
    for calls in matched.calls.values():
        for call in calls:
            inner = builder.object_at(call.result)
            if inner:
                found.append(inner)
    return found
