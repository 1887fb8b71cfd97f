"""Objects as models write them: JSON, Python dicts, and what lies between and beside.

Every pattern is bounded or possessive, so that no answer takes longer than its length allows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from tracepy.optimizers.generative.answers.python import NOTHING, evaluated, parsed

SECTIONS = frozenset({"reasoning", "answer", "suggestion", "suggestions"})
"""Keys of the answer's object, in the contract's words."""

_DEEP = 60
_KEY_LIMIT = 300
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "`": "`"}
_GAP = r"(?:\s++|//[^\n]{0,300}+|#[^\n]{0,300}+|/\*[^*]{0,300}+\*/){0,8}+"
_KEY = (
    r"""(?:"(?P<k1>(?:[^"\\\n]|\\.){0,300}+)"|'(?P<k2>(?:[^'\\\n]|\\.){0,300}+)'"""
    r"""|“(?P<k3>[^”\n]{0,300}+)”|(?P<k4>[A-Za-z_]\w{0,80}+))\s*+[:=]"""
)
_QUOTED_KEY = re.compile(_KEY)
_SPACE = re.compile(_GAP)
_LINE_THEN_KEY = re.compile(rf"[^\S\n]*+\n\s*+{_KEY}")
_COMMA_THEN_KEY = re.compile(rf"{_GAP},{_GAP}{_KEY}")
_END = re.compile(rf"{_GAP}(?:,{_GAP})?+\}}")
_AFTER_END = re.compile(rf"{_GAP}(?:[,}}\]]|\Z)")
_AFTER_ITEM = re.compile(
    rf"{_GAP}(?:,{_GAP})?+(?:(?P<end>[\])}}])|(?P<more>[\"'“\[{{(\d.tfnTFN+-]))"
)
_BARE_KEY = re.compile(r"[A-Za-z_][\w.:<>#-]{0,299}+")
_BARE = re.compile(r"[^\s,\]})\"'{\[(][^,\]})\"'\n{\[(]{0,200}+")
_WORDS = {
    "true": True, "false": False, "null": None, "none": None, "nan": float("nan"),
    "infinity": float("inf"), "-infinity": float("-inf"),
}  # fmt: skip
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\"}


