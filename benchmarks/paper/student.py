"""A server that stands for both models of BIG-Bench Hard: it computes its answers, and is no model.

As the student it solves what a few lines of code can solve (sorting words, counting things, truth
values), and gives the answer in words around it unless it is told the form. As the optimizer it
rewrites the extraction so that it takes the last word of the answer, and asks for the form. It
knows the forms of DSPy and TextGrad, too.

    python -m benchmarks.paper.student

prints its address and answers until it is interrupted.
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
    variables = re.findall(r"\b(answering|reasoning|instructed):(\w+)", text)
    if variables:
        return _suggested(variables[0][0], text)
    if "[[ ## proposed_instruction ## ]]" in text:
        return _fields(proposed_instruction=_FORM, proposed_prefix_for_output_field="Answer:")
    if "[[ ## answer ## ]]" in text:
        question = text.rpartition("[[ ## question ## ]]")[2].partition("\n\nRespond with")[0]
        return _fields(reasoning="That can be seen.", answer=_answer(question.strip(), text))
    if "<IMPROVED_VARIABLE>" in text:
        return f"<IMPROVED_VARIABLE>{_FORM}</IMPROVED_VARIABLE>"
    question = text.rpartition("Question: ")[2]
    question = re.split(r"\n(?:Answer|Reasoning):", question)[0].strip()
    return f"That can be seen. Answer: {_answer(question, text)}"


def _answer(question: str, text: str) -> str:
    return solved(question) if _FORM in text else f"It is {solved(question)}."


def _fields(**values: str) -> str:
    """An answer in the form in which DSPy asks for one."""
    rows = [f"[[ ## {name} ## ]]\n{value}" for name, value in values.items()]
    return "\n\n".join([*rows, "[[ ## completed ## ]]"])


def _suggested(module: str, text: str) -> str:
    """New values for what may change, whichever way they are asked for."""
    names = set(re.findall(rf"\b{module}:(\w+)", text))
    values: dict[str, str] = {}
    if "extract_answer" in names:
        values[f"{module}:extract_answer"] = _EXTRACTION
    if "SYSTEM" in names:
        values[f"{module}:SYSTEM"] = _FORM
    if "TEMPLATE" in names and not values:
        values[f"{module}:TEMPLATE"] = f"{_FORM}\nQuestion: {{question}}\nAnswer:"
    return json.dumps(
        {"reasoning": "The words round the answer.", "answer": "", "suggestion": values}
    )


if __name__ == "__main__":
    import threading

    from tests.model_server import ModelServer

    with ModelServer(reply) as server:
        print(server.url, flush=True)
        threading.Event().wait()
