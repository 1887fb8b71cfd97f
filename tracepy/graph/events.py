"""What each kind of event in a log does to the graph that is being built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tracepy.graph.calls import Matched
from tracepy.graph.columns import ASSUMED, BITS, CONTROL
from tracepy.graph.frames import Call, Source
from tracepy.graph.opaque import effect_of_method
from tracepy.graph.plan import BASE, NOTHING, OWN, WHOLE, Handler, Plan
from tracepy.graph.reads import NO_CALLS, add_loaded, base_of, edges_of, inputs, place_of, read
from tracepy.graph.rows import CLASSES
from tracepy.graph.values import said
from tracepy.graph.variables import attribute_of
from tracepy.graph.writes import Event, bind, effects, holds
from tracepy.transforms.effects import is_class
from tracepy.transforms.instrument_facts import ITSELF, Cell
from tracepy.transforms.outline import GIVEN, WITHIN

if TYPE_CHECKING:
    from tracepy.graph.build import Builder
    from tracepy.graph.frames import Frame

_WAITS = frozenset({"result", "get", "join", "wait", "gather", "run", "as_completed", "map"})
_CLOSED = frozenset({"GeneratorExit", "CancelledError", "StopIteration", "StopAsyncIteration"})
"""What ends a generator or a task that nobody needs any longer."""
_WITHIN = 8
"""So many objects that an object holds may be changed by an arm that was not taken."""
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
            identity,
        )  # fmt: skip
        frame.env[name] = argument << BITS
    if plan.captured:
        frame.captured = builder.heap.made_up()
    shared = first + len(plan.slots)
    if len(event) > shared:
        _share(builder, plan, frame, event[shared:])
    if plan.names[0] == "__init__" and plan.slots:
        this = event[first]
        before = parent.call if parent is not None else None
        again = before is not None and before.plan.names[0] == "__init__" and this in (
            builder.identity[row] for row in range(before.first, before.last)
        )  # fmt: skip
        if not again:
            builder.heap.forget(this)
    if parent is not None:
        parent.calls.append(call)
    else:
        _handed_back(builder, call)
        if builder.log != builder.main:
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


def _handed_back(builder: Builder, call: Call) -> None:
    """An object that went to code outside comes back as an argument."""
    for row in range(call.first, call.last):
        given = builder.handed.get(builder.identity[row], -1)
        if given >= 0:
            builder.link(row, given << BITS)


def _begun_elsewhere(builder: Builder, call: Call) -> None:
    """A thread's first call: what the thread that began it did just then is not recorded."""
    for log, stack in builder.stacks.items():
        if log != builder.log and stack:
            stack[-1].calls.append(call)
            call.elsewhere = True
            return


# Statements


def _statement(builder: Builder, plan: Plan, frame: Frame, event: Event) -> int:
    if plan.simple and not (
        frame.calls or frame.loads or frame.values or frame.resumed or frame.stores or frame.mutated
    ):
        return _simple(builder, plan, frame, event)
    edges, matched, sources = inputs(builder, plan, frame)
    if frame.resumed or builder.escaped or builder.kept:
        _from_elsewhere(builder, plan, frame, event, matched, sources, edges)
    row = bind(builder, plan, frame, event, edges, matched, sources)
    effects(builder, plan, frame, row, matched, sources)
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
            if held > 0 and mode != NOTHING and mode != BASE:
                builder.add_contents(held, mode, edges)
    edges += builder.controls(plan, frame)
    if not plan.slots:
        return builder.row(plan.place, frame, edges)
    mine = event[plan.first]
    slot = plan.first - 2
    row = builder.row(plan.place, frame, edges, builder.handle(event, slot), mine)
    if mine > 0:
        holds(builder, plan, frame, mine, NO_CALLS, read(builder, plan, frame))
    name = plan.slots[0][0]
    env[name] = row << BITS
    if frame.captured:
        builder.heap.write(frame.captured, f".{name}", row)
    return row


