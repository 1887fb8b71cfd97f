"""A server that stands for both models of BIG-Bench Hard: it computes its answers, and is no model.

As the student it solves what a few lines of code can solve (sorting words, counting things, truth
values), and gives the answer in words around it unless it is told the form. As the optimizer it
rewrites the extraction so that it takes the last word of the answer, and asks for the form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_FORM = "Only the answer itself stands behind Answer."
_EXTRACTION = '''def extract_answer(reply: str) -> str:
    """The answer that a reply of the model holds."""
    found = reply.rpartition("Answer:")[2].strip()
    return found.removeprefix("It is ").removesuffix(".")
'''


def solved(question: str) -> str:
    """The answer to a question; "I do not know" to most."""
    if question.startswith("Sort the following words alphabetically"):
        return " ".join(sorted(question.partition("List:")[2].split()))
    if "How many" in question:
        listed = question.partition("I have ")[2].partition(". How many")[0]
        items = re.split(r",? and |, ", listed)
        return str(sum(_NUMBERS.get(item.split()[0], 0) for item in items if item.split()))
    if re.fullmatch(r"[()\s]*(?:(?:True|False|not|and|or)[()\s]*)+is", question):
        return str(eval(question.removesuffix("is"), {}))
    return "I do not know"


def reply(messages: Sequence[dict[str, Any]], tools: Any) -> str:
    """The answer to a request, whoever asks."""
    text = "\n".join(str(message["content"]) for message in messages)
    variables = re.findall(r"\b(answering|reasoning):(\w+)", text)
    if variables:
        return _suggested(variables[0][0], text)
    question = text.rpartition("Question: ")[2]
    question = re.split(r"\n(?:Answer|Reasoning):", question)[0].strip()
    answer = solved(question)
    if _FORM not in text:
        answer = f"It is {answer}."
    return f"That can be seen. Answer: {answer}"


def _suggested(module: str, text: str) -> str:
    """New values for what may change, whichever way they are asked for."""
    names = set(re.findall(rf"\b{module}:(\w+)", text))
    values: dict[str, str] = {}
    if "extract_answer" in names:
        values[f"{module}:extract_answer"] = _EXTRACTION
    if "TEMPLATE" in names and not values:
        values[f"{module}:TEMPLATE"] = f"{_FORM}\nQuestion: {{question}}\nAnswer:"
    return json.dumps(
        {"reasoning": "The words round the answer.", "answer": "", "suggestion": values}
    )
