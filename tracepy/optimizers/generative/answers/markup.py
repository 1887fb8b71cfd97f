"""Answers in tags: `<variable><name>…</name><value>…</value></variable>` and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPEN = re.compile(
    r"<variable\b(?P<rest>[^<>]{0,400}+(?:<\w{1,80}+>[^<>]{0,80}+)?+)>", re.IGNORECASE
)
_NAME = re.compile(r"""\bname\s*+=\s*+["'](?P<name>[^"']{1,300}+)["']""", re.IGNORECASE)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&amp;": "&"}


def variables(text: str) -> tuple[dict[str, str], bool]:
    """The values in tags by name, and whether the last of them is cut off."""
    found: dict[str, str] = {}
    lower = text.lower() if text.isascii() else text
    position = 0
    while (opening := _OPEN.search(lower, position)) is not None:
        end = lower.find("</variable>", opening.end())
        following = lower.find("<variable", opening.end())
        if end < 0:
            return found, True
        if 0 <= following < end:
            position = following  # one that was never closed
            continue
        body, position = text[opening.end() : end], end
        attribute = _NAME.search(text, opening.start(), opening.end())
        name = attribute["name"] if attribute else tagged(body, "name")
        value = tagged(body, "value")
        if name is not None:
            inner = body if attribute and value is None else value
            if inner is not None:
                found[name.strip()] = plain(inner)
    return found, False


def tagged(text: str, tag: str) -> str | None:
    """What stands between a tag and the last of its end, or None."""
    lower = text.lower() if text.isascii() else text
    start = lower.find(f"<{tag}>")
    end = lower.rfind(f"</{tag}>")
    return text[start + len(tag) + 2 : end] if 0 <= start < end else None


def improved(text: str) -> Iterator[str]:
    """What TextGrad's tag holds, last first."""
    start = text.rfind("<IMPROVED_VARIABLE>")
    end = text.find("</IMPROVED_VARIABLE>", start)
    if 0 <= start < end:
        yield plain(text[start + len("<IMPROVED_VARIABLE>") : end])


def plain(text: str) -> str:
    """A tag's text: CDATA taken off, entities read where the text was written with them."""
    body = text.strip()
    if body.startswith("<![CDATA[") and body.endswith("]]>"):
        return body[len("<![CDATA[") : -len("]]>")].strip("\r\n")
    if "&" in text and "<" not in text and ">" not in text:
        for entity, char in _ENTITIES.items():
            text = text.replace(entity, char)
    lines = text.strip("\r\n").rstrip()
    return lines if "\n" in lines else lines.strip()
