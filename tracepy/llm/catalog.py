"""What is known of a model before it is asked: read from the table that litellm brings along.

The file is read, litellm is not imported: that takes seconds, and a replay needs none of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WINDOW = 32_768  # tokens, of a model that nobody knows
ANSWER = 16_384  # the most that an answer may have, where the model can write as much
_CHATS = ("chat", "completion", "responses")


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars a token.

    Attributes:
        prompt, completion: Of each.
        cached: Of a prompt's token that the provider still had.
        long: From so many prompt tokens on, what all tokens of prompt and completion cost then.
    """

    prompt: float
    completion: float
    cached: float
    long: tuple[int, float, float] | None = None

    def cost(self, prompt: int, completion: int, cached: int = 0) -> float:
        """What a call costs, `cached` of its prompt's tokens being cheaper."""
        of_prompt, of_completion = self.prompt, self.completion
        if self.long is not None and prompt > self.long[0]:
            _, of_prompt, of_completion = self.long
        cheaper = min(cached, prompt) * max(of_prompt - self.cached, 0.0)
        return prompt * of_prompt + completion * of_completion - cheaper


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a model.

    Attributes:
        name: As litellm takes it.
        provider: Whose it is, as litellm calls them; empty where the name does not say.
        window: Tokens that a prompt may have, the answer's share taken off.
        answer: Tokens that an answer may have.
        known: Whether the table has it; what it has not is assumed.
        prices: None where they are not known.
        sees, calls_tools, json: Whether it takes pictures, tools, and the wish for a JSON object.
        encoding: Its tokenizer (`tracepy.llm.tokens`).
        exact: Whether that is its own, or one that counts about the same.
    """

    name: str
    provider: str = ""
    window: int = WINDOW - WINDOW // 4
    answer: int = WINDOW // 4
    known: bool = False
    prices: Prices | None = None
    sees: bool = False
    calls_tools: bool = False
    json: bool = False
    encoding: str = "o200k_base"
    exact: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, but for the prices, which a recording does not need."""
        return {name: value for name, value in asdict(self).items() if name != "prices"}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> About:
        """The inverse of `to_dict`. Raises TypeError where it is something else."""
        return cls(**data)


def about(name: str, api_base: str | None = None) -> About:
    """What is known of the model that a person calls `name`.

    Args:
        name: As for `--model`; with `api_base` and no provider in front, any name that the
            OpenAI-compatible server there knows.
        api_base: As for `--api-base`.
    """
    if api_base is not None and "/" not in name and name not in _table():
        name = f"openai/{name}"
    provider, _, bare = name.rpartition("/") if name.count("/") < 2 else name.partition("/")
    entry = _entry(name, provider, bare)
    if entry is None:
        return About(name, provider, encoding=_encoding(bare))
    window = _number(entry.get("max_input_tokens") or entry.get("max_tokens"), WINDOW)
    most = _number(entry.get("max_output_tokens") or entry.get("max_tokens"), window // 4)
    answer = max(1, min(most, ANSWER, window // 4))
    encoding = _encoding(bare)
    return About(
        name,
        provider or str(entry.get("litellm_provider", "")),
        window - answer,
        answer,
        True,
        _prices(entry),
        bool(entry.get("supports_vision")),
        bool(entry.get("supports_function_calling")),
        bool(entry.get("supports_response_schema")),
        encoding,
        entry.get("litellm_provider") in ("openai", "azure") or encoding == "deepseek",
    )


def _entry(name: str, provider: str, bare: str) -> dict[str, Any] | None:
    entry = _table().get(name)
    if entry is None:
        entry = _table().get(bare, {})
        if entry.get("litellm_provider") != provider:
            return None
    return entry if entry.get("mode", "chat") in _CHATS else None


def folder() -> Path | None:
    """Where litellm is installed; None where it is not. Does not import it."""
    spec = find_spec("litellm")
    places = None if spec is None else spec.submodule_search_locations
    return Path(places[0]) if places else None


@cache
def _table() -> dict[str, dict[str, Any]]:
    where = folder()
    if where is None:
        return {}
    try:
        text = (where / "model_prices_and_context_window_backup.json").read_bytes()
        return {name: entry for name, entry in json.loads(text).items() if name != "sample_spec"}
    except (OSError, ValueError, AttributeError):
        return {}


def _prices(entry: Mapping[str, Any]) -> Prices | None:
    prompt, completion = (entry.get(f"{kind}_cost_per_token") for kind in ("input", "output"))
    if prompt is None or completion is None:
        return None
    thinking = entry.get("output_cost_per_reasoning_token") or 0.0
    long = None
    for name, value in entry.items():
        match = re.fullmatch(r"input_cost_per_token_above_(\d+)k_tokens", name)
        if match and value:
            dearer = entry.get(name.replace("input", "output", 1)) or completion
            long = (1000 * int(match[1]), float(value), float(dearer))
    cached = entry.get("cache_read_input_token_cost")
    return Prices(
        float(prompt),
        max(float(completion), float(thinking)),
        float(prompt if cached is None else cached),
        long,
    )


def _encoding(name: str) -> str:
    """The tokenizer of OpenAI's families and of DeepSeek's; everybody else gets a modern one."""
    bare = name.rpartition("/")[2].lower()
    if bare.startswith("deepseek"):
        return "deepseek"
    if re.match(r"(gpt-4(?!o|\.|-o)|gpt-3\.5|gpt-35)", bare):
        return "cl100k_base"
    return "o200k_base"


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and value > 0 else otherwise
