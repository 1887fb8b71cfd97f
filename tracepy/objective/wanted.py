"""What functions of the target are wanted to give: examples that the user's objective states.

They are read, never run: the lines of a data set that the search is judged by (what `--validation`
holds out is not among them), assertions in tests that compare a call with a value, what failing
assertions say, and doctests. Of tests only those count that the baseline has as cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.evaluation.records import Evaluation
from tracepy.objective.examples import sheets
from tracepy.objective.record import Objective
from tracepy.objective.wanted_doctests import in_docstrings
from tracepy.objective.wanted_tests import in_failures, in_tests
from tracepy.transforms.source import Source

_MOST = 200  # of one function


@dataclass(frozen=True, slots=True)
class Example:
    """One call and what it should give. Values are plain data; nobody may change them.

    Attributes:
        function: `module:qualname`.
        args: The call's positional arguments.
        kwargs: Its keyword arguments.
        expected: What it should give.
    """

    function: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    expected: Any = None


def wanted(
    objective: Objective,
    baseline: Evaluation,
    originals: Mapping[str, Source],
    modules: Mapping[str, str],
    project: Path,
) -> tuple[Example, ...]:
    """The examples that an objective states, each once.

    Args:
        objective: What judges the search.
        baseline: The verdict on the program as it stands: its cases are the tests that count.
        originals: The target's modules by absolute path.
        modules: The dotted name of each.
        project: What the tests' names are relative to.
    """
    found: dict[str, Example] = {}
    number: dict[str, int] = {}
    for example in _all(objective, baseline, originals, modules, project):
        key = repr((example.function, example.args, sorted(example.kwargs.items())))
        if key not in found and number.get(example.function, 0) < _MOST:
            found[key] = example
            number[example.function] = number.get(example.function, 0) + 1
    return tuple(found.values())


def _all(
    objective: Objective,
    baseline: Evaluation,
    originals: Mapping[str, Source],
    modules: Mapping[str, str],
    project: Path,
) -> Iterator[Example]:
    if objective.kind == "dataset":
        yield from _in_data(objective)
        return
    names = {modules[path]: _functions(source) for path, source in originals.items()}
    if objective.kind == "pytest":
        calls = [*in_tests(baseline, names, project), *in_failures(baseline, names)]
    elif objective.kind == "doctest":
        calls = [
            call
            for path, source in originals.items()
            for call in in_docstrings(source, modules[path], names[modules[path]])
        ]
    else:
        return
    for call, expected in calls:
        yield Example(call.function, call.args, call.kwargs, expected)


def _functions(source: Source) -> frozenset[str]:
    import ast

    return frozenset(node.name for node in source.tree.body if isinstance(node, ast.FunctionDef))


def _in_data(objective: Objective) -> Iterator[Example]:
    try:
        sheet = sheets(objective)[0]
    except UserError:  # the file is gone since the run began: nothing to learn from
        return
    if sheet.metric not in ("exact", "close"):
        return
    place = objective.spec["call"]
    name = f"{place['module']}:{place['function']}"
    for asked, expected in zip(sheet.inputs[:_MOST], sheet.expected, strict=False):
        args, kwargs = json.loads(asked)
        yield Example(name, tuple(args), kwargs, json.loads(expected))
