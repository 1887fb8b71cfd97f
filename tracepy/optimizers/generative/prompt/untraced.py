"""What is shown of a run without a graph: of trace facts which lines ran and values, else the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from tracepy.evaluation.records import TraceFacts
from tracepy.graph.columns import Place
from tracepy.optimizers.generative.prompt.docs import used
from tracepy.optimizers.generative.prompt.outline import Function, Outline, Part
from tracepy.optimizers.generative.prompt.reading import Reading, Spot
from tracepy.parameters import Parameter

_FAR = 100


def without_graph(
    facts: TraceFacts | None,
    outlines: Mapping[str, Outline],
    modules: Mapping[str, str],
    parameters: Sequence[Parameter],
) -> Reading:
    """Lines and values, as far as they are known.

    Args:
        facts: What a trace showed; None where there was none.
        outlines: The modules by path.
        modules: Their dotted names by path.
        parameters: What may change.
    """
    found = _Facts(facts or TraceFacts(), outlines, modules, parameters)
    reading = Reading()
    for path, outline in outlines.items():
        ran = (
            found.ran(path)
            if facts is not None and facts.cases
            else set(_around(outline, path, parameters))
        )
        for line in sorted(ran):
            found.add(reading, path, outline, line)
    return reading


class _Facts:
    def __init__(
        self,
        facts: TraceFacts,
        outlines: Mapping[str, Outline],
        modules: Mapping[str, str],
        parameters: Sequence[Parameter],
    ) -> None:
        self.facts, self.outlines, self.modules = facts, outlines, modules
        self.spans = [(p.path, range(p.line, p.end_line + 1)) for p in parameters]

    def ran(self, path: str) -> set[int]:
        """Lines in functions that a case ran; of a slice, where one is known, only its."""
        if self.facts.sliced:
            return set(self.facts.sliced.get(path, {}))
        lines = {line for case in self.facts.cases.values() for line in case.get(path, ())}
        outline = self.outlines[path]
        return {line for line in lines if (part := outline.owner.get(line)) and part.name}

    def add(self, reading: Reading, path: str, outline: Outline, line: int) -> None:
        """A line with the values of the names that are bound there."""
        part = outline.owner.get(line)
        if part is None:
            return
        place = Place("assign", path, self.modules.get(path, ""), line, line, part.name, "")
        order = len(reading.spots) + len(self.outlines)
        spot = Spot(place, 1, order, self._distance(path, line), ())
        reading.spots.append(spot)
        values = self.facts.values.get(path, {})
        names = set(outline.bound.get(line, ()))
        if line == part.line:
            names = set(values.get(line, ())) - {"self", "cls"}
        names.discard("_")
        for name, texts in values.get(line, {}).items():
            if name not in names or all(text.startswith("<") for text in texts):
                continue
            told = spot.place._replace(names=(name,))
            given = line == part.line and self._is_parameter(path, line)
            into = reading.inputs if given else reading.others
            shown: tuple[str | None, ...] = tuple(texts)
            if len(texts) > 1:  # distinct ones, the first of them
                shown = (*texts, None)
            into.append(Spot(told, len(texts), order, spot.distance, shown))

    def _distance(self, path: str, line: int) -> int:
        near = self.facts.sliced.get(path, {}).get(line)
        if near is not None:
            return round((1.0 - near) * _FAR)
        return 1 if self._is_parameter(path, line) else 2

    def _is_parameter(self, path: str, line: int) -> bool:
        return any(path == where and line in lines for where, lines in self.spans)


def _around(outline: Outline, path: str, parameters: Sequence[Parameter]) -> Iterator[int]:
    """Lines of the parameters, of what they call and of what uses them."""
    names = {p.name.replace(":", ".").rpartition(".")[2].strip("<>") for p in parameters}
    called = used(str(p.value) for p in parameters if p.kind == "function")
    own = {p.line for p in parameters if p.path == path and p.kind == "function"}
    for part in outline.parts:
        node = part.node
        if not isinstance(node, Function):
            continue
        near = node.name in called or bool(used([ast.unparse(node)]) & names)
        if near or own & _first_lines(part):
            yield from part.rows or (part.line,)


def _first_lines(part: Part) -> set[int]:
    node = part.node
    assert isinstance(node, Function)
    return {node.lineno, *(each.lineno for each in node.decorator_list)}
