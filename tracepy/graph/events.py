"""What each kind of event in a log does to the graph that is being built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tracepy.graph.calls import Matched, connect, match
from tracepy.graph.columns import ASSUMED, BITS, CONTROL
from tracepy.graph.frames import Call
from tracepy.graph.opaque import effect_of_method, may_change
from tracepy.graph.plan import NOTHING, OWN, WHOLE, Handler, Plan
from tracepy.transforms.instrument_facts import Cell, Site

if TYPE_CHECKING:
    from tracepy.graph.build import Builder
    from tracepy.graph.frames import Frame, Source

Event = tuple[int, ...]
_CLASSES = 3
"""Bits of an identity that say what kind of object it is: 1 a list, dict or set, 2 a tuple."""
_WAITS = frozenset({"result", "get", "join", "wait", "gather", "run", "as_completed", "map"})
_CLOSED = frozenset({"GeneratorExit", "CancelledError", "StopIteration", "StopAsyncIteration"})
"""What ends a generator or a task that nobody needs any longer."""
_NONE = Matched()
OF_STATEMENTS = frozenset({"statement", "silent", "define", "then", "turn", "return", "except"})


def _enter(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    if plan.site.function == "<module>":
        return
    parent = builder.parent(frame)
    row = builder.row(plan.place, parent, [])
    frame.call_row, frame.call_edge = row, row << BITS | CONTROL
    frame.call = call = Call(row, plan)
    first = plan.first
    for slot, (name, _) in enumerate(plan.slots):
        identity = event[first + slot]
        place = builder.argument_place(plan, slot)
        argument = builder.row(
            place, frame, [frame.call_edge], builder.handle(event, first - 2 + slot),
            identity if identity > 0 else 0,
        )  # fmt: skip
        frame.env[name] = argument << BITS
        call.parameters[name] = argument
    shared = first + len(plan.slots)
    if len(event) > shared:
        _share(builder, plan, frame, event[shared:])
    if plan.names[0] == "__init__" and plan.slots:
        this = event[first]
        before = parent.call if parent is not None else None
        again = before is not None and before.plan.names[0] == "__init__" and this in (
            builder.identity[row] for row in before.parameters.values()
        )  # fmt: skip
        if not again:
            builder.heap.forget(this)
    if parent is not None:
        parent.calls.append(call)
    elif builder.log:
        _begun_elsewhere(builder, call)


def _share(builder: Builder, plan: Plan, frame: Frame, cells: Sequence[int]) -> None:
    """Which variables the call shares with others, by the cells that hold them."""
    gate = builder.gates.get(plan.number)
    names = gate.cells if gate is not None else ()
    own = len(names) - (gate.free if gate is not None else 0)
    for index, (name, cell) in enumerate(zip(names, cells, strict=False)):
        if index < own:
            builder.cells[cell] = frame
        elif cell in builder.cells:
            if frame.free is None:
                frame.free = {}
            frame.free[name] = builder.cells[cell]


def _begun_elsewhere(builder: Builder, call: Call) -> None:
    """A thread's first call: what the thread that began it did just then is not recorded."""
    for log, stack in builder.stacks.items():
        if log != builder.log and stack:
            stack[-1].calls.append(call)
            return


# What a statement reads


def _read(builder: Builder, plan: Plan, frame: Frame, part: Sequence[int] = ()) -> list[Source]:
    """Everything that a statement read; of one of its slots only, if `part` says which."""
    module = plan.module
    identity = builder.identity
    found: list[Source] = list(frame.loads)
    reads, loads = plan.reads, plan.site.loads
    if part:
        reads, loads = reads[part[0] : part[1]], loads[part[2] : part[3]]
    for name, where, mode, chain in reads:
        edge = builder.lookup(name, where, frame, module)
        if edge >= 0:
            held = identity[edge >> BITS]
            found.append((chain, edge, "", held, mode if held else NOTHING))
    for cell in loads:
        edge, attribute = _cell(builder, cell, frame, plan)
        if edge >= 0 or attribute:
            found.append((cell.chain, edge, attribute, 0, NOTHING))
            perhaps = _perhaps(builder, cell, frame, plan, edge) if edge >= 0 else -1
            if perhaps >= 0:
                found.append((cell.chain, perhaps, "", 0, NOTHING))
            if attribute:
                base = builder.lookup(*cell.base, frame, module)  # type: ignore[arg-type]
                found.append((cell.chain, base, f".{attribute}", 0, NOTHING))
    return found


