"""The execution graph: the paper's g."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracepy.errors import UserError
from tracepy.graph.criteria import everything, last

_UNSET = object()


_SHOWING = {"__repr__", "__str__", "__format__"}


@dataclass(slots=True)
class Node:
    """Something that happened once: a statement that ran, an argument that arrived, a test.

    `value` is a bounded rendering; `inputs` are (node id, `data` or `control`); `call` is the id
    of the node of the call that it ran in; `entry` is what the log holds of the value.
    """

    id: int
    kind: str
    file: str
    line: int
    end_line: int
    function: str
    call: int | None = None
    code: str = ""
    names: tuple[str, ...] = ()
    value: str | None = None
    inputs: list[tuple[int, str]] = field(default_factory=list)
    parameter: str | None = None
    module: str = ""
    entry: Any = None

    def to_dict(self) -> dict[str, Any]:
        """As the JSON of a graph has it."""
        return {
            "id": self.id, "kind": self.kind, "file": self.file, "line": self.line,
            "end_line": self.end_line, "function": self.function, "call": self.call,
            "code": self.code, "names": list(self.names), "value": self.value,
            "inputs": [list(edge) for edge in self.inputs], "parameter": self.parameter,
        }  # fmt: skip


@dataclass
class Graph:
    """Nodes by id, and which of them are what the program handed out.

    Attributes:
        nodes: In the order they happened.
        outputs: Ids of values that went to code outside, and of an exception that did; the last
            is the one that is judged unless something else is said.
        error: The exception that escaped last, in words; None where there was none.
        complete: False where more happened than the budget of events had room for.
        dropped: Functions and loops (`file:line function`) of which only the first share of the
            budget was recorded; nodes whose values are not known for that reason say so.
    """

    nodes: dict[int, Node]
    outputs: list[int]
    error: str | None = None
    complete: bool = True
    dropped: tuple[str, ...] = ()

    def slice(
        self,
        to: Any = None,
        parameters: Iterable[str] | None = None,
        *,
        everything: bool = False,
    ) -> Graph:
        """The backward slice: what the criterion depends on by data or control.

        Args:
            to: A value that was recorded, `file.py:LINE`, `module:qualname`, `module:NAME`;
                None is the judged output or the exception that escaped; where nothing was
                handed out (a script), what happened last.
            parameters: Keep only what lies between these parameters and the criterion.
            everything: Slice from all outputs instead of the last.

        Raises:
            UserError: nothing in the graph is what `to` says.
        """
        if to is None:
            outputs = self._judged() or list(self.nodes)[-1:]
            roots = outputs if everything else outputs[-1:]
        else:
            roots = [last(self, to)]
        kept = self._back(roots)
        if parameters is not None:
            kept &= self._reached_from(kept, frozenset(parameters)) | set(roots)
        nodes = {key: self._cut(node, kept) for key, node in self.nodes.items() if key in kept}
        return Graph(nodes, list(roots), self.error, self.complete, self.dropped)

    def forward(self, start: Any) -> Graph:
        """The forward slice: what depends on a value, a statement or a name by data or control.

        Args:
            start: As `to` of `slice`; of a function or a name, all that the graph has of it.

        Raises:
            UserError: nothing in the graph is what `start` says.
        """
        roots = everything(self, start)
        kept = self._users_of(roots, self.nodes)
        nodes = {key: self._cut(node, kept) for key, node in self.nodes.items() if key in kept}
        outputs = [key for key in self.outputs if key in kept]
        return Graph(nodes, outputs, self.error, self.complete, self.dropped)

    def _users_of(self, start: Iterable[int], within: Iterable[int]) -> set[int]:
        """What is reached from nodes by following edges forward."""
        users: dict[int, list[int]] = {}
        for key in within:
            for source, _ in self.nodes[key].inputs:
                users.setdefault(source, []).append(key)
        seen = set(start)
        stack = list(seen)
        while stack:
            for user in users.get(stack.pop(), ()):
                if user not in seen:
                    seen.add(user)
                    stack.append(user)
        return seen

    def _judged(self) -> list[int]:
        """The outputs, without what was only shown: a failing test prints what it compared."""
        telling = [
            key
            for key in self.outputs
            if self.nodes[key].function.rpartition(".")[2] not in _SHOWING
        ]
        return telling or self.outputs

    def _cut(self, node: Node, kept: set[int]) -> Node:
        """The node, or, where it refers to others that are left out, a copy that does not."""
        if (node.call is None or node.call in kept) and all(key in kept for key, _ in node.inputs):
            return node
        inputs = [edge for edge in node.inputs if edge[0] in kept]
        call = node.call if node.call in kept else None
        return Node(node.id, node.kind, node.file, node.line, node.end_line, node.function, call,
                    node.code, node.names, node.value, inputs, node.parameter, node.module,
                    node.entry)  # fmt: skip

    def _back(self, roots: Sequence[int]) -> set[int]:
        seen = set(roots)
        stack = list(roots)
        while stack:
            for source, _ in self.nodes[stack.pop()].inputs:
                if source not in seen:
                    seen.add(source)
                    stack.append(source)
        return seen

    def _reached_from(self, within: set[int], names: frozenset[str]) -> set[int]:
        start = [
            key
            for key in within
            if (node := self.nodes[key]).parameter in names
            or f"{node.module}:{node.function}" in names
        ]
        return self._users_of(start, within)

    def lines(self) -> dict[str, set[int]]:
        """First lines of the statements that the graph's nodes stand for, by file."""
        found: dict[str, set[int]] = {}
        for node in self.nodes.values():
            if not _is_entry(node):
                found.setdefault(node.file, set()).add(node.line)
        return found

    def nearness(self) -> dict[str, dict[int, float]]:
        """How near each line is to the outputs: 1.0 at them, towards 0.0 at the far end.

        The distance is counted in edges; a line counts as near as its nearest node.
        """
        distance = dict.fromkeys(self.outputs, 0)
        layer = list(distance)
        depth = 0
        while layer:
            depth += 1
            following: list[int] = []
            for key in layer:
                for source, _ in self.nodes[key].inputs:
                    if source not in distance and source in self.nodes:
                        distance[source] = depth
                        following.append(source)
            layer = following
        far = max(distance.values(), default=0) + 1
        result: dict[str, dict[int, float]] = {}
        for key, steps in distance.items():
            node = self.nodes[key]
            if not _is_entry(node):
                rows = result.setdefault(node.file, {})
                rows[node.line] = max(rows.get(node.line, 0.0), 1.0 - steps / far)
        return result

    def to_json(self) -> str:
        """JSON as the format `tracepy-graph`, version 1, has it."""
        return json.dumps(
            {
                "format": "tracepy-graph",
                "version": 1,
                "nodes": [{**n.to_dict(), "module": n.module} for n in self.nodes.values()],
                "outputs": self.outputs,
                "error": self.error,
                "complete": self.complete,
                "dropped": list(self.dropped),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Graph:
        """Read `to_json`'s text. Raises UserError where it is not that."""
        try:
            data = json.loads(text)
            if data["format"] != "tracepy-graph" or data["version"] != 1:
                raise UserError("this is no graph of version 1 of the format tracepy-graph")
            nodes = {int(row["id"]): _node(row) for row in data["nodes"]}
            outputs = [int(key) for key in data["outputs"]]
            known = all(key in nodes for n in nodes.values() for key, _ in n.inputs)
            if not known or any(key not in nodes for key in outputs):
                raise UserError("this graph refers to nodes that it does not have")
            return cls(nodes, outputs, data.get("error"), bool(data.get("complete", True)),
                       tuple(map(str, data.get("dropped", ()))))  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise UserError(f"this is no graph saved by tracepy: {error!r}") from error

    def to_text(self, level: str = "statement") -> str:
        """A pseudo-program: what ran, in order, with the values (the paper's form)."""
        from tracepy.graph.export import text

        return text(self, level)

    def to_dot(self, level: str = "statement") -> str:
        """Graphviz."""
        from tracepy.graph.export import dot

        return dot(self, level)

    def to_mermaid(self, level: str = "statement") -> str:
        """Mermaid."""
        from tracepy.graph.export import mermaid

        return mermaid(self, level)

    def to_html(self, level: str = "statement") -> str:
        """One self-contained page."""
        from tracepy.graph.export import html

        return html(self, level)


def _is_entry(node: Node) -> bool:
    """Nodes that stand for no statement: arguments, and calls from code that is not recorded."""
    return node.kind == "argument" or (node.kind == "call" and node.code.startswith("call "))


def _node(row: dict[str, Any]) -> Node:
    return Node(
        int(row["id"]), str(row["kind"]), str(row["file"]), int(row["line"]),
        int(row["end_line"]), str(row["function"]), row["call"], str(row["code"]),
        tuple(row["names"]), row["value"], [(int(key), str(role)) for key, role in row["inputs"]],
        row["parameter"], str(row.get("module", "")),
    )  # fmt: skip
