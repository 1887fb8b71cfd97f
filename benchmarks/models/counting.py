"""Tokens of what is sent, by the tokenizers that come with litellm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tracepy.llm.tokens import Counter

ENCODINGS = ("cl100k_base", "o200k_base")
"""GPT-4's, which the paper used, and that of GPT-4o and later ones."""
_COUNTERS = {name: Counter(name) for name in ENCODINGS}


def count(text: str, encoding: str = ENCODINGS[1]) -> int:
    """Tokens of a text."""
    return _COUNTERS[encoding](text)


def spoken(body: Mapping[str, Any]) -> str:
    """What a request says: the texts of its messages, and the tools that it offers, as JSON."""
    texts = []
    for message in body["messages"]:
        content = message.get("content") or ""
        if not isinstance(content, str):
            content = "\n".join(part.get("text", "") for part in content)
        texts.append(content)
    if body.get("tools"):
        texts.append(json.dumps(body["tools"]))
    return "\n".join(texts)


def sent(body: Mapping[str, Any], encoding: str = ENCODINGS[1]) -> int:
    """Tokens of a request."""
    return count(spoken(body), encoding)