def _cell(builder: Builder, cell: Cell, frame: Frame, plan: Plan) -> tuple[int, str]:
    """The edge from what a cell holds, and its name if it is an attribute."""
    name, where = str(cell.base[0]), str(cell.base[1])
    key = cell.key
    attribute = str(key[1]) if key is not None and key[0] == "attribute" else ""
    if where == "global" and attribute and name in plan.module.imports:
        other = builder.module_of(name, plan.module)
        if other is not None:
            return builder.lookup_global(attribute, other), attribute
    base = builder.lookup(name, where, frame, plan.module)
    if base < 0:
        return -1, attribute
    return _loaded(builder, builder.identity[base >> BITS], cell, frame, plan), attribute


def _perhaps(builder: Builder, cell: Cell, frame: Frame, plan: Plan, edge: int) -> int:
    """The edge from an arm that was not taken, and could have written the cell since."""
    base = builder.lookup(str(cell.base[0]), str(cell.base[1]), frame, plan.module)
    known = builder.heap.objects.get(builder.identity[base >> BITS]) if base >= 0 else None
    return known.perhaps << BITS if known is not None and known.perhaps > edge >> BITS else -1


def _loaded(builder: Builder, held: int, cell: Cell, frame: Frame, plan: Plan) -> int:
    if not held:
        return -1
    key = builder.key(cell.key, frame, plan.module)
    row = builder.heap.own(held) if key is None else builder.heap.read(held, key)
    if row >= 0:
        return row << BITS
    if key is not None and key[0] == "attribute":
        return _class_constant(builder, str(key[1]), plan)
    return -1


def _class_constant(builder: Builder, name: str, plan: Plan) -> int:
    module = plan.module
    constant = module.attributes.get(name)
    if constant is None:
        return -1
    owner, line, end = constant
    short = f"{owner}.{name}"
    return builder.static(module, short, f"{module.module}:{short}", line, end)


# Statements


def _inputs(builder: Builder, plan: Plan, frame: Frame) -> tuple[list[int], Matched, list[Source]]:
    """The edges of a statement's node, its calls, and what it read."""
    sources = _read(builder, plan, frame)
    matched = _NONE
    edges: list[int] = []
    if frame.calls:
        attributes = [source[2] for source in sources if source[2]]
        matched = match(plan, frame.calls, attributes)
        edges = connect(builder, plan, frame, sources, matched)
    else:
        for _, edge, _, held, mode in sources:
            if edge >= 0:
                edges.append(edge)
            if mode:
                builder.add_contents(held, mode, edges)
    edges += frame.values
    edges += builder.controls(plan, frame)
    return edges, matched, sources


def _statement(builder: Builder, plan: Plan, frame: Frame, event: Event) -> int:
    if plan.simple and not (frame.calls or frame.loads or frame.values or frame.resumed):
        return _simple(builder, plan, frame, event)
    edges, matched, sources = _inputs(builder, plan, frame)
    if frame.resumed or builder.escaped or builder.kept:
        _from_elsewhere(builder, plan, frame, event, matched, edges)
    row = _bind(builder, plan, frame, event, edges, matched, sources)
    _effects(builder, plan, frame, row, matched, sources)
    frame.clear()
    return row


def _simple(builder: Builder, plan: Plan, frame: Frame, event: Event) -> int:
    """A statement that reads and binds local variables only."""
    edges: list[int] = []
    env, identity = frame.env, builder.identity
    held = 0
    for name, mode in plan.locals:
        edge = env.get(name, -1)
        if edge >= 0:
            edges.append(edge)
            held = identity[edge >> BITS]
            if mode and held:
                builder.add_contents(held, mode, edges)
    edges += builder.controls(plan, frame)
    if not plan.slots:
        return builder.row(plan.place, frame, edges)
    mine = event[plan.first]
    slot = plan.first - 2
    row = builder.row(
        plan.place, frame, edges, (builder.base | event[1]) << 10 | slot, mine if mine > 0 else 0
    )
    if mine > 0:
        _holds(builder, plan, frame, mine, _NONE, _read(builder, plan, frame))
    env[plan.slots[0][0]] = row << BITS
    return row