def _via(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    held = event[2]
    if held <= 0:
        return
    frame.shown[plan.number] = held
    frame.handles[plan.number] = builder.handle(event, 0)
    if plan.via_of is not None:
        of = plan.via_of
        outer, key = 0, None
        if of.key == ITSELF:
            _seen(builder, plan, frame, of, held)
        else:
            outer, key = place_of(builder, of, frame, plan)
        if outer:
            builder.heap.found(outer, held, key)
            if attribute_of(key) in plan.module.attributes:
                instance = builder.heap.objects.get(outer)
                if instance is None or key not in instance.cells:
                    builder.heap.of_class(key, held)
            if key == ".__dict__":
                _in_dict(builder, plan, frame, outer)
                return
    handle = builder.handle(event, 0)
    key = builder.key(plan.via_key, frame, plan.module)
    if plan.via_use == "method":
        assert plan.via_key is not None
        index = plan.via_chain[0][0]
        frame.mutated.append((index, str(plan.via_key[1]), held, handle))
        frame.loads.append(Source(plan.via_chain, -1, "", held, OWN))
        return
    if plan.via_use == "store":
        frame.stores.append((key, held))
        if attribute_of(key) and not held & CLASSES:
            kind = builder.kind_of(held, handle)
            if kind == "type" or kind.endswith(("Meta", "Type")):
                frame.classes.append(key)
        if plan.kind != "augassign":
            return
    if plan.via_use == "part":
        frame.loads.append(Source(plan.via_chain, -1, "", held, OWN))
        return
    mode = WHOLE if plan.via_contents else NOTHING
    add_loaded(builder, held, handle, plan.via_key, frame, plan, plan.via_chain, mode, frame.loads)


def _seen(builder: Builder, plan: Plan, frame: Frame, of: Cell, held: int) -> None:
    """What a variable holds that was bound before the recording began is seen now."""
    edge = base_of(builder, of, frame, plan)
    if edge >= 0 and edge >> BITS in builder.root_rows:
        builder.identity[edge >> BITS] = held


def _in_dict(builder: Builder, plan: Plan, frame: Frame, outer: int) -> None:
    """An item of an object's `__dict__` is an attribute of the object."""
    key = builder.key(plan.via_key, frame, plan.module)
    if type(key) is tuple and type(key[1]) is str:
        key = f".{key[1]}"
    if plan.via_use == "load":
        row = builder.heap.own(outer) if key is None else builder.heap.read(outer, key)
        frame.loads.append(Source(plan.via_chain, row << BITS if row >= 0 else -1, "", 0, NOTHING))
    else:
        frame.stores.append((key, outer))


def _walrus(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    edges: list[int] = []
    for source in read(builder, plan, frame):
        edges += edges_of(builder, source)
    # Calls of the statement so far may have been made for it.
    edges += [call.result for call in frame.calls if call.result >= 0]
    mine = event[2]
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
    for earlier in plan.earlier:  # cases that were tried, and did not match
        tried = builder.plan(plan.module.first + earlier)
        edges, _, _ = inputs(builder, tried, frame)
        builder.link(row, builder.row(tried.place, frame, edges) << BITS | CONTROL)
    if plan.group >= 0:
        frame.control[plan.group] = row << BITS | CONTROL
    if plan.maybe or plan.maybe_cells:
        _missed(builder, plan, frame, row)


def _jump(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    """A `break` or `continue`: what follows the loop, or its next turn, depends on it."""
    row = builder.row(plan.place, frame, builder.controls(plan, frame))
    frame.control[plan.group] = row << BITS | CONTROL


def _missed(builder: Builder, plan: Plan, frame: Frame, row: int) -> None:
    """What the arm not taken would have written depends on the test as well."""
    module = plan.module
    control = row << BITS | CONTROL
    for name, where in plan.maybe:
        before = builder.lookup(name, where, frame, module)
        if before >= 0 and before >> BITS != row:
            old = before >> BITS
            value = builder.place_at(old).value
            joined = builder.row(builder.joined_place(plan, name, value), frame, [before, control],
                                 builder.writer.value_of(old), builder.identity[old])  # fmt: skip
            builder.define(name, where, joined << BITS, frame, module)
    for cell in plan.maybe_cells:
        _missed_cell(builder, plan, frame, cell, control)


def _missed_cell(builder: Builder, plan: Plan, frame: Frame, cell: Cell, control: int) -> None:
    heap = builder.heap
    assert cell.key is not None
    kind, name = cell.key[0], str(cell.key[1])
    base = base_of(builder, cell, frame, plan)
    held = builder.object_at(base)
    key = builder.key(cell.key, frame, plan.module)
    if not held:
        if kind == "attribute" and is_class(cell.base[0]):  # bound before the recording began
            before = heap.of_classes.get(key, -1)
            edges = [before << BITS, control] if before >= 0 else [control]
            heap.of_classes[key] = builder.row(builder.joined_place(plan, ""), frame, edges)
        return
    within = name.startswith(WITHIN)
    if held & CLASSES == 2 and not within:
        return
    if kind == "method" and name not in ("", GIVEN) and not within:
        handle = builder.writer.value_of(base >> BITS)
        if effect_of_method(builder.kind_of(held, handle), name) == "nothing":
            return
    if key is not None:
        seen = heap.read(held, key)
        if seen >= 0:
            joined = builder.row(builder.joined_place(plan, ""), frame, [seen << BITS, control])
            heap.write(held, key, joined)
            return
    objects = [held]
    if within:
        step = heap.of(held).at.get(name.removeprefix(WITHIN), -1)
        objects = [step] if step > 0 else heap.within(held, _WITHIN) if step < 0 else []
        if not objects:
            return
    rows = {heap.of(each).perhaps for each in objects} - {-1}
    edges = [*(row << BITS for row in sorted(rows)), control]
    joined = builder.row(builder.joined_place(plan, ""), frame, edges)
    for each in objects:
        heap.perhaps(each, joined)


def _gap(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    """Turns of a loop went by unrecorded: what they may have bound is not known from here on."""
    edges, _, _ = inputs(builder, plan, frame)
    frame.clear()
    module = plan.module
    for name, where in plan.maybe:
        before = builder.lookup(name, where, frame, module)
        if before >= 0:
            edges.append(before)
    row = builder.row(builder.gap_place(plan), frame, edges)
    for name, where in plan.maybe:
        builder.define(name, where, row << BITS, frame, module)


# Ends of calls


def _return(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    edges, matched, sources = inputs(builder, plan, frame)
    if frame.resumed or builder.escaped or builder.kept:
        _from_elsewhere(builder, plan, frame, event, matched, sources, edges)
    if plan.constant:
        handle, mine = builder.values.constant(plan.site.value), 0
    else:
        handle, mine = builder.handle(event, plan.first - 2), event[plan.first]
    row = builder.row(plan.place, frame, edges, handle, mine)
    if mine > 0:
        holds(builder, plan, frame, mine, matched, sources)
    effects(builder, plan, frame, row, matched, sources)
    frame.clear()
    if frame.call is not None:
        frame.call.result = row << BITS
        if frame.plan.cached:
            builder.keep(frame.plan.names[-1], _token(builder, row), row)
    if not plan.deferred:
        _leave(builder, plan, frame, event)


def _leave(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    _exhausted(builder, frame)
    call = frame.call
    parent = builder.parent(frame)
    if call is not None and call.result >= 0:
        row = call.result >> BITS
        if parent is None and builder.place_at(row).kind == "return":
            _output(builder, frame, row)
        if call.taken or (parent is None and builder.log != builder.main):
            _escape(builder, row)
    builder.pop(frame)


def _output(builder: Builder, frame: Frame, row: int) -> None:
    """A value goes to code that is not recorded, with all that it holds."""
    edges = [row << BITS]
    held = builder.object_at(row << BITS)
    if held:
        builder.add_contents(held, WHOLE, edges)
    place = builder.place_at(row)
    made = builder.writer.place(place._replace(kind="output", names=(), stands=False))
    output = builder.row(made, frame, edges, builder.writer.value_of(row), held)
    builder.outputs.append((builder.log == builder.main, output))
    builder.error = None
    if held:
        builder.handed[held] = row


def _escape(builder: Builder, row: int) -> None:
    """A result goes to code that is not recorded, and may come back later, somewhere else."""
    builder.escaped[_token(builder, row)] = row
    builder.heap.write(_ELSEWHERE, None, row)


_ELSEWHERE = 4
"""The identity, which no object has, of whatever is on its way between threads and tasks."""


def _token(builder: Builder, row: int) -> object:
    held = builder.object_at(row << BITS)
    if held:
        return held
    entry = builder.entry_at(row)
    return (type(entry).__name__, entry[1:] if type(entry) is tuple else entry)


def _from_elsewhere(
    builder: Builder,
    plan: Plan,
    frame: Frame,
    event: Event,
    matched: Matched,
    sources: list[Source],
    edges: list[int],
) -> None:
    """A value may be what another thread or task gave, or what a call returned before."""
    left = [fact.name for index, fact in enumerate(plan.facts) if index not in matched.calls]
    asked = {name for _, name in matched.properties}
    attributes = [source.name for source in sources if source.name in builder.kept]
    for name in (*left, *(name for name in attributes if name not in asked)):
        if name in builder.kept:
            kept = builder.kept[name]
            found = kept.rows.get(_token_of(builder, plan, event), -1)
            if found < 0:
                found = builder.heap.own(kept.identity)
            edges.append(found << BITS | ASSUMED)
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
    entry = builder.values.entry(builder.handle(event, plan.first - 2))
    return (type(entry).__name__, entry[1:] if type(entry) is tuple else entry)


def _raised(builder: Builder, plan: Plan, frame: Frame, line: int, value: int = -1) -> int:
    """The row of the statement that an exception came out of."""
    place = builder.statement_at(plan, line)
    edges, matched, sources = inputs(builder, place, frame)
    row = builder.row(builder.raise_place(place), frame, edges, value)
    if place is not plan:
        frame.stores = []
        frame.mutated = []
        effects(builder, place, frame, row, matched, sources)
    frame.clear()
    return row


def _except(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    line = builder.values.entry(builder.handle(event, plan.first - 2))
    raised = _raised(builder, plan, frame, line)
    edges = inputs(builder, plan, frame)[0]
    edges = [raised << BITS, raised << BITS | CONTROL, *edges]
    value, mine = -1, 0
    if plan.slots and len(event) > plan.first + 1:
        value = builder.handle(event, plan.first - 1)
        mine = event[plan.first + 1]
    row = builder.row(plan.place, frame, edges, value, mine)
    for name, where in plan.slots:
        builder.define(name, where, row << BITS, frame, plan.module)
    frame.control[plan.group] = row << BITS | CONTROL
    frame.clear()


def _fail(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    line = builder.values.entry(builder.handle(event, plan.first - 2))
    value = builder.handle(event, plan.first - 1)
    row = _raised(builder, plan, frame, line, value)
    builder.identity[row] = event[plan.first + 1]
    entry = builder.values.entry(value)
    error = said(entry)
    if plan.serial and error.partition(":")[0] in _CLOSED:
        builder.pop(frame)
        return
    if frame.call is not None:
        frame.call.result = row << BITS
    if builder.parent(frame) is None:
        builder.error = error
        builder.outputs.append((builder.log == builder.main, row))
    if not plan.deferred:
        if frame.call is not None and frame.call.taken:
            _escape(builder, row)
        builder.pop(frame)


def _exhausted(builder: Builder, frame: Frame) -> None:
    """A generator is at its end: that there is no more depends on what its loops and tests said."""
    parent = builder.parent(frame)
    if parent is not None and frame.plan.generates:
        parent.values += frame.control.values()


def _fall(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    _exhausted(builder, frame)
    if not plan.deferred:
        builder.pop(frame)


def _yield(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    edges, _, _ = inputs(builder, plan, frame)
    mine = event[plan.first]
    row = builder.row(plan.place, frame, edges, builder.handle(event, plan.first - 2), mine)
    frame.clear()
    below = frame.depth - 1 if builder.runs(frame) else -1
    if below < 0:
        _output(builder, frame, row)
    while below >= 0:
        parent = builder.stack[below]
        parent.values.append(row << BITS)
        # What has `yield from` hands it on, once it has itself handed it out.
        below = below - 1 if parent.serial and parent.plan.delegates else -1
    builder.pop(frame)


def _resume(builder: Builder, plan: Plan, frame: Frame, event: Event) -> None:
    frame.resumed = True


HANDLERS: dict[str, Handler] = {
    "enter": _enter, "statement": _statement, "define": _define, "then": _arm, "else": _arm,
    "turn": _arm, "done": _arm, "gap": _gap, "via": _via, "walrus": _walrus, "return": _return,
    "exit": _leave, "except": _except, "fail": _fail, "fall": _fall, "yield": _yield,
    "resume": _resume, "jump": _jump, "silent": _statement,
}  # fmt: skip
