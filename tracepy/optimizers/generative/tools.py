"""What a model may look up or try before it answers, in a bounded loop."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from typing import Any

from tracepy.errors import UserError
from tracepy.evaluation.records import Case, Evaluation
from tracepy.graph.levels import opened
from tracepy.graph.model import Graph
from tracepy.llm.records import Tool, ToolCall
from tracepy.optimizers.base import Task
from tracepy.optimizers.generative.answers import Applied, Suggestion
from tracepy.optimizers.generative.answers.depth import deeper
from tracepy.optimizers.generative.memory import said
from tracepy.optimizers.generative.prompt.fence import inline
from tracepy.optimizers.generative.start import Start
from tracepy.transforms.source import Source

_RESULT = 4000  # characters of what a tool gives
_NODES = 40
_VALUES = 20


def _schema(**properties: str) -> dict[str, Any]:
    found = {name: {"type": "string", "description": text} for name, text in properties.items()}
    return {"type": "object", "properties": found, "required": list(properties)}


TOOLS = (
    Tool(
        "open",
        "What ran in one call: its statements with their values. `name` is a function.",
        _schema(name="the function's name"),
    ),
    Tool(
        "values",
        "The values that a variable had, in order, with the lines that gave them.",
        _schema(name="the variable's name"),
    ),
    Tool(
        "source",
        "The source of a function, class or constant of the program.",
        _schema(name="its name"),
    ),
    Tool(
        "case",
        "All that is known of one case: whether it passes, and what it says.",
        _schema(name="the case's name"),
    ),
    Tool(
        "evaluate",
        "The value of a Python expression in the program's module as it stands.",
        _schema(expression="one expression, which may call the program's functions"),
    ),
    Tool(
        "try",
        "Judges a suggestion before you answer with it: the score, and what fails.",
        {
            "type": "object",
            "properties": {
                "suggestion": {
                    "type": "object",
                    "description": "as in the answer: parameter name to new source or value",
                }
            },
            "required": ["suggestion"],
        },
    ),
)


class Toolbox:
    """The tools, on one program.

    Args:
        task: The run's task.
        start: The program.
        apply: Makes sources of a suggestion.

    Attributes:
        better: What was tried and is better than the program, the best of it.
    """

    def __init__(self, task: Task, start: Start, apply: Callable[[Suggestion], Applied]) -> None:
        self._task = task
        self._start = start
        self._apply = apply
        self._graph: Graph | None = None
        self._best = task.value(start.evaluation)
        self.better: tuple[Applied, dict[str, Any]] | None = None

    def call(self, asked: ToolCall) -> str:
        """What a tool gives, in words and bounded; never an exception for what a model wrote."""
        found = {
            "open": self._open,
            "values": self._values,
            "source": self._source,
            "case": self._case,
            "evaluate": self._evaluate,
            "try": self._try,
        }.get(asked.name)
        if found is None:
            known = ", ".join(tool.name for tool in TOOLS)
            return f"there is no tool {inline(asked.name, 80)}; there are: {known}"
        if deeper(asked.arguments):
            return f"the arguments of {asked.name} are nested too deeply"
        try:
            arguments = json.loads(asked.arguments or "{}")
        except (ValueError, RecursionError):
            return f"the arguments of {asked.name} are not JSON"
        if not isinstance(arguments, dict):
            return f"the arguments of {asked.name} must be a JSON object"
        try:
            return _bounded(found(arguments))
        except KeyError as error:
            return f"{asked.name} needs the argument {error}"
        except UserError as error:
            return _bounded(str(error))
        except RecursionError:
            return f"the arguments of {asked.name} are nested too deeply"

    def _open(self, given: Mapping[str, Any]) -> str:
        name, graph = str(given["name"]), self._recorded()
        if graph is None:
            return "nothing was recorded of this program"
        short = name.rpartition(":")[2]
        calls = [
            row
            for row in graph.nodes.rows()
            if (place := graph.nodes.columns.places[graph.nodes.columns.place[row]]).kind == "call"
            and place.function in (short, name)
        ]
        owners = {graph.nodes.columns.call[row] for row in graph.nodes.rows()}
        begun = [row for row in calls if row in owners]
        if not begun:
            return f"no call of {short} is in what was recorded"
        parts = []
        for row in begun[:2] + begun[2:][-1:]:
            part = opened(graph, "call", graph.nodes.id_of(row))
            parts.append(part.to_text(limit=_NODES))
        return f"{len(begun)} calls were recorded\n" + "\n".join(parts)

    def _values(self, given: Mapping[str, Any]) -> str:
        name, graph = str(given["name"]), self._recorded()
        if graph is None:
            return "nothing was recorded of this program"
        columns, found = graph.nodes.columns, []
        for row in graph.nodes.rows():
            place = columns.places[columns.place[row]]
            if name in place.names and (value := columns.shown(row)) is not None:
                found.append(f"line {place.line}: {value}")
        if not found:
            return f"no value of {name} was recorded"
        left = len(found) - _VALUES
        if left > 0:
            half = _VALUES // 2
            found = [*found[:half], f"({left} more)", *found[-half:]]
        return "\n".join(found)

    def _source(self, given: Mapping[str, Any]) -> str:
        name = str(given["name"])
        module, _, qualname = name.rpartition(":")
        for path in self._task.originals:
            if module and self._task.modules[path] != module:
                continue
            source = self._task.source(path, self._start.sources)
            found = _defined(source, qualname)
            if found is not None:
                return found
        return f"the program has no {name}"

    def _case(self, given: Mapping[str, Any]) -> str:
        name = str(given["name"])
        cases = self._start.evaluation.cases
        found = [case for case in cases if name in (case.name, case.name.rpartition("::")[2])]
        if not found:
            shown = ", ".join(case.name for case in cases[:_VALUES])
            return f"there is no case {name}; there are {len(cases)}: {shown}"
        return "\n".join(map(_told, found))

    def _evaluate(self, given: Mapping[str, Any]) -> str:
        text = str(given["expression"])
        if self._task.trials is None:
            return "nothing can be run here"
        path = self._start.parameters[0].path
        whole = {
            file: self._task.source(file, self._start.sources).text for file in self._task.originals
        }
        return self._task.trials.expression(whole, path, text)

    def _try(self, given: Mapping[str, Any]) -> str:
        values = given["suggestion"]
        if not isinstance(values, dict) or not values:
            return "suggestion must be an object: parameter name to new source or value"
        if self._task.trials is None:
            return "nothing can be run here"
        applied = self._apply(Suggestion("", "", values, ()))
        if applied.problems:
            return " ".join(applied.problems)
        verdict = self._task.trials.judge(applied.sources)
        if verdict is None:
            return "the budget of evaluations is used up: answer now"
        value = self._task.value(verdict)
        if value > self._best:
            self._best = value
            self.better = applied, dict(values)
        return f"score {_score(verdict)}, before {_score(self._start.evaluation)}\n{said(verdict)}"

    def _recorded(self) -> Graph | None:
        if self._graph is None and self._start.evaluation.graph is not None:
            self._graph = Graph.from_json(self._start.evaluation.graph)
        return self._graph


def _defined(source: Source, qualname: str) -> str | None:
    """The text of what a module defines under a name; None where it does not."""
    body: list[ast.stmt] = list(source.tree.body)
    *outer, last = qualname.split(".")
    for part in outer:
        inner = [
            n for n in body if isinstance(n, ast.ClassDef | ast.FunctionDef) and n.name == part
        ]
        if not inner:
            return None
        body = list(inner[-1].body)
    for node in body:
        names = {getattr(node, "name", None)}
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        if last in names:
            return ast.get_source_segment(source.text, node)
    return None


def _told(case: Case) -> str:
    state = "passes" if case.score >= 1 else f"scores {case.score:g}"
    return f"{case.name} {state}\n{case.text}"


def _score(evaluation: Evaluation) -> str:
    return "none" if evaluation.score is None else f"{evaluation.score:.6g}"


def _bounded(text: str) -> str:
    if len(text) <= _RESULT:
        return text
    half = _RESULT // 2
    return f"{text[:half]}\n... {len(text) - _RESULT} characters left out ...\n{text[-half:]}"
