"""Between our records and JSON: what is sent, what is kept of it, and what came back.

The JSON of a question is canonical: equal questions have equal texts. It is what the store and a
recording hold, what `--replay` compares, and what is sent.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tracepy.llm.catalog import About
from tracepy.llm.records import Answer, Finish, Message, Request, ToolCall
from tracepy.llm.tokens import PER_IMAGE, PER_MESSAGE, PER_PROMPT

FINISHES: tuple[Finish, ...] = ("stop", "length", "tools", "refused", "failed", "unpaid")


@dataclass(frozen=True, slots=True)
class Sent:
    """A question as it is sent.

    Attributes:
        messages, tools: As OpenAI's interface has them, which is what litellm takes.
        json: Whether a JSON object is wished for.
        prompt: All of that as canonical JSON.
        images: How many pictures it has.
    """

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    json: bool
    prompt: str
    images: int

    def tokens(self, count: Callable[[str], int]) -> int:
        """What the prompt has in tokens, as far as one can count them from outside."""
        total = PER_PROMPT + PER_IMAGE * self.images
        for message in self.messages:
            total += PER_MESSAGE
            content = message["content"]
            for part in content if isinstance(content, list) else [{"text": content or ""}]:
                total += count(part.get("text", ""))
            if calls := message.get("tool_calls"):
                total += count(canonical(calls))
        return total + (count(canonical(self.tools)) if self.tools else 0)


def sent(request: Request, about: About, scrub: Callable[[str], str]) -> Sent:
    """A question as a model is asked it: pictures and tools only where it takes them, no keys."""
    messages = [_message(message, about.sees, scrub) for message in request.messages]
    tools = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": scrub(tool.description),
                "parameters": dict(tool.parameters),
            },
        }
        for tool in (request.tools if about.calls_tools else ())
    ]
    question: dict[str, Any] = {"messages": messages}
    if tools:
        question["tools"] = tools
    wished = request.json and about.json
    if wished:
        question["json"] = True
    images = sum(len(message.images) for message in request.messages) if about.sees else 0
    return Sent(messages, tools, wished, canonical(question), images)


def _message(message: Message, sees: bool, scrub: Callable[[str], str]) -> dict[str, Any]:
    text = clean(scrub(message.text))
    content: Any = text
    if message.images and sees:
        content = [{"type": "text", "text": text}] if text else []
        for image in message.images:
            data = base64.b64encode(image.data).decode()
            url = f"data:{image.kind};base64,{data}"
            content.append({"type": "image_url", "image_url": {"url": url}})
    made: dict[str, Any] = {"role": message.role, "content": content}
    if message.calls:
        made["content"] = text or None
        made["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": clean(scrub(call.arguments))},
            }
            for call in message.calls
        ]
    if message.role == "tool":
        made["tool_call_id"] = message.call
    return made


def answer_json(answer: Answer, more: Mapping[str, Any]) -> str:
    """What is kept of an answer beside its columns, as canonical JSON."""
    kept: dict[str, Any] = {"finish": answer.finish}
    if answer.text or not answer.calls:
        kept["text"] = answer.text
    if answer.calls:
        kept["calls"] = [[call.id, call.name, call.arguments] for call in answer.calls]
    if answer.error:
        kept["error"] = answer.error
    return canonical({**kept, **{name: value for name, value in more.items() if value}})


def answer_of(text: str, columns: Answer) -> tuple[Answer, dict[str, Any]]:
    """The inverse of `answer_json`: the answer, with `columns` for the rest, and what was `more`.

    Raises:
        ValueError: it is no such text.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("finish") not in FINISHES:
        raise ValueError("not an answer")
    calls = data.pop("calls", [])
    if not isinstance(calls, list) or any(
        not isinstance(call, list) or list(map(type, call)) != [str, str, str] for call in calls
    ):
        raise ValueError("not a call")
    parts = {name: data.pop(name, "") for name in ("finish", "text", "error")}
    if not all(isinstance(part, str) for part in parts.values()):
        raise ValueError("not a text")
    return replace(columns, calls=tuple(ToolCall(*call) for call in calls), **parts), data


def canonical(value: Any) -> str:
    """JSON that is equal for equal values; ASCII, so that no database and no editor changes it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def clean(text: str) -> str:
    """A text as it can be sent: lone surrogates, which UTF-8 lacks, are written out."""
    return text.encode("utf-8", "backslashreplace").decode()
