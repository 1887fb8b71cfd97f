"""Tools in a conversation: by the provider's tool calls, or as JSON in the text where it has none."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tracepy.llm.records import Answer, Message, Tool, ToolCall
from tracepy.optimizers.generative.answers.depth import deeper
from tracepy.optimizers.generative.prompt.fence import block, label

MOST = 8
"""Tool calls in one conversation."""
ENOUGH = "No more tools now: answer with the JSON object that was asked for."

NO_ROOM = (
    "What the tools gave has no room in your context. Answer without tools, with the JSON object "
    "that was asked for."
)


def in_words(tools: Sequence[Tool]) -> str:
    """How tools are offered to a model that has no tool calls."""
    rows = []
    for tool in tools:
        names = ", ".join(tool.parameters.get("properties", {}))
        rows.append(f"- {tool.name}({names}): {tool.description}")
    return (
        "Before you answer you may look things up: answer with "
        '{"tool": "<name>", "arguments": {...}} alone, and you get what it gives.\n'
        + "\n".join(rows)
    )


def asked(answer: Answer) -> tuple[ToolCall, ...]:
    """The tools that an answer calls, in either form."""
    if answer.calls:
        return answer.calls
    text = answer.text.strip()
    if '"tool"' not in text or deeper(text):
        return ()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0].strip()
    start = text.find("{")
    try:
        found, _ = json.JSONDecoder().raw_decode(text[start:] if start >= 0 else text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(found, dict) or "suggestion" in found or "tool" not in found:
        return ()
    arguments = found.get("arguments")
    return (ToolCall("", str(found["tool"]), json.dumps(arguments if arguments else {})),)


def turns(answer: Answer, results: Sequence[tuple[ToolCall, str]]) -> list[Message]:
    """An answer that calls tools, and what they gave, as turns of the conversation.

    What they gave is a program's text as much as the model's: it stands between fences."""
    if answer.calls:
        said = Message("assistant", answer.text, calls=answer.calls)
        return [said, *(Message("tool", block(text), call=call.id) for call, text in results)]
    shown = "\n".join(f"{label(call.name, 80)} gives:\n{block(text)}" for call, text in results)
    return [Message("assistant", answer.text), Message("user", shown)]
