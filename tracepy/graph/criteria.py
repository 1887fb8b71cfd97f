"""What a slice is to be taken of: a recorded value, a line, a function or a name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.graph.columns import Place
    from tracepy.graph.model import Graph


def last(graph: Graph, criterion: Any) -> int:
    """The id of the last node that a value or a text means.

    Args:
        graph: Where to look.
        criterion: A value that was recorded, `file.py:LINE`, `module:qualname` or `module:NAME`.

    Raises:
        UserError: there is none; names what is near.
    """
    nodes, columns = graph.nodes, graph.nodes.columns
    if isinstance(criterion, str):
        found = _meant(graph, criterion)
        if found and not _is_line(criterion):  # of a function, what it gave last
            gives = {
                number for number in {columns.place[row] for row in found}
                if columns.places[number].kind in ("return", "raise")
            }  # fmt: skip
            found = [row for row in found if columns.place[row] in gives] or found
        if found:
            return nodes.id_of(found[-1])
    held = _last_holder(graph, criterion)
    if held is not None:
        return held
    raise UserError(
        f"nothing in this graph is {criterion!r}: it is no recorded value, no line that ran "
        f"(file.py:LINE) and no name (module:qualname, module:NAME) in it{_near(graph, criterion)}"
    )


def everything(graph: Graph, criterion: Any) -> list[int]:
    """All nodes of a line, a function or a name; of a value the last. Raises UserError as `last`."""
    found = _meant(graph, criterion) if isinstance(criterion, str) else []
    return [graph.nodes.id_of(row) for row in found] or [last(graph, criterion)]


def of_parameters(graph: Graph, names: Iterable[str]) -> list[int]:
    """The rows of parameters: values bound to a name, and all that ran in a function.

    Raises:
        UserError: names are given, and none of them is in the graph.
    """
    wanted = [names] if isinstance(names, str) else list(names)
    rows = _rows(graph, _places(graph, lambda p: (
        p.parameter in wanted or f"{p.module}:{p.function}" in wanted)))  # fmt: skip
    if not rows and wanted:
        raise UserError(
            f"none of the parameters {', '.join(map(repr, wanted))} is in this graph"
            + _near(graph, wanted[0])
        )
    return rows


def _places(graph: Graph, test: Any) -> set[int]:
    places = graph.nodes.columns.places
    return {number for number in graph.places() if test(places[number])}


def _rows(graph: Graph, places: set[int]) -> list[int]:
    if not places:
        return []
    place = graph.nodes.columns.place
    return [row for row in graph.nodes.rows() if place[row] in places]


def _meant(graph: Graph, text: str) -> list[int]:
    head, _, tail = text.rpartition(":")
    if _is_line(text):
        line = int(tail)
        exact = _places(graph, lambda p: _is_file(p, head) and p.line == line)
        return _rows(graph, exact or _places(
            graph, lambda p: _is_file(p, head) and p.line <= line <= p.end_line))  # fmt: skip
    module, _, name = text.partition(":")
    if not name:
        return []
    inside = _places(graph, lambda p: p.module == module and p.function == name)
    return _rows(graph, inside or _places(graph, lambda p: p.module == module and (
        p.parameter == text or (p.function == "<module>" and name in p.names))))  # fmt: skip


def _is_line(text: str) -> bool:
    head, _, tail = text.rpartition(":")
    return bool(head) and tail.isascii() and tail.isdigit() and len(tail) < 10


def _is_file(place: Place, name: str) -> bool:
    return place.file == name or place.file.endswith(("/" + name, "\\" + name))


def _last_holder(graph: Graph, value: Any) -> int | None:
    """The id of the last node whose value it is: an object by identity, an atom by equality."""
    nodes, columns = graph.nodes, graph.nodes.columns
    if value is None or columns.texts is not None:
        return None
    address = id(value)
    identity, handles = columns.identity, columns.value
    plain = isinstance(value, int | float | complex | str | bytes)
    for row in reversed(list(nodes.rows())):
        held = identity[row]
        if held > 0:
            if held & ~3 == address:
                return nodes.id_of(row)
        elif plain and handles[row] >= 0:
            entry = columns.entry_of(row)
            if type(entry) is type(value) and entry == value:
                return nodes.id_of(row)
    return None


def _near(graph: Graph, criterion: Any) -> str:
    """What was perhaps meant, for an error."""
    if not isinstance(criterion, str):
        return ""
    from difflib import get_close_matches  # late: not for each worker that is forked

    head, _, tail = criterion.rpartition(":")
    places = [graph.nodes.columns.places[number] for number in graph.places()]
    if not places:
        return ". The graph is empty: no instrumented code ran while it was recorded"
    if _is_line(criterion):
        lines = sorted({p.line for p in places if _is_file(p, head)})
        nearest = sorted(lines, key=lambda line: abs(line - int(tail)))[:3]
        found = [f"{head}:{line}" for line in sorted(nearest)]
        files = sorted({PurePath(p.file).name for p in places})
        found = found or get_close_matches(PurePath(head).name, files, 3)
    else:
        names = {f"{p.module}:{p.function}" for p in places}
        names |= {p.parameter for p in places if p.parameter}
        names |= {
            f"{p.module}:{name}" for p in places if p.function == "<module>" for name in p.names
        }
        found = get_close_matches(criterion, sorted(names), 3)
    return f". Near it: {', '.join(found)}" if found else ""