def _bind(
    builder: Builder,
    plan: Plan,
    frame: Frame,
    event: Event,
    edges: list[int],
    matched: Matched,
    sources: list[Source],
) -> int:
    """The statement's row, and one more for each further name that it binds."""
    site, module = plan.site, plan.module
    rows: list[int] = []
    parts = site.parts if not matched.calls and not matched.doubtful else ()
    for slot, (name, where) in enumerate(plan.slots):
        place = plan.place if not slot else builder.slot_place(plan, slot)
        index = plan.first + slot
        if index >= len(event):
            break
        mine = max(event[index], 0)
        own = edges
        if parts:
            own = [e for s in _read(builder, plan, frame, parts[slot]) for e in _edges(builder, s)]
            own += frame.values
            own += builder.controls(plan, frame)
        row = builder.row(place, frame, own, builder.handle(event, index - 2), mine)
        rows.append(row)
        if mine:
            if site.fresh:
                builder.heap.forget(mine)
            _holds(builder, plan, frame, mine, matched, sources)
            if site.in_place and mine & _CLASSES == 1:
                builder.heap.write(mine, None, row)
    if not rows:
        rows.append(builder.row(plan.place, frame, edges))
    for (name, where), row in zip(plan.slots, rows, strict=False):
        builder.define(name, where, row << BITS, frame, module)
    for name, where in site.defines:
        builder.define(name, where, rows[0] << BITS, frame, module)
        if site.kind == "import" and name in module.imports:
            _imported(builder, plan, name, rows[0])
    return rows[0]


def _edges(builder: Builder, source: Source) -> list[int]:
    edges = [source[1]] if source[1] >= 0 else []
    if source[4]:
        builder.add_contents(source[3], source[4], edges)
    return edges


def _imported(builder: Builder, plan: Plan, name: str, row: int) -> None:
    """What is imported by name is what the other module calls so."""
    dotted, attribute = plan.module.imports[name]
    other = builder.registry.named(dotted) if attribute else None
    if other is not None and other is not plan.module:
        edge = builder.lookup_global(attribute, other)
        if edge >= 0:
            builder.link(row, edge)


def _holds(
    builder: Builder,
    plan: Plan,
    frame: Frame,
    mine: int,
    matched: Matched,
    sources: Iterable[Source],
) -> None:
    """An object that a statement made or got may hold what it was made of or taken from."""
    site, identity = plan.site, builder.identity
    if site.alias is not None:
        held, key = _place_of(builder, site.alias, frame, plan)
        if held:
            builder.heap.hold(held, mine, key)
            if key is not None and key[0] == "attribute" and may_change(key[1]):  # type: ignore[index]
                builder.methods[mine] = (held, _handle_of(builder, site.alias, frame, plan), key[1])  # type: ignore[index]
        return
    if site.holds is not None:
        return
    if site.event == "turn":
        for source in sources:
            if source[3]:
                builder.heap.hold(source[3], mine)
        return
    for calls in matched.calls.values():
        for call in calls:
            if call.result >= 0 and identity[call.result >> BITS] == mine:
                return
    for calls in matched.calls.values():
        for call in calls:
            if call.result >= 0 and identity[call.result >> BITS]:
                builder.heap.hold(mine, identity[call.result >> BITS])
    for chain, edge, _, _, _ in sources:
        if edge >= 0 and identity[edge >> BITS] and (not chain or chain[0][0] not in matched.calls):
            builder.heap.hold(mine, identity[edge >> BITS])


def _place_of(builder: Builder, cell: Cell, frame: Frame, plan: Plan) -> tuple[int, object]:
    """The object that a cell is of, and the key as the heap has it."""
    if cell.base[0] == "@":
        held = frame.shown.get(int(cell.base[1]), 0)
    else:
        edge = builder.lookup(cell.base[0], str(cell.base[1]), frame, plan.module)
        held = builder.identity[edge >> BITS] if edge >= 0 else 0
    return held, builder.key(cell.key, frame, plan.module) if held else None


def _handle_of(builder: Builder, cell: Cell, frame: Frame, plan: Plan) -> int:
    """What the value of a cell's object is asked for with."""
    if cell.base[0] == "@":
        return frame.handles.get(int(cell.base[1]), -1)
    edge = builder.lookup(cell.base[0], str(cell.base[1]), frame, plan.module)
    return builder.columns.value[edge >> BITS] if edge >= 0 else -1


