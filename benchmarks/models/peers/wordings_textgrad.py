"""TextGrad on an instruction for three questions, asking over HTTP; run by its own interpreter.

python wordings_textgrad.py URL ROUNDS BREADTH

An instruction is a system prompt, as in TextGrad's own tutorial on optimizing prompts; a step makes
one new wording, so the breadth is of no use to it.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from typing import Any

import textgrad  # type: ignore[import-not-found, unused-ignore]
from textgrad.autograd.string_based_ops import (  # type: ignore[import-not-found, unused-ignore]
    StringBasedFunction,
)
from textgrad.engine import EngineLM  # type: ignore[import-not-found, unused-ignore]

from benchmarks.models.programs.answering import EXAMPLES

INSTRUCTION = "Given the field `question`, produce the field `answer`."


class Asking(EngineLM):  # type: ignore[misc, unused-ignore]
    """Asks an OpenAI-compatible server, without a cache."""

    model_string = "gpt-4o-mini"

    def __init__(self, url: str) -> None:
        self.url = f"{url}/chat/completions"

    def generate(self, prompt: str, system_prompt: str | None = None, **_: Any) -> str:
        """The model's answer."""
        messages = [
            {"role": "system", "content": system_prompt or self.system_prompt},
            {"role": "user", "content": prompt},
        ]
        body = json.dumps({"model": self.model_string, "messages": messages}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            answer: str = json.load(response)["choices"][0]["message"]["content"]
        return answer

    __call__ = generate


def main(url: str, rounds: int) -> None:
    """Improve the instruction; prints the share of right answers of the best."""
    engine = Asking(url)
    textgrad.set_backward_engine(engine, override=True)
    instruction = textgrad.Variable(
        INSTRUCTION, requires_grad=True, role_description="the instruction to a language model"
    )
    model = textgrad.BlackboxLLM(engine, instruction)
    optimizer = textgrad.TextualGradientDescent([instruction], engine=engine)

    def said(given: Any, expected: Any) -> str:
        return "right" if given.value == expected.value else f"wrong: {expected.value} was expected"

    loss = StringBasedFunction(said, "whether the answer is the expected one")
    best = 0.0
    for left in range(rounds, -1, -1):
        losses = []
        for question, answer in EXAMPLES:
            asked = textgrad.Variable(question, requires_grad=False, role_description="a question")
            expected = textgrad.Variable(
                answer, requires_grad=False, role_description="the expected answer"
            )
            losses.append(loss({"given": model(asked), "expected": expected}))
        best = max(best, sum(one.value == "right" for one in losses) / len(losses))
        if left:
            optimizer.zero_grad()
            textgrad.sum(losses).backward()
            optimizer.step()
    print(best)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
