"""What a run asked its models, word for word, and what it was answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from tracepy.cli import screen
from tracepy.errors import UserError

if TYPE_CHECKING:
    from tracepy.store import ModelCall, Run


def show_all(run: Run, calls: Sequence[ModelCall], as_json: bool) -> None:
    """A line for each call."""
    if as_json:
        click.echo(json.dumps([_object(call) for call in calls], indent=2, allow_nan=False))
        return
    if not calls:
        screen.say(f"run {run.id} asked no model")
    for call in calls:
        screen.say(f"{call.number:>5}  {_facts(call)}  {_ended(_json(call.answer))}".rstrip())


def show_one(run: Run, calls: Sequence[ModelCall], number: int, as_json: bool) -> None:
    """One call: all that was sent, as it was sent, and the answer.

    Raises:
        UserError: the run has no such call.
    """
    call = next((call for call in calls if call.number == number), None)
    if call is None:
        has = f"calls 0 to {calls[-1].number}" if calls else "no calls of a model"
        raise UserError(f"run {run.id} has no call {number}: it has {has}")
    if as_json:
        click.echo(json.dumps(_object(call), indent=2, allow_nan=False))
        return
    screen.say(click.style(f"call {call.number}  {_facts(call)}", dim=True))
    prompt = _json(call.prompt)
    if not isinstance(prompt, dict):
        _part("prompt", call.prompt)
    else:
        for message in prompt.get("messages", ()):
            _message(message)
        if prompt.get("tools"):
            _part("tools", json.dumps(prompt["tools"], indent=2))
        if prompt.get("json"):
            _part("format", "one JSON object")
    answer = _json(call.answer)
    if not isinstance(answer, dict):
        _part("answer", call.answer)
        return
    _part(f"answer ({_ended(answer)})", answer.get("text", ""))
    for _, name, arguments in answer.get("calls", ()):
        _part(f"calls {name}", arguments)


def _message(message: dict[str, Any]) -> None:
    content = message.get("content")
    texts = []
    parts: list[dict[str, Any]] = (
        content if isinstance(content, list) else [{"text": content or ""}]
    )
    for part in parts:
        url = part.get("image_url", {}).get("url")
        texts.append(part.get("text", "") if url is None else _picture(url))
    _part(message.get("role", "message"), "\n".join(texts))
    for call in message.get("tool_calls", ()):
        _part(f"calls {call['function']['name']}", call["function"]["arguments"])


def _picture(url: str) -> str:
    kind, _, data = url.removeprefix("data:").partition(";base64,")
    return f"[{kind}, {screen.size(len(data) * 3 // 4)}]"


def _part(head: str, text: str) -> None:
    screen.say(click.style(f"\n--- {head} ---", bold=True))
    if text:
        screen.say(text)


def _facts(call: ModelCall) -> str:
    cost = "cost unknown" if call.cost is None else f"${call.cost:.4f}"
    tokens = f"{call.prompt_tokens:,} + {call.completion_tokens:,} tokens"
    return f"{call.model}  {tokens}  {cost}  {screen.duration(call.seconds)}"


def _ended(answer: Any) -> str:
    """Why an answer ends where it does, in a word, or why there is none."""
    if not isinstance(answer, dict):
        return ""
    error = answer.get("error")
    return f"{answer.get('finish', '')}{f': {screen.one_line(error)}' if error else ''}"


def _object(call: ModelCall) -> dict[str, Any]:
    kept = asdict(call)
    return {**kept, "prompt": _json(call.prompt), "answer": _json(call.answer)}


def _json(text: str) -> Any:
    """What JSON says; text that is none is itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