# What a statement does to objects


def _effects(
    builder: Builder, plan: Plan, frame: Frame, row: int, matched: Matched, sources: list[Source]
) -> None:
    site, heap = plan.site, builder.heap
    if site.stores or frame.stores:
        _stores(builder, plan, frame, row, matched, sources)
    if not (plan.opaque or frame.mutated):
        return
    for index in plan.opaque:
        if index in matched.calls:
            continue
        changes = plan.facts[index].effect == "changes"
        for chain, edge, _, _, _ in sources:
            if not chain or chain[0][0] != index or edge < 0:
                continue
            if chain[0][1] == "callee" and builder.methods:
                bound = builder.methods.get(builder.identity[edge >> BITS])
                if bound is not None:
                    _called(builder, bound[0], bound[1], bound[2], index, row, sources)
            elif chain[0][1] not in ("self", "callee"):
                held = builder.identity[edge >> BITS]
                if held and (held & _CLASSES == 1 or (changes and not held & _CLASSES)):
                    heap.write(held, None, row)
                    _put_in(builder, held, index, sources)
    for name, method, index in site.mutates:
        if index not in matched.calls:
            edge = builder.lookup(name[0], name[1], frame, plan.module)
            if edge >= 0:
                held = builder.identity[edge >> BITS]
                if held:
                    _called(builder, held, builder.columns.value[edge >> BITS], method, index, row, sources)
    for index, method, held, handle in frame.mutated:
        if index not in matched.calls:
            _called(builder, held, handle, method, index, row, sources)


def _called(
    builder: Builder, held: int, handle: int, method: str, index: int, row: int, sources: list[Source]
) -> None:
    """A method that is not recorded was called on an object."""
    if held & _CLASSES == 2:
        return
    does = effect_of_method(builder.kind_of(handle), method)
    if does == "grows":
        builder.heap.grow(held, row)
    elif does == "changes":
        builder.heap.write(held, None, row)
    else:
        return
    _put_in(builder, held, index, sources)


def _put_in(builder: Builder, held: int, index: int, sources: list[Source]) -> None:
    """What a call was given may be in the object now."""
    for chain, edge, _, _, _ in sources:
        if chain and chain[0][0] == index and edge >= 0:
            inner = builder.identity[edge >> BITS]
            if inner and inner != held:
                builder.heap.hold(held, inner)


def _stores(
    builder: Builder, plan: Plan, frame: Frame, row: int, matched: Matched, sources: list[Source]
) -> None:
    site, heap, identity = plan.site, builder.heap, builder.identity
    places: list[tuple[int, object]] = list((held, key) for key, held in frame.stores)
    for cell in site.stores:
        base = str(cell.base[0])
        if cell.key is not None and cell.key[0] == "attribute" and base in plan.module.imports:
            other = builder.module_of(base, plan.module)
            if other is not None:
                builder.globals.setdefault(other.path, {})[str(cell.key[1])] = row << BITS
                continue
        held, key = _place_of(builder, cell, frame, plan)
        if held:
            places.append((held, key))
            if base == "cls" and key is not None:
                heap.of_classes[key[1]] = row  # type: ignore[index]
    for name in frame.classes:
        heap.of_classes[name] = row
    for held, key in places:
        inner = heap.objects[held].at.get(key) if held in heap.objects else None
        heap.write(held, key, row)
        if site.kind == "augassign":
            if inner is not None and inner & _CLASSES == 1:
                heap.write(inner, None, row)
                heap.hold(held, inner, key)
            continue
        if site.holds is not None:
            edge = builder.lookup(*site.holds, frame, plan.module)
            inner = identity[edge >> BITS] if edge >= 0 else 0
            if inner:
                heap.hold(held, inner, key)
            continue
        for source in sources:
            inner = identity[source[1] >> BITS] if source[1] >= 0 else 0
            if inner and inner != held and not source[0]:
                heap.hold(held, inner)
        for calls in matched.calls.values():
            for call in calls:
                inner = identity[call.result >> BITS] if call.result >= 0 else 0
                if inner and inner != held:
                    heap.hold(held, inner)


