"""Values written as source, in the style of the literal that they replace."""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Iterator
from typing import Any

from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.source import Source

_STRING = re.compile(r"(?P<prefix>[a-zA-Z]*)(?P<quote>'''|\"\"\"|'|\")")


def render(value: Any, like: str = "", encoding: str = "utf-8") -> str:
    """The source of a value.

    Args:
        value: Numbers, strings, bytes, None, and tuples, lists, sets and dicts of these.
        like: The literal that it replaces, whose quotes and shape are kept where they can be.
        encoding: What the file is written in; characters outside it are escaped.

    Raises:
        ValueError: the value has no literal (NaN, an object), or would not read back the same.
    """
    text = _patched(value, like) if like else _plain(value)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = ascii(value)
    if not same(ast.literal_eval(f"({text}\n)"), value):
        raise ValueError(f"{value!r} cannot be written as a literal")
    return text


def same(left: Any, right: Any) -> bool:
    """Equal in value and in type, all the way down (1 is neither True nor 1.0)."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    if isinstance(left, (set, frozenset)):
        return left == right and {type(x) for x in left} == {type(x) for x in right}
    if isinstance(left, float):
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    return bool(left == right)


def _patched(value: Any, like: str) -> str:
    """The old literal with those parts changed that differ, so that its layout stays."""
    source = Source(f"({like}\n)")
    statement = source.tree.body[0]
    assert isinstance(statement, ast.Expr)
    return apply_edits(source.text, _differences(source, statement.value, value))[1:-2]


def _differences(source: Source, node: ast.expr, value: Any) -> Iterator[Edit]:
    old = ast.literal_eval(node)
    if same(old, value):
        return
    if type(old) is type(value):
        if isinstance(node, (ast.List, ast.Tuple)) and len(old) == len(value):
            for part, item in zip(node.elts, value, strict=True):
                yield from _differences(source, part, item)
            return
        if isinstance(node, ast.Dict) and len(node.keys) == len(old) and same([*old], [*value]):
            for part, item in zip(node.values, value.values(), strict=True):
                yield from _differences(source, part, item)
            return
    start, end = source.span(node)
    text = source.text[start:end]
    if start == 0:
        start, end = 1, len(source.text) - 2  # a tuple that took our parentheses for its own
    yield Edit(start, end, _string(value, text) if isinstance(value, str) else _plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, float):
        if math.isnan(value):
            raise ValueError("NaN cannot be written as a literal")
        # 1e999 is read as infinity, which has no literal of its own.
        return repr(value) if math.isfinite(value) else ("1e999" if value > 0 else "-1e999")
    if isinstance(value, (list, tuple)):
        inner = ", ".join(map(_plain, value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        pairs = (f"{_plain(key)}: {_plain(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, set):
        if not value:
            raise ValueError("an empty set cannot be written as a literal")
        return "{" + ", ".join(sorted(map(_plain, value))) + "}"
    if isinstance(value, str):
        return _string(value, "")
    if value is None or isinstance(value, (bool, int, bytes, complex)):
        return repr(value)
    raise ValueError(f"{value!r} cannot be written as a literal")


def _string(value: str, like: str) -> str:
    pieces = _pieces(like)
    if len(pieces) > 1 and "\n" in like:
        between = like[pieces[0][1] : pieces[1][0]]
        if "#" not in between:
            width = max(60, *(end - start - 2 for start, end in pieces))
            quote = like[pieces[0][1] - 1]
            chunks = _chunks(value, width)
            return between.join(quote + _escaped(chunk, quote) + quote for chunk in chunks)
    style = _STRING.match(like)
    quote = style["quote"] if style else '"'
    raw = bool(style and "r" in style["prefix"].lower())
    lines = value.count("\n")
    # A prompt of several lines is read and reviewed by people: give each its own line.
    if len(quote) == 1 and (lines > 1 or (lines and not value.endswith("\n"))):
        quote = quote * 3
    candidates = [style["prefix"] + quote + value + quote] if style and raw else []
    candidates += [quote + _escaped(value, quote) + quote, repr(value)]
    for candidate in candidates:
        try:
            if ast.literal_eval(candidate) == value:
                return candidate
        except (SyntaxError, ValueError):
            continue
    return repr(value)


def _pieces(text: str) -> list[tuple[int, int]]:
    """Where the strings of an implicit concatenation begin and end."""
    source = Source(f"({text}\n)")
    lines = io.StringIO(source.text)
    return [
        (
            source.starts[token.start[0] - 1] + token.start[1] - 1,
            source.starts[token.end[0] - 1] + token.end[1] - 1,
        )
        for token in tokenize.generate_tokens(lines.readline)
        if token.type == tokenize.STRING
    ]


def _chunks(value: str, width: int) -> list[str]:
    """A text cut behind line ends and, where lines are long, behind spaces."""
    chunks = [""]
    for word in re.findall(r"[^\s]*(?:\n|[^\S\n]+)|[^\s]+", value):
        if chunks[-1] and (chunks[-1].endswith("\n") or len(chunks[-1]) + len(word) > width):
            chunks.append("")
        chunks[-1] += word
    return chunks


def _escaped(value: str, quote: str) -> str:
    triple = len(quote) == 3
    parts = []
    for char in value:
        if char == "\\":
            parts.append("\\\\")
        elif (char == "\n" and triple) or char.isprintable():
            parts.append(char)
        else:
            parts.append(repr(char)[1:-1])
    text = "".join(parts)
    if not triple:
        return text.replace(quote, "\\" + quote)
    text = text.replace(quote, "\\".join(("", *quote)))
    # A quote right before the closing ones would join them.
    return text[:-1] + "\\" + text[-1] if text.endswith(quote[0]) else text
