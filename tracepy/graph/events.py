"""What each kind of event in a log does to the graph that is being built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tracepy.graph.calls import Call, stand
from tracepy.graph.heap import CONTAINERS, MUTATORS
from tracepy.graph.model import Node
from tracepy.transforms.instrument_facts import Site

if TYPE_CHECKING:
    from tracepy.graph.build import Builder, Frame

Values = Sequence[Any]
UNKNOWN = (0, "object", None, None)


def _enter(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    if site.function == "<module>":
        return
    node = builder.node("call", site, frame)
    # Until the caller's statement is known, and for good where the caller is not instrumented.
    node.code = f"call {site.function}"
    frame.call = call = Call(node.id, site.function)
    parent = builder._parent(frame)
    _argument(builder, site, frame, values)
    if site.function.endswith(".__init__") and values and type(values[0]) is tuple:
        again = parent is not None and parent.function.endswith(".__init__")
        if not again:
            builder.heap.forget(values[0][0])
    if parent is not None:
        parent.calls.append(call)


def _argument(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    from tracepy.graph.build import render

    for (name, _), entry in zip(site.slots, values, strict=False):
        argument = builder.node("argument", site, frame, entry)
        argument.names, argument.value, argument.code = (name,), render(entry), name
        argument.parameter = f"{frame.module.module}:{site.function}.<{name}>"
        frame.env[name] = argument.id
        if frame.call is not None:
            frame.call.parameters[name] = argument.id


def _statement(builder: Builder, site: Site, frame: Frame, values: Values) -> Node:
    node = builder.node(site.kind, site, frame)
    builder.inputs(site, frame, node.id)
    builder.bind(site, frame, values, node)
    builder.effects(site, frame, node.id)
    return node


def _define(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    _statement(builder, site, frame, values)
    for qualname in site.parameters:
        builder.definers[frame.module.path, qualname] = frame


def _arm(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    node = _statement(builder, site, frame, values)
    if site.group >= 0:
        frame.control[site.group] = node.id
    _missed(builder, site, frame, node)


def _gap(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    """Turns of a loop went by unrecorded: what they may have bound is not known from here on."""
    node = builder.node("loop", site, frame, UNKNOWN)
    builder.inputs(site, frame, node.id)
    node.value = "(turns not recorded)"
    node.names = tuple(name for name, _ in site.maybe)
    for variable in site.maybe:
        builder.link(node.id, builder.lookup(variable, frame))
        builder.define(variable, node.id, frame)


def _missed(builder: Builder, site: Site, frame: Frame, node: Node) -> None:
    """What the arm not taken would have written depends on the test as well."""
    for variable in site.maybe:
        before = builder.lookup(variable, frame)
        if before is not None and before != node.id:
            joined = _joined(builder, site, frame, node, before)
            joined.entry, joined.value = builder.nodes[before].entry, builder.nodes[before].value
            joined.names = (variable[0],)
            builder.define(variable, joined.id, frame)
    for cell in site.maybe_cells:
        source = builder.lookup(cell.base, frame)
        entry = builder.nodes[source].entry if source is not None else None
        if type(entry) is not tuple or not entry[0]:
            continue
        assert cell.key is not None
        if cell.key[0] == "method" and (
            entry[1] not in CONTAINERS or (cell.key[1] and cell.key[1] not in MUTATORS)
        ):
            continue
        key = builder.key(cell.key, frame)
        before = builder.heap.read(entry[0], key, len(builder.nodes))
        joined = node if before is None else _joined(builder, site, frame, node, before)
        builder.write(entry[0], key, joined.id, site, frame)


def _joined(builder: Builder, site: Site, frame: Frame, node: Node, before: int) -> Node:
    joined = builder.node(node.kind, site, frame)
    joined.inputs = [(before, "data"), (node.id, "control")]
    return joined


def _via(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    entry = values[0]
    if type(entry) is not tuple or not entry[0]:
        return
    if site.via_use == "store":
        frame.stores.append((site.via_key, entry[0]))
        return
    before = len(builder.nodes)
    found = builder.load(entry, site.via_key, frame, before)
    frame.loads += [(site.via_chain, source) for source in found]
    key = site.via_key
    mutator = site.via_use == "method" and key is not None and key[1] in MUTATORS
    if mutator and entry[1] in CONTAINERS:
        frame.mutated.append(entry[0])


def _walrus(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    node = builder.node("assign", site, frame)
    read = builder.sources(site, frame, node.id)
    # Calls of the statement so far may have been made for it.
    made = [call.result for call in frame.calls]
    for source in [*(source for _, source in read), *made]:
        builder.link(node.id, source)
    builder.bind(site, frame, values, node)
    frame.values.append(node.id)


def _return(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    from tracepy.graph.build import render

    node = builder.node("return", site, frame, values[0] if values else None)
    builder.inputs(site, frame, node.id)
    builder.effects(site, frame, node.id)
    node.value = render(node.entry)
    if frame.call is not None:
        frame.call.result = node.id
    if not site.deferred:
        _leave(builder, site, frame, ())


def _leave(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    parent = builder._parent(frame)
    result = frame.call.result if frame.call else None
    if parent is None and result is not None and builder.nodes[result].kind == "return":
        _output(builder, site, frame, result)
    builder._pop(frame)


def _output(builder: Builder, site: Site, frame: Frame, result: int) -> None:
    source = builder.nodes[result]
    node = builder.node("output", site, frame, source.entry)
    node.line, node.end_line, node.code = source.line, source.end_line, source.code
    node.inputs, node.value = [(result, "data")], source.value
    if type(source.entry) is tuple and source.entry[0]:
        builder.link(node.id, builder.heap.version(source.entry[0]))
    builder.outputs.append(node.id)
    builder.error = None


def _raised(builder: Builder, frame: Frame, site: Site, line: int) -> Node:
    """The node of the statement that an exception came out of."""
    place = statement_at(builder, frame, line)
    found = (
        place if place is not None else Site("", "raise", site.function, line or site.line, line)
    )
    node = builder.node("raise", found, frame)
    builder.inputs(found, frame, node.id)
    frame.stores, frame.mutated = [], []
    return node


def statement_at(builder: Builder, frame: Frame, line: int) -> Site | None:
    """The innermost statement of a frame's function that stands on a line."""
    key = (frame.module.path, frame.function)
    rows = builder.by_line.get(key)
    if rows is None:
        rows = builder.by_line[key] = statements(frame.module.sites, frame.function)
    around = [site for site in rows if site.line <= line <= site.end_line]
    return min(around, key=lambda site: site.end_line - site.line, default=None)


