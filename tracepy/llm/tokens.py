"""Tokens of a text, counted offline with the tokenizers that litellm brings along.

litellm itself is not imported, so that a replay counts as the run that it replays.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cache

from tracepy.llm.catalog import folder

# What is sent beside a message's text, and to begin the answer.
PER_MESSAGE, PER_PROMPT, PER_IMAGE = 5, 5, 2_000
_PIECE = 16_384  # characters; a tokenizer is not linear in a run of one letter
_SHORT = 4_096  # characters; longer texts are not kept to be counted once more
_KEPT = 16_384
_READING = threading.Lock()


class Counter:
    """Counts with one tokenizer; texts that were counted before are looked up."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self._known: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """Tokens of a text. Of a long one it may be a few more than the tokenizer's own count."""
        if len(text) > _SHORT:
            return self._long(text)
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[text] = _tokenizer(self.encoding)(text)
        return found

    def _long(self, text: str) -> int:
        count = _tokenizer(self.encoding)
        total = start = 0
        while start < len(text):
            end = start + _PIECE
            if end < len(text):
                line = text.rfind("\n", start, end)
                end = line if line > start else end
            total += count(text[start:end])
            start = end
        return total

    def load(self) -> None:
        """Have the tokenizer at hand: it takes a moment, which need not be the first count's."""
        _tokenizer(self.encoding)


def estimate(text: str) -> int:
    """About how many tokens a text has, where no tokenizer is at hand: a third of its bytes."""
    return -(-len(text.encode("utf-8", "replace")) // 3)


def _tokenizer(encoding: str) -> Callable[[str], int]:
    """What counts with an encoding; a thread that needs it while another reads it waits."""
    with _READING:
        return _read(encoding)


@cache
def _read(encoding: str) -> Callable[[str], int]:
    """What counts with an encoding: its file is one of litellm's, nothing is fetched."""
    where = folder()
    if where is None:
        return estimate
    files = where / "litellm_core_utils" / "tokenizers"
    if encoding == "deepseek":
        return _of_file(str(files / "deepseek_tokenizer.json"))
    os.environ["TIKTOKEN_CACHE_DIR"] = str(files)  # as litellm sets it
    import tiktoken

    try:
        found = tiktoken.get_encoding(encoding)
    except Exception:  # the file is not there, and what would be fetched is out of reach
        return estimate
    return lambda text: len(found.encode_ordinary(text))


def _of_file(path: str) -> Callable[[str], int]:
    from tokenizers import Tokenizer

    try:
        found = Tokenizer.from_file(path)
    except Exception:  # its own type: no such file
        return estimate
    return lambda text: len(
        found.encode(text.encode("utf-8", "replace").decode(), add_special_tokens=False).ids
    )