def _via(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    held = event[2]
    if held <= 0:
        return
    site = plan.site
    frame.shown[plan.number] = held
    frame.handles[plan.number] = builder.handle(event, 0)
    if site.via_of is not None:
        outer, key = _place_of(builder, site.via_of, frame, plan)
        if outer:
            builder.heap.hold(outer, held, key)
            if key == ("attribute", "__dict__"):
                _in_dict(builder, plan, frame, outer)
                return
    handle = builder.handle(event, 0)
    key = builder.key(site.via_key, frame, plan.module)
    if site.via_use == "method":
        assert site.via_key is not None
        index = site.via_chain[0][0]
        frame.mutated.append((index, str(site.via_key[1]), held, handle))
        frame.loads.append((site.via_chain, -1, "", held, OWN))
        return
    if site.via_use == "store":
        frame.stores.append((key, held))
        if key is not None and key[0] == "attribute" and not held & _CLASSES:
            kind = builder.kind_of(handle)
            if kind == "type" or kind.endswith(("Meta", "Type")):
                frame.classes.append(key[1])
        if site.kind != "augassign":
            return
    attribute = str(key[1]) if key is not None and key[0] == "attribute" else ""
    edge = _loaded(builder, held, Cell(("", 0, ""), site.via_key), frame, plan)
    frame.loads.append((site.via_chain, edge, attribute, 0, NOTHING))
    known = builder.heap.objects.get(held)
    if known is not None and known.perhaps > edge >> BITS:
        frame.loads.append((site.via_chain, known.perhaps << BITS, "", 0, NOTHING))


def _in_dict(builder: Builder, plan: Plan, frame: Frame, outer: int) -> None:
    """An item of an object's `__dict__` is an attribute of the object."""
    site = plan.site
    key = builder.key(site.via_key, frame, plan.module)
    if key is not None and key[0] == "item":
        key = ("attribute", key[1])
    if site.via_use == "load":
        row = builder.heap.own(outer) if key is None else builder.heap.read(outer, key)
        frame.loads.append((site.via_chain, row << BITS if row >= 0 else -1, "", 0, NOTHING))
    else:
        frame.stores.append((key, outer))


def _walrus(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    edges: list[int] = []
    for source in _read(builder, plan, frame):
        edges += _edges(builder, source)
    # Calls of the statement so far may have been made for it.
    edges += [call.result for call in frame.calls if call.result >= 0]
    mine = max(event[2], 0)
    row = builder.row(plan.place, frame, [*edges, *builder.controls(plan, frame)],
                      builder.handle(event, 0), mine)  # fmt: skip
    name, where = plan.slots[0]
    builder.define(name, where, row << BITS, frame, plan.module)
    frame.values.append(row << BITS)


def _define(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    row = _statement(builder, plan, frame, event)
    for qualname in plan.site.parameters:
        builder.definers[plan.module.path, qualname] = frame
        builder.defined[plan.module.path, qualname] = row << BITS


# Compound statements


def _arm(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    row = _statement(builder, plan, frame, event)
    site = plan.site
    for earlier in site.earlier:  # cases that were tried, and did not match
        tried = builder.plan(plan.module.first + earlier)
        edges, _, _ = _inputs(builder, tried, frame)
        builder.link(row, builder.row(tried.place, frame, edges) << BITS | CONTROL)
    if site.group >= 0:
        frame.control[site.group] = row << BITS | CONTROL
    if site.maybe or site.maybe_cells:
        _missed(builder, plan, frame, row)


def _jump(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    """A `break` or `continue`: what follows the loop, or its next turn, depends on it."""
    row = builder.row(plan.place, frame, builder.controls(plan, frame))
    frame.control[plan.site.group] = row << BITS | CONTROL


def _missed(builder: Builder, plan: Plan, frame: Frame, row: int) -> None:
    """What the arm not taken would have written depends on the test as well."""
    site, module, columns = plan.site, plan.module, builder.columns
    control = row << BITS | CONTROL
    for name, where in site.maybe:
        before = builder.lookup(name, where, frame, module)
        if before >= 0 and before >> BITS != row:
            old = before >> BITS
            value = columns.places[columns.place[old]].value
            joined = builder.row(builder.joined_place(plan, name, value), frame, [before, control],
                                 columns.value[old], builder.identity[old])  # fmt: skip
            builder.define(name, where, joined << BITS, frame, module)
    for cell in site.maybe_cells:
        base = builder.lookup(cell.base[0], str(cell.base[1]), frame, module)
        held = builder.identity[base >> BITS] if base >= 0 else 0
        if not held or held & _CLASSES == 2:
            continue
        assert cell.key is not None
        if cell.key[0] == "method":
            kind = builder.kind_of(columns.value[base >> BITS])
            if cell.key[1] and effect_of_method(kind, str(cell.key[1])) == "nothing":
                continue
            if cell.key[1] and not held & _CLASSES and kind not in _CONTAINERS:
                continue
        key = builder.key(cell.key, frame, module)
        if key is not None:
            seen = builder.heap.read(held, key)
        else:
            seen = builder.heap.of(held).perhaps
        edges = [seen << BITS, control] if seen >= 0 else [control]
        joined = builder.row(builder.joined_place(plan, ""), frame, edges)
        if key is not None:
            builder.heap.write(held, key, joined)
        else:
            builder.heap.perhaps(held, joined)


def _gap(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    """Turns of a loop went by unrecorded: what they may have bound is not known from here on."""
    edges, _, _ = _inputs(builder, plan, frame)
    frame.clear()
    module = plan.module
    for name, where in plan.site.maybe:
        before = builder.lookup(name, where, frame, module)
        if before >= 0:
            edges.append(before)
    row = builder.row(builder.gap_place(plan), frame, edges)
    for name, where in plan.site.maybe:
        builder.define(name, where, row << BITS, frame, module)


# Ends of calls


def _return(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    edges, matched, sources = _inputs(builder, plan, frame)
    if frame.resumed or builder.escaped or builder.kept:
        _from_elsewhere(builder, plan, frame, event, matched, edges)
    if plan.site.constant:
        handle, mine = builder.constant(plan.site.value), 0
    else:
        handle, mine = builder.handle(event, plan.first - 2), max(event[plan.first], 0)
    row = builder.row(plan.place, frame, edges, handle, mine)
    if mine:
        _holds(builder, plan, frame, mine, matched, sources)
    _effects(builder, plan, frame, row, matched, sources)
    frame.clear()
    if frame.call is not None:
        frame.call.result = row << BITS
        if frame.plan.site.cached:
            builder.kept.setdefault(frame.plan.names[-1], {})[_token(builder, row)] = row
    if not plan.site.deferred:
        _leave(builder, plan, frame, event)


def _leave(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    call = frame.call
    parent = builder.parent(frame)
    if call is not None and call.result >= 0:
        row = call.result >> BITS
        if parent is None:
            if builder.columns.places[builder.columns.place[row]].kind == "return":
                _output(builder, frame, row)
        if call.taken or (parent is None and builder.log):
            _escape(builder, row)
    builder.pop(frame)


def _output(builder: Builder, frame: Frame, row: int) -> None:
    """A value goes to code that is not recorded, with all that it holds."""
    columns = builder.columns
    edges = [row << BITS]
    held = builder.identity[row]
    if held:
        builder.add_contents(held, WHOLE, edges)
    place = columns.places[columns.place[row]]
    made = builder.writer.place(place._replace(kind="output", names=(), stands=False))
    output = builder.row(made, frame, edges, columns.value[row], held)
    builder.outputs.append((not builder.log, output))
    builder.error = None


def _escape(builder: Builder, row: int) -> None:
    """A result goes to code that is not recorded, and may come back later, somewhere else."""
    builder.escaped[_token(builder, row)] = row
    builder.heap.write(_ELSEWHERE, None, row)


_ELSEWHERE = 4
"""The identity, which no object has, of whatever is on its way between threads and tasks."""


def _token(builder: Builder, row: int) -> object:
    held = builder.identity[row]
    if held:
        return held
    entry = builder.columns.entry_of(row)
    return (type(entry).__name__, entry[1:] if type(entry) is tuple else entry)


def _from_elsewhere(
    builder: Builder, plan: Plan, frame: Frame, event: Event, matched: Matched, edges: list[int]
) -> None:
    """A value may be what another thread or task gave, or what a call returned before."""
    left = [fact.name for index, fact in enumerate(plan.facts) if index not in matched.calls]
    for name in left:
        if name in builder.kept:
            rows = builder.kept[name]
            found = rows.get(_token_of(builder, plan, event), -1)
            edges += [row << BITS | ASSUMED for row in ([found] if found >= 0 else rows.values())]
    if not builder.escaped or not (
        (frame.resumed and not matched.calls) or not _WAITS.isdisjoint(left)
    ):
        return
    found = builder.escaped.get(_token_of(builder, plan, event), -1)
    if found < 0:
        found = builder.heap.own(_ELSEWHERE)
    edges.append(found << BITS | ASSUMED)


def _token_of(builder: Builder, plan: Plan, event: Event) -> object:
    """What tells the value of an event from others."""
    if len(event) <= plan.first:
        return None
    if event[plan.first] > 0:
        return event[plan.first]
    entry = builder._entry(builder.handle(event, plan.first - 2))
    return (type(entry).__name__, entry[1:] if type(entry) is tuple else entry)


def _raised(builder: Builder, plan: Plan, frame: Frame, line: int, value: int = -1) -> int:
    """The row of the statement that an exception came out of."""
    place = builder.statement_at(plan, line)
    edges, matched, sources = _inputs(builder, place, frame)
    row = builder.row(builder.raise_place(place), frame, edges, value)
    if place is not plan:
        frame.stores = []
        frame.mutated = []
        _effects(builder, place, frame, row, matched, sources)
    frame.clear()
    return row


def _except(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    line = builder._entry(builder.handle(event, plan.first - 2))
    raised = _raised(builder, plan, frame, line)
    edges, matched, _ = _inputs(builder, plan, frame)
    edges = [raised << BITS, raised << BITS | CONTROL, *edges]
    value, mine = -1, 0
    if plan.slots and len(event) > plan.first + 1:
        value = builder.handle(event, plan.first - 1)
        mine = max(event[plan.first + 1], 0)
    row = builder.row(plan.place, frame, edges, value, mine)
    for name, where in plan.slots:
        builder.define(name, where, row << BITS, frame, plan.module)
    frame.control[plan.site.group] = row << BITS | CONTROL
    frame.clear()


def _fail(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    line = builder._entry(builder.handle(event, plan.first - 2))
    value = builder.handle(event, plan.first - 1)
    row = _raised(builder, plan, frame, line, value)
    builder.identity[row] = max(event[plan.first + 1], 0)
    entry = builder._entry(value)
    error = str(entry[1]) if type(entry) is tuple else str(entry)
    if plan.serial and error.partition(":")[0] in _CLOSED:
        builder.pop(frame)
        return
    if frame.call is not None:
        frame.call.result = row << BITS
    if builder.parent(frame) is None:
        builder.error = error
        builder.outputs.append((not builder.log, row))
    if not plan.site.deferred:
        if frame.call is not None and frame.call.taken:
            _escape(builder, row)
        builder.pop(frame)


def _fall(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    if not plan.site.deferred:
        builder.pop(frame)


def _yield(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    edges, _, _ = _inputs(builder, plan, frame)
    mine = max(event[plan.first], 0)
    row = builder.row(plan.place, frame, edges, builder.handle(event, plan.first - 2), mine)
    frame.clear()
    below = frame.depth - 1 if builder.runs(frame) else -1
    if below < 0:
        _output(builder, frame, row)
    while below >= 0:
        parent = builder.stack[below]
        parent.values.append(row << BITS)
        # What has `yield from` hands it on, once it has itself handed it out.
        below = below - 1 if parent.serial and parent.plan.site.delegates else -1
    builder.pop(frame)


def _resume(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    frame.resumed = True


_CONTAINERS = frozenset({"deque", "defaultdict", "Counter", "OrderedDict", "bytearray", "array"})

HANDLERS: dict[str, Handler] = {
    "enter": _enter, "statement": _statement, "define": _define, "then": _arm, "else": _arm,
    "turn": _arm, "done": _arm, "gap": _gap, "via": _via, "walrus": _walrus, "return": _return,
    "exit": _leave, "except": _except, "fail": _fail, "fall": _fall, "yield": _yield,
    "resume": _resume, "jump": _jump, "silent": _statement,
}  # fmt: skip
__all__ = ["HANDLERS", "OF_STATEMENTS", "Site"]