def statements(sites: Sequence[Site], function: str) -> list[Site]:
    """Those sites of a function that stand for statements of the source."""
    return [site for site in sites if site.function == function and site.event in STATEMENTS]


def _except(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    raised = _raised(builder, frame, site, values[0])
    node = builder.node("except", site, frame)
    builder.link(node.id, raised.id)
    builder.link(node.id, raised.id, "control")
    builder.inputs(site, frame, node.id)
    builder.bind(site, frame, values[1:], node)
    frame.control[site.group] = node.id


def _fail(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    node = _raised(builder, frame, site, values[0])
    node.entry, node.value = values[1], values[1][1]
    if frame.call is not None:
        frame.call.result = node.id
    if builder._parent(frame) is None:
        builder.error = values[1][1]
        builder.outputs.append(node.id)
    if not site.deferred:
        builder._pop(frame)


def _fall(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    if not site.deferred:
        builder._pop(frame)


def _yield(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    from tracepy.graph.build import render

    node = builder.node("yield", site, frame, values[0])
    for read in site.reads:
        builder.link(node.id, builder.lookup(read.variable, frame))
    for source in [source for _, source in frame.loads] + frame.values:
        builder.link(node.id, source)
    for call in frame.calls:
        builder.link(node.id, call.result)
        stand(builder, call, node.id)
    frame.calls, frame.values, frame.loads = [], [], []
    node.value = render(values[0])
    parent = builder._parent(frame)
    if parent is not None:
        parent.values.append(node.id)
    else:
        _output(builder, site, frame, node.id)
    builder._pop(frame)


def _nothing(builder: Builder, site: Site, frame: Frame, values: Values) -> None:
    """The event only says which frame runs."""


STATEMENTS = frozenset({"statement", "silent", "define", "then", "turn", "return", "except"})

HANDLERS: dict[str, Callable[[Builder, Site, Frame, Values], object]] = {
    "enter": _enter, "argument": _argument, "statement": _statement, "define": _define, "then": _arm, "else": _arm,
    "turn": _arm, "done": _arm, "gap": _gap, "via": _via, "walrus": _walrus, "return": _return,
    "exit": _leave, "except": _except, "fail": _fail, "fall": _fall, "yield": _yield,
    "resume": _nothing,
}  # fmt: skip
