"""What a slice is to be taken of: a recorded value, a line, a function or a name."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.graph.model import Graph, Node


def last(graph: Graph, criterion: Any) -> int:
    """The last node that a value or a text means.

    Args:
        graph: Where to look.
        criterion: A value that was recorded, `file.py:LINE`, `module:qualname` or `module:NAME`.

    Raises:
        UserError: there is none; names what is near.
    """
    if isinstance(criterion, str):
        found = _meant(graph, criterion)
        if found and not _is_line(criterion):  # of a function, what it gave last
            returned = [key for key in found if graph.nodes[key].kind in ("return", "raise")]
            found = returned or found
        if found:
            return found[-1]
    for node in reversed(graph.nodes.values()):
        if _holds(node.entry, criterion):
            return node.id
    raise UserError(
        f"nothing in this graph is {criterion!r}: it is no recorded value, no line that ran "
        f"(file.py:LINE) and no name (module:qualname, module:NAME) in it{_near(graph, criterion)}"
    )


def everything(graph: Graph, criterion: Any) -> list[int]:
    """All nodes of a line, a function or a name; of a value the last. Raises UserError as `last`."""
    found = _meant(graph, criterion) if isinstance(criterion, str) else []
    return found or [last(graph, criterion)]


def _meant(graph: Graph, text: str) -> list[int]:
    head, _, tail = text.rpartition(":")
    if _is_line(text):
        hits = [n for n in graph.nodes.values() if _is_file(n, head) and _covers(n, int(tail))]
        return [n.id for n in hits if n.line == int(tail)] or [n.id for n in hits]
    module, _, name = text.partition(":")
    mine = [n for n in graph.nodes.values() if name and n.module == module]
    return [n.id for n in mine if n.function == name] or [
        n.id for n in mine if n.parameter == text or (n.function == "<module>" and name in n.names)
    ]


def _is_line(text: str) -> bool:
    return text.rpartition(":")[2].isdigit()


def _is_file(node: Node, name: str) -> bool:
    return node.file == name or node.file.endswith(("/" + name, "\\" + name))


def _covers(node: Node, line: int) -> bool:
    return node.line <= line <= node.end_line


def _holds(entry: Any, value: Any) -> bool:
    if type(entry) is tuple:
        return bool(entry[0] == id(value))
    return type(entry) is type(value) and entry is not None and bool(entry == value)


def _near(graph: Graph, criterion: Any) -> str:
    """What was perhaps meant, for an error."""
    if not isinstance(criterion, str):
        return ""
    head, _, tail = criterion.rpartition(":")
    nodes = graph.nodes.values()
    if _is_line(criterion):
        lines = sorted({n.line for n in nodes if _is_file(n, head)})
        nearest = sorted(lines, key=lambda line: abs(line - int(tail)))[:3]
        found = [f"{head}:{line}" for line in sorted(nearest)]
        files = sorted({PurePath(n.file).name for n in nodes})
        found = found or get_close_matches(PurePath(head).name, files, 3)
    else:
        names = {f"{n.module}:{n.function}" for n in nodes}
        names |= {n.parameter for n in nodes if n.parameter}
        names |= {
            f"{n.module}:{name}" for n in nodes if n.function == "<module>" for name in n.names
        }
        found = get_close_matches(criterion, sorted(names), 3)
    return f". Near it: {', '.join(found)}" if found else ""
