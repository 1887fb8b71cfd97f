"""A server that stands for both models where solutions are optimized: it adds, and is no model.

Of a question such as "What is 2 + 3?" it first takes the first choice; as the optimizer it takes
the choice that is the sum.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any


def reply(messages: Sequence[dict[str, Any]], tools: Any) -> str:
    """The answer to a request, whoever asks."""
    text = "\n".join(str(message["content"]) for message in messages)
    if "solution:SOLUTION" not in text:
        return "It may be the first.\nAnswer: A"
    solved = f"That is the sum.\nAnswer: {_letter(text)}"
    return json.dumps({"reasoning": "", "answer": "", "suggestion": {"solution:SOLUTION": solved}})


def _letter(text: str) -> str:
    asked = re.search(r"What is (\d+) \+ (\d+)\?", text)
    total = int(asked[1]) + int(asked[2]) if asked else None
    found = re.search(rf"\b([A-D])\) {total}\b", text)
    return found[1] if found else "A"
