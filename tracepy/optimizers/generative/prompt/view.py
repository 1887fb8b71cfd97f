"""From a task, a candidate's sources and its evaluation to what is shown of it."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from tracepy.errors import UserError
from tracepy.evaluation.records import Evaluation
from tracepy.graph.model import Graph
from tracepy.optimizers.base import Task
from tracepy.optimizers.generative.prompt import verdict
from tracepy.optimizers.generative.prompt.constraints import constraint
from tracepy.optimizers.generative.prompt.docs import explained
from tracepy.optimizers.generative.prompt.outline import Function, Outline, signature
from tracepy.optimizers.generative.prompt.reading import Reading, Spot, joins, read
from tracepy.optimizers.generative.prompt.records import (
    Line,
    Routine,
    Value,
    Variable,
    View,
)
from tracepy.optimizers.generative.prompt.untraced import without_graph
from tracepy.parameters import Parameter


def view(
    task: Task,
    sources: Mapping[str, str],
    evaluation: Evaluation,
    *,
    graph: Graph | None = None,
    cases: Sequence[str] = (),
) -> View:
    """What is shown of one program.

    Args:
        task: What is asked for.
        sources: The texts of the program that differ from the originals, by absolute path.
        evaluation: The verdict on it; it may have a graph and what a trace showed, or neither.
        graph: Its graph, where it is at hand; else the evaluation's is read.
        cases: Names of the cases that the feedback is about; empty: all.
    """
    parameters = list(task.find(sources))
    if graph is None and evaluation.graph is not None:
        try:
            graph = Graph.from_json(evaluation.graph)
        except UserError:  # of a format that this version does not read
            graph = None
    outlines = {path: Outline(task.source(path, sources).text) for path in task.originals}
    if graph is not None:
        reading = read(graph, [parameter.name for parameter in parameters])
    else:
        reading = without_graph(evaluation.trace, outlines, task.modules, parameters)
    return _Viewer(task, outlines, parameters, reading).view(evaluation, graph, cases)


class _Viewer:
    def __init__(
        self,
        task: Task,
        outlines: Mapping[str, Outline],
        parameters: Sequence[Parameter],
        reading: Reading,
    ) -> None:
        self.task, self.parameters, self.reading = task, parameters, reading
        self.modules = task.modules
        self.outlines = outlines
        self.several = len({spot.place.file for spot in reading.spots}) > 1
        self.near: dict[tuple[str, int], int] = {}
        for spot in reading.spots:
            key = spot.place.file, spot.place.line
            self.near[key] = min(self.near.get(key, spot.distance), spot.distance)

    def _inside(self, parameter: Parameter) -> bool:
        """Whether it is a literal that nobody marked, in a function that may change as a whole."""
        if parameter.kind == "function" or parameter.marked:
            return False
        return any(
            outer.kind == "function"
            and outer.path == parameter.path
            and outer.start <= parameter.start
            and parameter.end <= outer.end
            for outer in self.parameters
        )

    def view(self, evaluation: Evaluation, graph: Graph | None, cases: Sequence[str]) -> View:
        code = self._code()
        variables = tuple(
            self._variable(each) for each in self.parameters if not self._inside(each)
        )
        opened = {(each.module, each.name) for each in code if each.lines}
        told = {
            (p.module, p.name.partition(":")[2]) for p in self.parameters if p.kind == "function"
        }
        texts = [each.text for each in variables if each.type == "code"]
        texts += [_dedented(routine) for routine in code if routine.lines]
        known = {each.name.rpartition(":")[2] for each in variables}
        known |= {name for spot in self.reading.inputs for name in spot.place.names}
        outlines = {self.modules.get(path, path): each for path, each in self.outlines.items()}
        documentation = explained(outlines, told, opened, texts, known)
        reading = self.reading
        chosen = verdict.chosen(evaluation, cases)
        passed = sum(case.score >= 1.0 for case in chosen)
        folder = verdict.folder_of(list(self.outlines))
        return View(
            self.task.context, code, documentation, variables,
            tuple(map(self._value, reading.inputs)), tuple(map(self._value, reading.others)),
            tuple(map(self._value, reading.outputs)), evaluation.score,
            "higher" if self.task.sign > 0 else "lower", (passed, len(chosen)) if chosen else None,
            verdict.words(evaluation, folder), verdict.failures(chosen, folder),
            tuple(_notes(evaluation, graph, self.outlines)),
        )  # fmt: skip

    def _variable(self, parameter: Parameter) -> Variable:
        head = _head(parameter)
        is_code = parameter.kind == "function"
        distances = [
            near
            for (path, line), near in self.near.items()
            if path == parameter.path and parameter.line <= line <= parameter.end_line
        ]
        return Variable(
            parameter.name,
            "code" if is_code else type(parameter.value).__name__,
            str(parameter.value) if is_code else repr(parameter.value),
            parameter.line,
            head,
            constraint(parameter.constraint),
            min(distances, default=None),
        )

    def _code(self) -> tuple[Routine, ...]:
        ran: dict[tuple[str, int], dict[int, int]] = {}
        order: dict[tuple[str, int], int] = {}
        literal = {p.name for p in self.parameters if p.kind != "function"}
        for spot in self.reading.spots:
            place = spot.place
            outline = self.outlines.get(place.file)
            if outline is None or place.parameter in literal:
                continue
            part = outline.owner.get(place.line)
            if part is None:
                continue
            key = place.file, part.line
            lines = ran.setdefault(key, {})
            _, began = self.reading.calls.get((place.module, part.name), (0, spot.first))
            order[key] = min(order.get(key, began), began, spot.first)
            if place.stands and place.line != part.line:
                # Where ways join, a row a name stands at the branch: how often it ran, these do not say.
                count = 0 if place.names and joins(place) else spot.count
                lines[place.line] = max(lines.get(place.line, 0), count)
        found = sorted(ran, key=lambda key: (order[key], key))
        return tuple(self._routine(path, line, ran[path, line]) for path, line in found)

    def _routine(self, path: str, line: int, ran: Mapping[int, int]) -> Routine:
        outline = self.outlines[path]
        part = next(part for part in outline.parts if part.line == line)
        module = self.modules.get(path, path)
        shown = self._is_shown(path, part.line)
        needed = [] if shown else outline.needed(part, ran)
        calls, _ = self.reading.calls.get((module, part.name), (0, 0))
        lines: list[Line] = []
        steps = 1 << 30
        for n in reversed(needed):  # what only holds others is as near as what follows it
            steps = self.near.get((path, n), steps)
            lines.append(Line(n, outline.text(n), ran.get(n, 0), steps))
        near = min((self.near.get((path, n), 1 << 30) for n in (*ran, line)), default=1 << 30)
        return Routine(
            module, part.name, part.head, line, calls, tuple(reversed(lines)), shown, near
        )

    def _is_shown(self, path: str, line: int) -> bool:
        return any(
            p.kind == "function" and p.path == path and p.line <= line <= p.end_line
            for p in self.parameters
        )

    def _value(self, spot: Spot) -> Value:
        place = spot.place
        name = "/".join(place.names) or place.kind
        if place.kind == "output":
            name = place.function.rpartition(".")[2] + "()"
        where = f"{place.module}:{place.line}" if self.several else str(place.line)
        constant = place.function == "<module>" and place.kind == "global"
        kind = next((type_of(text) for text in spot.texts if text is not None), "")
        name = name if constant else f"{name}@{where}"
        return Value(name, kind, spot.texts, spot.count, spot.distance)


def type_of(text: str) -> str:
    """The name of the type that a rendering is of; empty where it does not say."""
    if text.startswith("<"):
        return text[1:].partition(" ")[0].rstrip(">")
    try:
        return type(ast.literal_eval(text)).__name__ if len(text) < 200 else _begins(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "float" if text in ("nan", "inf", "-inf") else _begins(text)


def _begins(text: str) -> str:
    return {"[": "list", "(": "tuple", "{": "dict", "'": "str", '"': "str"}.get(text[:1], "")


def _head(parameter: Parameter) -> str:
    if parameter.kind != "function":
        return ""
    try:
        node = ast.parse(str(parameter.value)).body[0]
    except (SyntaxError, IndexError, ValueError):
        return ""
    return signature(node) if isinstance(node, Function) else ""


def _dedented(routine: Routine) -> str:
    """Its lines one by one, as far as each can be parsed alone, for the names in them."""
    rows = []
    for line in routine.lines:
        text = line.text.strip()
        rows.append(f"{text} pass" if text.endswith(":") else text)
    return "\n".join(row for row in rows if _parses(row))


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _notes(
    evaluation: Evaluation, graph: Graph | None, outlines: Mapping[str, Outline]
) -> list[str]:
    notes = []
    if evaluation.status != "ok":
        notes.append(f"the run ended by: {evaluation.status}")
    if graph is None:
        notes.append(
            "the graph of this run is not known, only values"
            if evaluation.trace is not None and evaluation.trace.values
            else "no trace of this run: values are not known"
        )
    elif not graph.complete:
        notes.append("the trace is incomplete: the run was too long to record all of it")
    if graph is not None and len(evaluation.cases) > 1:
        name = verdict.recorded(evaluation, graph, outlines)
        notes.append(f"values are those of {f'the case {name}' if name else 'one case'}")
    if graph is not None and graph.error:
        notes.append(f"ended by {graph.error}")
    return notes