class Broken(Exception):
    """The text is no such object."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class Cut(Exception):
    """The text ends within the object; its members that came whole before that are kept."""

    def __init__(self, members: dict[str, Any] | None, keys: Collection[str] = ()) -> None:
        super().__init__()
        self.members = members
        self.keys = keys


class Loose:
    """Reads one object of a text.

    Args:
        text: All of the answer.
        known: Whether a key is a parameter's name.

    Attributes:
        steps: Keys and items that the last reading came to.
    """

    def __init__(self, text: str, known: Callable[[str], bool]) -> None:
        self._text = text
        self._known = known
        self._at = 0
        self.steps = 0

    def read(self, start: int) -> tuple[dict[str, Any], int]:
        """The object that begins at a brace, and the offset behind it.

        Raises:
            Broken: there is none.
            Cut: the text ends within it.
        """
        self._at, self.steps = start, 0
        value = self._object(0, inside=False)
        if not isinstance(value, dict):
            raise Broken(self._at)
        return value, self._at

    def _object(self, depth: int, *, inside: bool) -> Any:
        """A dict, or a set where it has no keys. `inside`: its keys are parameters' names."""
        members: dict[str, Any] = {}
        self._at += 1
        while True:
            self.steps += 1
            self._skip()
            if self._peek() == "}":
                self._at += 1
                return members
            if self._peek() == "" and self._ended():
                raise Cut(members, [*members])
            start = self._at
            try:
                key = self._key()
            except Broken:
                if members or depth == 0:
                    raise
                self._at = start
                return set(map(_hashable, self._items("}", depth)))
            self._skip()
            try:
                value = self._value(depth, key, inside)
            except Cut as cut:
                if depth == 0 and key.lower() in SECTIONS and isinstance(cut.members, dict):
                    members[key] = cut.members
                raise Cut(members, [*members, key]) from None
            self._skip()
            if self._ended() and not isinstance(value, dict | list | tuple):
                raise Cut(members, [*members, key])  # a number may have gone on
            members[key] = value
            if self._peek() in (",", ";"):
                self._at += 1

    def _key(self) -> str:
        match = _QUOTED_KEY.match(self._text, self._at) if self._peek() in _QUOTES else None
        if match is not None:
            self._at = match.end()
            return _decoded(next(filter(None, match.groups()), ""), '"', raw=False)
        match = _BARE_KEY.match(self._text, self._at)
        if match is None:
            rest = self._text[self._at : self._at + _KEY_LIMIT]
            if self._peek() in _QUOTES and len(rest) < _KEY_LIMIT and "\n" not in rest:
                raise Cut(None)
            raise Broken(self._at)
        key = match[0].rstrip(":")
        self._at += len(key)
        self._skip()
        if self._ended():
            raise Cut(None)
        if self._peek() not in (":", "="):
            raise Broken(self._at)
        self._at += 2 if self._text.startswith("=>", self._at) else 1
        return key

    def _value(self, depth: int, key: str, inside: bool) -> Any:
        if self._ended():
            raise Cut(None)
        mark = self._peek()
        if mark == "{":
            if depth >= _DEEP:
                raise Broken(self._at)
            return self._object(depth + 1, inside=depth == 0 and key.lower() in SECTIONS)
        if mark in ("[", "("):
            return self._sequence(mark, depth)
        if self._quote():
            return self._string(lambda at: self._closes_member(at, depth, key, inside))
        return self._bare()

    def _sequence(self, mark: str, depth: int) -> Any:
        if depth >= _DEEP:
            raise Broken(self._at)
        self._at += 1
        items = self._items({"[": "]", "(": ")"}[mark], depth)
        return items if mark == "[" else tuple(items)

    def _items(self, end: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while True:
            self.steps += 1
            self._skip()
            if self._ended():
                raise Cut(None)
            if self._peek() == end:
                self._at += 1
                return items
            if self._quote():
                items.append(self._string(self._closes_item))
            else:
                items.append(self._value(depth + 1, "", False))
            self._skip()
            if self._peek() == ",":
                self._at += 1

    def _bare(self) -> Any:
        match = _BARE.match(self._text, self._at)
        if match is None:
            raise Broken(self._at)
        word = match[0].split("//")[0].split("#")[0].strip()
        self._at += len(word)
        if word.lower() in _WORDS:
            return _WORDS[word.lower()]
        value = evaluated(word)
        if value is NOTHING:
            raise Broken(self._at)
        return value

    def _quote(self) -> str:
        """The quotes that stand here, a raw or unicode prefix before them."""
        at = self._at + (self._peek() in ("r", "R", "u") and self._at + 1 < len(self._text))
        for quote in ('"""', "'''", "```"):
            if self._text.startswith(quote, at):
                return quote
        return self._text[at] if at < len(self._text) and self._text[at] in _QUOTES else ""

    def _string(self, closes: Callable[[int], bool]) -> str:
        quote = self._quote()
        raw = self._peek() in ("r", "R")
        begin = self._at + (self._peek() not in _QUOTES) + len(quote)
        end_mark = quote if len(quote) == 3 else _QUOTES[quote]
        pattern = re.compile(rf"\\.|{re.escape(end_mark)}", re.DOTALL)
        for match in pattern.finditer(self._text, begin):
            if match[0] == end_mark and closes(match.end()):
                self._at = match.end()
                return _decoded(self._text[begin : match.start()], quote, raw)
        raise Cut(None)

    def _closes_member(self, at: int, depth: int, key: str, inside: bool) -> bool:
        """Whether quotes that end at an offset close the value of a member."""
        comma = _COMMA_THEN_KEY.match(self._text, at) or _LINE_THEN_KEY.match(self._text, at)
        if comma is not None:
            other = next(filter(None, comma.groups()), "")
            prose = depth == 0 and not self._known(key) and not comma["k4"]
            # Within a parameter's new source, `"a", "b":` is more likely its own dict.
            return prose or depth > 1 or other.lower() in SECTIONS or self._known(other)
        end = _END.match(self._text, at)
        if end is None:
            return False
        if depth == 0 and not inside:
            return not self._text[end.end() : end.end() + 80].lstrip().startswith(('"', "'", "\\"))
        return _AFTER_END.match(self._text, end.end()) is not None

    def _closes_item(self, at: int) -> bool:
        return _AFTER_ITEM.match(self._text, at) is not None

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._at)
        if match is not None:
            self._at = match.end()

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _ended(self) -> bool:
        return self._at >= len(self._text)


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        raise Broken(0) from None
    return value


def _decoded(text: str, quote: str, raw: bool) -> str:
    """What a string's inside says."""
    if quote == "```":
        head, _, rest = text.partition("\n")
        return rest if head.strip().isidentifier() or not head.strip() else text
    if raw or "\\" not in text:
        return text
    said = _ESCAPE.sub(_escaped, text)
    if "\\ud" in text.lower():  # two halves of one character
        said = said.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    # With real line ends the source stands there as it is, its own escapes too.
    if "\n" in text and "def " in text and parsed(said) is None and parsed(text) is not None:
        return text
    return said


def _escaped(match: re.Match[str]) -> str:
    char = match[1]
    if len(char) == 5:
        return chr(int(char[1:], 16))
    if char in "\"'`":
        return char
    return _SIMPLE.get(char, match[0])  # `\\d` of a pattern that was not escaped
