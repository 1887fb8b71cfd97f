"""Variables of the program that is replayed: where their values come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tracepy.graph.columns import BITS
from tracepy.graph.frames import Frame
from tracepy.graph.plan import Plan
from tracepy.graph.rows import Rows
from tracepy.transforms.instrument import Instrumented, Site
from tracepy.transforms.instrument_facts import Key

if TYPE_CHECKING:
    from tracepy.recorder._log import Recording
    from tracepy.recorder.registry import Registry

_DEEPEST = 20  # modules that import a name from each other


class Variables(Rows):
    """Rows, and which of them a variable's value comes from.

    Attributes:
        registry: The instrumented modules.
        globals: Of each module, by its path, edges from where its names were bound.
        roots, root_rows: Edges from, and rows of, what was bound before the recording began.
        definers, defined: Of each function, the call that defined it last, and the edge from that
            definition.
    """

    def __init__(self, recording: Recording, registry: Registry) -> None:
        super().__init__(recording)
        self.registry = registry
        self.globals: dict[str, dict[str, int]] = {}
        self.roots: dict[tuple[str, str], int] = {}
        self.root_rows: set[int] = set()
        self.definers: dict[tuple[str, str], Frame] = {}
        self.defined: dict[tuple[str, str], int] = {}

    def lookup(self, name: str, where: str, frame: Frame, module: Instrumented) -> int:
        """The edge from where a variable's value comes, -1 if it is not known."""
        if where == "local":
            return frame.env.get(name, -1)
        if where == "free":
            owner = self._owner(name, frame)
            return owner.env.get(name, -1) if owner is not None else -1
        return self.lookup_global(name, module)

    def _owner(self, name: str, frame: Frame) -> Frame | None:
        """The call whose variable it is."""
        if frame.free is not None and name in frame.free:
            return frame.free[name]
        if name in frame.env:  # of a class body in the function that has it
            return frame
        outer = frame.definer
        while outer is not None:
            if name in outer.env:
                return outer
            outer = outer.definer
        return None

    def lookup_global(self, name: str, module: Instrumented, depth: int = 0) -> int:
        """The same for a module's name, be it bound before the recording began."""
        names = self.globals.get(module.path)
        found = names.get(name, -1) if names is not None else -1
        if found >= 0:
            return found
        if depth > _DEEPEST:  # modules that import from each other
            return -1
        place = module.names.get(name)
        if place is not None:
            if not place[2]:
                return -1
            return self.static(module, name, f"{module.module}:{name}", place[0], place[1])
        imported = module.imports.get(name)
        if imported is not None and imported[1]:
            other = self.registry.named(imported[0])
            if other is not None and other is not module:
                return self.lookup_global(imported[1], other, depth + 1)
        return -1

    def static(
        self,
        module: Instrumented,
        name: str,
        parameter: str,
        line: int,
        end: int,
        kind: str = "global",
    ) -> int:
        """The edge from a row for something that was bound before the recording began."""
        known = self.roots.get((module.path, parameter))
        if known is None:
            site = Site("", kind, "<module>", line, end)
            place = self.place_of(site, module, kind, (name,), parameter)
            row = self.row(place, None, [])
            self.root_rows.add(row)
            known = self.roots[module.path, parameter] = row << BITS
        return known

    def static_of(self, module: Instrumented, name: str, edges: list[int]) -> int:
        """The edge from a row for one of several such things; it is not known which."""
        key = (module.path, f"one of {name}")
        known = self.roots.get(key)
        if known is None:
            place = self.place_at(edges[0] >> BITS)._replace(
                names=(name,), parameter=None, stands=False, note="one of several classes'"
            )
            row = self.row(self.writer.place(place), None, edges)
            self.root_rows.add(row)
            known = self.roots[key] = row << BITS
        return known

    def default_of(self, plan: Plan, name: str) -> int:
        """The edge from where a function's defaults come."""
        site, module = plan.site, plan.module
        defined = self.defined.get((module.path, site.function), -1)
        if defined >= 0:
            return defined
        parameter = f"{module.module}:{site.function}.<{name}>"
        return self.static(module, name, parameter, site.line, site.line, "constant")

    def define(self, name: str, where: str, edge: int, frame: Frame, module: Instrumented) -> None:
        """From now on the variable's value comes from there."""
        if where == "local":
            frame.env[name] = edge
        elif where == "global":
            self.globals.setdefault(module.path, {})[name] = edge
        else:
            owner = self._owner(name, frame)
            if owner is not None:
                owner.env[name] = edge

    def module_of(self, name: str, module: Instrumented) -> Instrumented | None:
        """The instrumented module that a module's name stands for."""
        imported = module.imports.get(name)
        if imported is None:
            return None
        dotted = f"{imported[0]}.{imported[1]}" if imported[1] else imported[0]
        return self.registry.named(dotted)

    def key(self, key: Key, frame: Frame, module: Instrumented) -> Any:
        """A cell's key as the heap has it; None where it is not known."""
        if key is None:
            return None
        kind = key[0]
        if kind == "attribute":
            return f".{key[1]}"
        if kind == "method" or kind == "itself":
            return None
        value = self._value(key, frame, module)
        if type(value) is int and value < 0:
            return None  # from the end, of a list whose length is not known
        return ("item", value) if type(value) is str else value

    def _value(self, key: Key, frame: Frame, module: Instrumented) -> Any:
        assert key is not None
        kind, what, where = key
        if kind == "constant":
            return what
        if kind == "name":
            edge = self.lookup(str(what), where, frame, module)
            number = self.identity[edge >> BITS] if edge >= 0 else 0
            if number < 0:
                return ~number
            value = self.entry_at(edge >> BITS) if edge >= 0 else None
            return None if type(value) is tuple else value
        parts = [self._value(part, frame, module) for part in what]  # type: ignore[attr-defined]
        if None in parts:
            return None
        if kind == "tuple":
            return tuple(parts)
        left, right = parts
        if type(left) is not int or type(right) is not int:
            return None
        if kind in ("//", "%") and not right:
            return None
        return _COMPUTE[kind](left, right)


def attribute_of(key: Any) -> str:
    """The name of the attribute that a key of the heap stands for, "" if it is an item's."""
    return key[1:] if type(key) is str else ""


_COMPUTE: Mapping[str, Any] = {
    "+": int.__add__, "-": int.__sub__, "*": int.__mul__, "//": int.__floordiv__,
    "%": int.__mod__,
}  # fmt: skip
