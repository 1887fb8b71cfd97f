"""A model that works problems out from what it is shown, and only from that.

It reads the prompt as a language model would: the code of a numerical problem, the variable, the
feedback. Where the code is masked it can only go where the feedback points.
"""

from __future__ import annotations

import json
import re
from typing import Any

Messages = list[dict[str, Any]]


def section(text: str, name: str) -> str:
    """What stands below a heading, up to the next one; empty where there is none."""
    found = re.search(rf"^#{name}\n(.*?)(?=^#[A-Z][a-z]+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def user(messages: Messages) -> str:
    """The problem, as a text."""
    content = next(one["content"] for one in messages if one["role"] == "user")
    return content if isinstance(content, str) else str(content[0]["text"])


def code(text: str) -> str:
    """The program that #Code shows, as Python; empty where it shows none."""
    lines = []
    for line in section(text, "Code").splitlines():
        found = re.match(r"\d+ ?(.*?)(?:  # \d+x)?$", line)
        if found:
            lines.append(found[1])
    return "\n".join(lines)


def answer(**suggestion: Any) -> str:
    """An answer in the contract's form; `__` in a name stands for its colon."""
    values = {name.replace("__", ":"): value for name, value in suggestion.items()}
    return json.dumps({"reasoning": "worked out", "answer": "", "suggestion": values})


def number(messages: Messages, tools: Any = None) -> str:
    """Solves for the one number of a problem whose score is highest where it is right."""
    text = user(messages)
    found = re.search(r"^\(float\) (\S+):(\w+)=(\S+)$", text, re.MULTILINE)
    if found is None:
        return "I cannot see a variable."
    module, name, now = found[1], found[2], float(found[3])
    shown = code(text)
    if shown:
        best = _best(shown, name, constants(text))
    else:
        feedback = section(text, "Feedback")
        best = now + (0.1 if "larger" in feedback else -0.1)
    return answer(**{f"{module}__{name}": round(best, 6)})


def constants(text: str) -> dict[str, float]:
    """Numbers that the documentation tells of, which the code only names."""
    found = re.findall(r"^\[\w+\] (\w+) = (-?[\d.e+-]+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def _best(source: str, name: str, known: dict[str, float]) -> float:
    """The value at which the first function of a program gives most, of a fine grid."""
    first = re.search(r"def (\w+)\(", source)
    assert first is not None
    space: dict[str, Any] = {"Feedback": lambda score, _: score, **known}
    exec(source, space)

    def score(value: float) -> float:
        space[name] = value
        found = space[first[1]]()
        return float(found[0] if isinstance(found, tuple) else found)

    return max((index / 100 for index in range(-1000, 1001)), key=score)
