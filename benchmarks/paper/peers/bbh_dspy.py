"""DSPy on a task of BIG-Bench Hard: `question -> answer`, and COPRO on it; run by its own interpreter.

Reads JSON: `reasoning` (ChainOfThought, else Predict), `optimized`, `train` and `test` (rows with
`input` and `target`), and who answers. Prints what `found` of `main` holds.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dspy  # type: ignore[import-not-found, unused-ignore]
from dspy.teleprompt import COPRO  # type: ignore[import-not-found, unused-ignore]
from dspy.utils.exceptions import (  # type: ignore[import-not-found, unused-ignore]
    AdapterParseError,
)

_METRIC = Path(__file__).parents[3] / "examples" / "bbh" / "metric.py"


def _right() -> Any:
    spec = importlib.util.spec_from_file_location("metric", _METRIC)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def right(example: Any, given: Any, trace: Any = None) -> bool:
        """Whether an answer counts as right."""
        return bool(module.right(given.answer, example.answer))

    return right


def share(program: Any, rows: Sequence[Any], right: Any) -> float:
    """The share of right answers; one that cannot be read is wrong."""
    found = []
    for row in rows:
        try:
            found.append(right(row, program(question=row.question)))
        except AdapterParseError:
            found.append(False)
    return float(sum(found) / len(found))


def main(given: dict[str, Any]) -> dict[str, Any]:
    """The share before, after, and the instruction that it came to."""
    key = os.environ.get("STUDENT_API_KEY")  # a key of None would count as an empty one
    student = dspy.LM(
        given["student"], api_base=given["student_base"], cache=False, **({"api_key": key} if key else {})
    )  # fmt: skip
    dspy.configure(lm=student)
    kind = dspy.ChainOfThought if given["reasoning"] else dspy.Predict
    program, right = kind("question -> answer"), _right()
    sets = {
        name: [
            dspy.Example(question=row["input"], answer=row["target"]).with_inputs("question")
            for row in given[name]
        ]
        for name in ("train", "test")
    }
    found: dict[str, Any] = {"before": share(program, sets["test"], right)}
    if given["optimized"]:
        teacher = dspy.LM(given["model"], api_base=given["api_base"], cache=False)
        copro = COPRO(prompt_model=teacher, metric=right, **given["copro"])
        quiet = {"num_threads": 3, "display_progress": False, "display_table": 0}
        program = copro.compile(program, trainset=sets["train"], eval_kwargs=quiet)
        found["after"] = share(program, sets["test"], right)
        found["instruction"] = program.predictors()[0].signature.instructions
    return found


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
