"""The comparison with TextGrad (paper): a solution of a question is itself what is improved.

For each question the model thinks step by step; its answer is the parameter, in at most three
steps, of which none follows on a right one. What counts is the choice that most of the predictions
so far name, of equals the latest. `step 0` is chain of thought alone. Data: `choices.py`.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.paper import bbh, ours
from benchmarks.paper.choices import LETTERS, questions
from benchmarks.paper.domain import Asked, Domain, Found, Method
from benchmarks.paper.solver import reply

_PROGRAM = Path(__file__).parent / "programs" / "solution.py"
_STEPS = 3
_TOKENS = 16_383  # of a solution, as in the paper's script
_SYSTEM = (
    "Answer a question with four choices. Think step by step. The last line is 'Answer: ' and the "
    "letter of one choice."
)
_JUDGE = """import re

import solution


def judged():
    ended = solution.solution().rpartition("Answer:")[2]
    right = re.match(r"\\W*{right}\\b", ended) is not None
    return float(right), "Make the solution more correct."
"""
# The paper's values: optoprime, TextGrad in Trace.
_PUBLISHED = {
    "mmlu_machine_learning": ("MMLU, machine learning", 0.866, 0.863),
    "mmlu_college_physics": ("MMLU, college physics", 0.941, 0.933),
    "gpqa": ("Google-proof QA, diamond", 0.596, 0.540),
}


def prediction(solution: str) -> str:
    """The letter that a solution ends in; empty where there is none."""
    found = re.match(rf"\W*([{LETTERS}])\b", solution.rpartition("Answer:")[2])
    return found[1] if found else ""


def majority(predictions: Sequence[str]) -> str:
    """The letter that most of the predictions name, of equals the latest; empty where none does."""
    counted = Counter(one for one in reversed(predictions) if one)
    return counted.most_common(1)[0][0] if counted else ""


def _ours(asked: Asked, task: str, **options: Any) -> Found:
    rows = questions(task)[: 6 if asked.quick else None]
    with ours.student(asked, reply):
        model = _model()
        runs = [_solved(asked, row, number, model, options) for number, row in enumerate(rows)]
    shares = [
        sum(majority(run[: step + 1]) == row["target"] for run, row in zip(runs, rows, strict=True))
        / len(rows)
        for step in range(asked.steps + 1)
    ]
    facts = {"questions": len(rows), "predictions": ["".join(one or "-" for one in run) for run in runs]}  # fmt: skip
    last = [
        sum(run[: step + 1][-1] == row["target"] for run, row in zip(runs, rows, strict=True))
        / len(rows)
        for step in range(asked.steps + 1)
    ]
    return Found({"test": list(shares), "last": list(last)}, facts)


def _solved(
    asked: Asked, row: Mapping[str, str], number: int, model: Any, options: Mapping[str, Any]
) -> list[str]:
    """What a solution says at first, and after each step."""
    first = model.ask(f"Question: {row['input']}", _SYSTEM, _TOKENS)
    found = [prediction(first)]
    if not options or found == [row["target"]]:
        return found
    with ours.folder() as place:
        text = _PROGRAM.read_text("utf-8").replace(
            'SOLUTION = ""', f"SOLUTION = {json.dumps(first)}"
        )
        judge = _JUDGE.format(right=row["target"])
        ours.project(place, {"solution.py": text, "judge.py": judge})
        target = place / "solution.py"
        one = replace(asked, method=f"{asked.method} question {number}")  # a recording of its own
        ran = ours.optimized(
            one, target, reply, objective="judge:judged", goal=1.0,
            context=f"The solution answers this question:\n{row['input']}",
            **ours.bounds(asked, options["optimizer"]), **options,
        )  # fmt: skip
        for each in ran.rows[1 : asked.steps + 1]:
            if each.sources:
                found.append(prediction(_value(each.sources[str(target)])))
            if each.score == 1.0:
                break
    return found


def _model() -> Any:
    """The module that asks the program's model."""
    spec = importlib.util.spec_from_file_location("model", bbh.EXAMPLE / "model.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _value(program: str) -> str:
    """The solution that stands in a program."""
    for line in ast.parse(program).body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "SOLUTION":
            return str(ast.literal_eval(line.value))
    return ""


def domain(task: str) -> Domain:
    """The domain of a task."""
    title, optoprime, inside = _PUBLISHED[task]
    trained = ("optoprime", "optoprime no memory", "opro", "textgrad", "hybrid")
    return Domain(
        name=task,
        title=f"TextGrad's comparison, {title}: share of right answers",
        methods={
            "chain of thought": Method(partial(_ours, task=task), asks=True, once=True),
            **{
                name: Method(
                    partial(_ours, task=task, **ours.WAYS[name]), asks=True, packages=("litellm",)
                )
                for name in trained
            },
        },
        seeds=tuple(range(5)),
        steps=_STEPS,
        quick=(1, _STEPS),
        curves={"test": "majority of the predictions", "last": "last iterate"},
        at=(0, _STEPS),
        published={"optoprime": {_STEPS: optoprime}, "textgrad": {_STEPS: inside}},
        least=False,
        note="The right letter decides when a solution is done, as in the paper's protocol. The "
        "paper's values are of GPT-4o-2024-08-06; textgrad is TextGrad's method in Trace. The first "
        "answer is that of STUDENT_MODEL, which a fair run sets to the model that improves.",
    )
