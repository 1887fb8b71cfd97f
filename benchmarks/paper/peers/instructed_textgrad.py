"""TextGrad's own package on a system prompt, in the protocol of its tutorial; run by its own interpreter.

Reads JSON: `system` (the prompt to begin with), `batches` (one a step), `validation`, `test` (rows
with `input` and `target`), `metric` (of `instructed_metric`), and who answers. Prints the curves.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import litellm  # type: ignore[import-not-found, unused-ignore]
import textgrad  # type: ignore[import-not-found, unused-ignore]
from textgrad.autograd.string_based_ops import (  # type: ignore[import-not-found, unused-ignore]
    StringBasedFunction,
)
from textgrad.engine import EngineLM  # type: ignore[import-not-found, unused-ignore]

from benchmarks.paper.programs import instructed_metric

_THREADS = 4  # as many questions are asked at once
_ROLE = "a system prompt that says how a language model is to go about questions of a kind"


class Asking(EngineLM):  # type: ignore[misc, unused-ignore]
    """Asks a model, without a cache."""

    def __init__(self, model: str, base: str | None, key: str | None) -> None:
        self.model_string = model
        self._options = {"model": model, "api_base": base, "api_key": key}

    def generate(self, prompt: str, system_prompt: str | None = None, **_: Any) -> str:
        """The model's answer."""
        messages = [
            {"role": "system", "content": system_prompt or self.system_prompt},
            {"role": "user", "content": prompt},
        ]
        answer = litellm.completion(messages=messages, num_retries=3, **self._options)
        return answer.choices[0].message.content or ""

    __call__ = generate


def main(given: dict[str, Any]) -> dict[str, Any]:
    """Steps with validation: a prompt that does worse there than the one before is taken back."""
    teacher = Asking(given["model"], given["api_base"], None)
    student = Asking(given["student"], given["student_base"], os.environ.get("STUDENT_API_KEY"))
    textgrad.set_backward_engine(teacher, override=True)
    system = textgrad.Variable(given["system"], requires_grad=True, role_description=_ROLE)
    model = textgrad.BlackboxLLM(student, system)
    optimizer = textgrad.TextualGradientDescent([system], engine=teacher)
    right = getattr(instructed_metric, given["metric"])

    def judged(given: Any, expected: Any) -> str:
        return str(int(right(given.value, expected.value)))

    loss = StringBasedFunction(judged, "whether the prediction is the correct answer, 1 or 0")

    def share(rows: Sequence[dict[str, str]]) -> float:
        def one(row: dict[str, str]) -> float:
            return float(right(student(f"Question: {row['input']}", system.value), row["target"]))

        with ThreadPoolExecutor(_THREADS) as pool:
            return sum(pool.map(one, rows)) / len(rows)

    before, reached, reverts = share(given["test"]), share(given["validation"]), 0
    validation = [reached]
    for batch in given["batches"]:
        optimizer.zero_grad()
        losses = []
        for row in batch:
            question = textgrad.Variable(
                f"Question: {row['input']}", requires_grad=False, role_description="a question"
            )
            expected = textgrad.Variable(
                row["target"], requires_grad=False, role_description="the correct answer"
            )
            losses.append(loss({"given": model(question), "expected": expected}))
        textgrad.sum(losses).backward()
        known = system.value
        optimizer.step()
        now = share(given["validation"])
        if now < reached:
            system.set_value(known)
            reverts += 1
        else:
            reached = now
        validation.append(reached)
    after = share(given["test"])
    return {
        "before": before, "after": after, "validation": validation, "reverts": reverts,
        "system": system.value,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
