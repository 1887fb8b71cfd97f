"""From the text of an answer to a suggestion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracepy.optimizers.generative.answers import markup, patches
from tracepy.optimizers.generative.answers.blocks import Block, fenced, without_thoughts
from tracepy.optimizers.generative.answers.code import definitions
from tracepy.optimizers.generative.answers.depth import deeper
from tracepy.optimizers.generative.answers.names import listed, shown
from tracepy.optimizers.generative.answers.objects import Objects, whole
from tracepy.optimizers.generative.answers.records import Replacement, Suggestion, Unreadable

LIMIT = 500_000
"""Characters of an answer that are read."""

_WANTED = (
    'answer with one JSON object: {"reasoning": "…", "answer": "…", '
    '"suggestion": {"<parameter>": "<new source or value>"}}'
)
_TERMINATE = re.compile(r"\bTERMINATE\b")
_PYTHON = ("", "python", "py", "python3")


def read(text: str, names: Sequence[str]) -> Suggestion:
    """What an answer suggests.

    Read are, first to last: an object with a suggestion (the last of them), variables in tags,
    search/replace blocks, diffs, and blocks of Python that define parameters.

    Args:
        text: The answer, whatever it is.
        names: The parameters' names.

    Returns:
        The suggestion; an empty one (it is false) where the model wants no change.

    Raises:
        Unreadable: nothing can be taken from it; the message tells the model why.
    """
    if len(text) > LIMIT:
        raise Unreadable(
            f"Your answer has {len(text):,} characters, and at most {LIMIT:,} are read: {_WANTED}."
        )
    body = without_thoughts(text)
    if not body.strip():
        cut = bool(text.strip())
        raise Unreadable(
            f"Your answer {'was cut off while you thought' if cut else 'is empty'}: {_WANTED}."
        )
    if deeper(body):
        raise Unreadable(f"Your answer is nested too deeply to be read: {_WANTED}.")
    objects = Objects(body, names)
    if objects.suggestion is not None:
        found = _from_object(objects.suggestion, names, cut=objects.cut)
        if found or not objects.cut:
            return found or _with_blocks(found, body)
        raise Unreadable(
            "Your answer was cut off before a new value was complete: answer more briefly, with "
            "the changed parameters only."
        )
    other = _from_text(body, names, objects.prose)
    if other is not None:
        return other
    raise Unreadable(_why(body, names, objects))


def _from_object(found: Mapping[str, Any], names: Sequence[str], *, cut: bool) -> Suggestion:
    lower = {key.lower(): value for key, value in found.items()}
    given = lower.get("suggestion", lower.get("suggestions"))
    values: dict[str, object] = {}
    edits: list[Replacement] = []
    for name, value in _pairs(given, names):
        if isinstance(value, str):
            replacements, _, open_ = patches.blocks(value, name)
            if open_:
                continue
            replacements = replacements or _diff(value, name)
            if replacements:
                edits += replacements
                continue
        values[name] = value
    return Suggestion(
        _text(lower.get("reasoning")), _text(lower.get("answer")), values, tuple(edits), cut
    )


def _pairs(given: Any, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Names and values, whatever shape they are given in."""
    if isinstance(given, str):
        text = given.strip()
        if not text or text.upper().strip(".") in ("TERMINATE", "NONE", "NO CHANGE", "{}"):
            return
        inner = whole(text)
        if inner is not None and text.startswith("{"):
            yield from _pairs(inner, names)
        elif len(names) == 1:
            yield names[0], given
        else:
            found = definitions(given, names)
            if not found:
                raise Unreadable(
                    'The "suggestion" must be an object with a key for each parameter that changes: '
                    f"{listed(names)}."
                )
            yield from found.items()
    elif isinstance(given, Mapping):
        for name, value in given.items():
            yield str(name), value
    elif isinstance(given, list | tuple):
        for item in given:
            if isinstance(item, Mapping) and isinstance(item.get("name"), str) and "value" in item:
                yield item["name"], item["value"]
            elif isinstance(item, Mapping):
                yield from _pairs(item, names)
            else:
                raise Unreadable(
                    'The "suggestion" must be an object {"<parameter>": "<new source or value>"}, '
                    "not a list."
                )
    elif given is not None:
        raise Unreadable(
            'The "suggestion" must be an object {"<parameter>": "<new source or value>"}, '
            f"not `{shown(given)}`."
        )


def _diff(value: str, name: str) -> list[Replacement]:
    text = value.strip()
    return patches.diffs(text, name) if text.startswith(("@@", "--- ", "```diff", "diff ")) else []


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def _with_blocks(found: Suggestion, body: str) -> Suggestion:
    """An empty suggestion with the search/replace blocks that stand beside it."""
    edits, _, open_ = patches.blocks(body)
    if open_:
        raise Unreadable(_CUT_BLOCK)
    return Suggestion(found.reasoning, found.answer, {}, tuple(edits)) if edits else found


_CUT_BLOCK = (
    "Your answer was cut off within a search/replace block: answer more briefly, and end each "
    "block with `>>>>>>> REPLACE`."
)


def _from_text(body: str, names: Sequence[str], prose: Mapping[str, Any]) -> Suggestion | None:
    """What stands in an answer without an object: tags, patches, code."""
    lower = {key.lower(): value for key, value in prose.items()}
    reasoning = _text(lower.get("reasoning")) or markup.tagged(body, "reasoning") or ""
    answer = _text(lower.get("answer"))
    tags, cut = markup.variables(body)
    if tags:
        inner = _from_object({"suggestion": tags}, names, cut=cut)
        return Suggestion(reasoning.strip(), answer, inner.values, inner.edits, cut)
    edits, rest, open_ = patches.blocks(body)
    if open_ and not edits:
        raise Unreadable(_CUT_BLOCK)
    if edits:
        return Suggestion(reasoning or rest.strip()[:4000], answer, {}, tuple(edits), open_)
    for text in markup.improved(body):
        if len(names) != 1:
            raise Unreadable(f"Say which parameter is improved, of {listed(names)}: {_WANTED}.")
        return Suggestion(reasoning.strip(), answer, {names[0]: text})
    parts = fenced(body)
    hunks = patches.diffs(body)
    if hunks and (not parts or parts[-1].closed):
        return Suggestion(reasoning, answer, {}, tuple(hunks))
    code = _code(parts, body, names)
    if code:
        return Suggestion(reasoning.strip(), answer, code)
    if _TERMINATE.search(body):
        return Suggestion(reasoning.strip(), answer)
    return None


def _code(parts: Sequence[Block], body: str, names: Sequence[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for block in parts:
        if block.closed and block.kind in _PYTHON:
            values.update(definitions(block.text, names))
    if not parts:
        values.update(definitions(body.strip("\r\n"), names))
    return values


def _why(body: str, names: Sequence[str], objects: Objects) -> str:
    parts = fenced(body)
    if objects.open or (parts and not parts[-1].closed):
        return (
            "Your answer was cut off before its suggestion: answer more briefly, "
            "with one JSON object that has the changed parameters only."
        )
    if objects.prose:
        return (
            'Your answer has no "suggestion": add {"suggestion": {"<parameter>": '
            f'"<new source or value>"}}}} for what changes, of {listed(names)}.'
        )
    if objects.seen or "{" in body:
        return f"No suggestion can be read from your answer `{shown(body, 40)}`: {_WANTED}."
    return f"Your answer has no JSON object: {_WANTED}."
