"""Calls of models as people read them: what was said, part by part, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tracepy.words import count, duration, money, one_line, size

if TYPE_CHECKING:
    from tracepy.store import ModelCall, Spent


def facts(call: ModelCall) -> str:
    """The model, the tokens, the cost and the time of a call, on one line."""
    cost = "cost unknown" if call.cost is None else f"${call.cost:.4f}"
    tokens = f"{call.prompt_tokens:,} + {call.completion_tokens:,} tokens"
    return f"{one_line(call.model)}  {tokens}  {cost}  {duration(call.seconds)}"


def bill(spent: Mapping[str, Spent]) -> str:
    """What a run's models took, on one line; empty where none was asked.

    Args:
        spent: What each of them took, by its name.
    """
    if not spent:
        return ""
    calls = sum(one.calls for one in spent.values())
    tokens = sum(one.prompt_tokens + one.completion_tokens for one in spent.values())
    return f"{count(calls, 'call')}, {count(tokens, 'token')}, {cost(spent)}"


def cost(spent: Mapping[str, Spent]) -> str:
    """What a run's models cost: `$0.12`, `cost unknown`, or what is known and what is not."""
    known = [one.cost for one in spent.values() if one.cost is not None]
    unknown = [one_line(name) for name, one in spent.items() if one.cost is None]
    if not unknown:
        return money(sum(known))
    if not known:
        return "cost unknown"
    return f"{money(sum(known))} and what is not known: the price of {', '.join(unknown)}"


def prompt(call: ModelCall) -> list[tuple[str, str]]:
    """All that was sent, as (head, text); pictures as their kind and size."""
    sent = read(call.prompt)
    if not isinstance(sent, dict):
        return [("prompt", call.prompt)]
    parts = [part for message in sent.get("messages", ()) for part in _message(message)]
    if sent.get("tools"):
        parts.append(("tools", json.dumps(sent["tools"], indent=2)))
    if sent.get("json"):
        parts.append(("format", "one JSON object"))
    return parts


def answer(call: ModelCall) -> list[tuple[str, str]]:
    """All that was answered, as (head, text)."""
    said = read(call.answer)
    if not isinstance(said, dict):
        return [("answer", call.answer)]
    head = (f"answer ({ended(call)})", said.get("text", ""))
    return [head, *((f"calls {name}", given) for _, name, given in said.get("calls", ()))]


def ended(call: ModelCall) -> str:
    """Why an answer ends where it does, in a word, or why there is none."""
    said = read(call.answer)
    if not isinstance(said, dict):
        return ""
    error = said.get("error")
    return f"{said.get('finish', '')}{f': {one_line(error)}' if error else ''}"


def read(text: str) -> Any:
    """What JSON says; text that is none is itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _message(message: dict[str, Any]) -> Iterator[tuple[str, str]]:
    content = message.get("content")
    parts: list[dict[str, Any]] = (
        content if isinstance(content, list) else [{"text": content or ""}]
    )
    texts = []
    for part in parts:
        url = part.get("image_url", {}).get("url")
        texts.append(part.get("text", "") if url is None else _picture(url))
    yield message.get("role", "message"), "\n".join(texts)
    for call in message.get("tool_calls", ()):
        yield f"calls {call['function']['name']}", call["function"]["arguments"]


def _picture(url: str) -> str:
    kind, _, data = url.removeprefix("data:").partition(";base64,")
    return f"[{kind}, {size(len(data) * 3 // 4)}]"
