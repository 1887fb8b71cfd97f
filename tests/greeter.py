"""A server that stands for both models of `examples/greeting`: it answers by rules, and is no model.

    python -m tests.greeter

prints its address and answers until it is interrupted. As the shop's model it knows the language and
the name of a few messages, and says them in a sentence unless it is asked for the bare answer. As
the optimizer it writes the code that reads the language, the greeting, and the question for the
name, each only where the prompt names it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from typing import Any

from tests.model_server import ModelServer

LANGUAGE_OF = '''def language_of(reply: str) -> str:
    """The language that a reply names: es or en."""
    return "es" if "Spanish" in reply else "en"
'''
GREETING = '''def greeting(language: str, name: str) -> str:
    """A greeting in a language, es or en, for somebody with a name."""
    word = "Hola" if language == "es" else "Hello"
    return f"{word}, {name}!"
'''
NAME = "Say who wrote this: the name, and nothing else."


def reply(messages: Sequence[dict[str, Any]], tools: Any = None) -> str:
    """The answer to a request, whoever asks."""
    text = "\n".join(str(message["content"]) for message in messages)
    if "agent:" in text:
        return _suggested(text)
    question, _, message = text.rpartition("\n\n")
    if "language" in question:
        return "That is Spanish." if re.search("Hola|Buenos", message) else "That is English."
    name = (re.findall(r"\w+", message) or ["nobody"])[-1]
    return name if "nothing else" in question else f"It was {name}."


def _suggested(text: str) -> str:
    values = {"agent:language_of": LANGUAGE_OF, "agent:greeting": GREETING, "agent:NAME": NAME}
    suggestion = {name: value for name, value in values.items() if name in text}
    return json.dumps({"reasoning": "Each part is wrong.", "answer": "", "suggestion": suggestion})


if __name__ == "__main__":
    with ModelServer(reply) as server:
        print(server.url, flush=True)
        threading.Event().wait()
