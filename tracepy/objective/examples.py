"""The examples of a data set: a JSON Lines file, one call and one case a line.

A line is an object: `args` (list) and `kwargs` (object), or `input`/`question` (the one
argument), and `expected`, `answer` or `target`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tracepy.errors import UserError
from tracepy.objective.record import Objective

_INPUTS = ("input", "question")
_EXPECTED = ("expected", "answer", "target")


def examples(file: Path) -> list[dict[str, Any]]:
    """The lines of a file. Raises UserError with the line that is wrong."""
    found = []
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file.name} cannot be read: {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{file.name}:{number}: not JSON: {error}") from error
        known = isinstance(row, dict) and any(key in row for key in _EXPECTED)
        if not known or not any(key in row for key in (*_INPUTS, "args", "kwargs")):
            raise UserError(
                f"{file.name}:{number}: an example needs input (or question, args, kwargs) "
                "and expected (or answer, target)"
            )
        found.append({**row, "name": str(row.get("name", f"line {number}"))})
    if not found:
        raise UserError(f"{file.name} holds no examples")
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """A data set as its judge has it. Values are JSON text: whoever needs one gets its own copy.

    Attributes:
        metric: `exact`, `contains`, `close`, or the module and name of a function.
        names: Of the cases.
        inputs: `[args, kwargs]` of each call.
        expected: What each call should give.
    """

    metric: str | dict[str, Any]
    names: tuple[str, ...]
    inputs: tuple[str, ...]
    expected: tuple[str, ...]

    @property
    def bounded(self) -> bool:
        """Whether no answer scores more than 1. A metric of the user's may give what it likes."""
        return isinstance(self.metric, str)


def files(objective: Objective) -> list[str]:
    """The files that hold what is expected."""
    judges = [objective, *(stage.objective for stage in objective.stages)]
    return [judge.spec["file"] for judge in judges if judge.kind == "dataset"]


def sheets(objective: Objective) -> dict[int, Sheet]:
    """The data sets that judge: number 0 is the objective's, n that of its n-th stage.

    Raises:
        UserError: a file is not there, or a line of it is wrong.
    """
    judges = [objective, *(stage.objective for stage in objective.stages)]
    files: dict[str, list[dict[str, Any]]] = {}
    found = {}
    for number, judge in enumerate(judges):
        if judge.kind == "dataset":
            file = judge.spec["file"]
            rows = files[file] = files.get(file) or examples(Path(file))
            found[number] = _sheet(judge, rows)
    return found


def _sheet(objective: Objective, rows: Sequence[dict[str, Any]]) -> Sheet:
    spec = objective.spec
    if "rows" in spec:
        rows = [rows[index] for index in spec["rows"] if index < len(rows)]
    inputs = []
    for row in rows:
        args = row.get("args", [row[key] for key in _INPUTS if key in row][:1])
        inputs.append(json.dumps([args, row.get("kwargs", {})]))
    expected = [json.dumps(next(row[key] for key in _EXPECTED if key in row)) for row in rows]
    names = tuple(row["name"] for row in rows)
    return Sheet(spec["metric"], names, tuple(inputs), tuple(expected))


def asked(objective: Objective, known: Mapping[int, Sheet], *, told: bool = False) -> Objective:
    """The objective as workers get it: with the questions of its data sets, not the answers.

    Args:
        objective: The whole of it.
        known: Its data sets.
        told: Whether they get the answers as well, since they have to judge themselves.
    """
    judges = [objective, *(stage.objective for stage in objective.stages)]
    for number, sheet in known.items():
        spec = {
            "call": judges[number].spec["call"],
            "metric": sheet.metric,
            "names": sheet.names,
            "inputs": sheet.inputs,
        }
        spec |= {"expected": sheet.expected} if told else {}
        judges[number] = replace(judges[number], spec=spec)
    stages = tuple(
        replace(stage, objective=judge)
        for stage, judge in zip(objective.stages, judges[1:], strict=True)
    )
    return replace(judges[0], stages=stages)
