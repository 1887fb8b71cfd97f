"""Text of strangers between fences: it can pass neither for a heading nor for the end of its fence.

Values, feedback, names and sources come from programs, their inputs and models. Characters that
hide or reorder what they stand between are shown as Python writes them (`\\u202e`).
"""

from __future__ import annotations

import re

from tracepy.report.visible import UNSEEN

HEADINGS = (
    "#Instruction", "#Code", "#Documentation", "#Variables", "#Constraints", "#Inputs", "#Others",
    "#Outputs", "#Feedback",
)  # fmt: skip
MEMORY = "#Memory"
OTHERS = ("#Search", "#Examples")
"""Sections that some optimizers put behind the problem."""

_RUN = re.compile("`+")
_WORDS = "|".join(each[1:] for each in (*HEADINGS, MEMORY, *OTHERS))
_LIKE_HEADING = re.compile(
    rf"^([^\S\n]*+#*+)(?<=#)(?=(?:{_WORDS})(?:[^\S\n]|:)*+$)", re.MULTILINE | re.IGNORECASE
)
_NAME = re.compile(r"\w[\w.:<>#\[\]/ -]*+\Z")
_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}+|~{3,}+)[ \t]*(?P<rest>.*)")
_LONGEST = 400


def seen(text: str) -> str:
    """The text with unseen characters written out; line ends are newlines."""
    if text.isascii() and text.isprintable():
        return text
    return UNSEEN.sub(_escaped, text.replace("\r\n", "\n").replace("\r", "\n"))


def inline(text: str, width: int = _LONGEST) -> str:
    """The text on one line; of a longer one the middle is left out."""
    if len(text) > 4 * width:  # what is dropped in any case need not be looked at
        text = folded(text, 4 * width)
    return folded(seen(text).replace("\n", "\\n").replace("\t", "\\t"), width)


def folded(text: str, width: int) -> str:
    """At most so many characters: of a longer text the beginning and the end."""
    if len(text) <= width:
        return text
    mark = f"...{len(text) - width} more..."
    keep = max(width - len(mark), 2)
    return text[: keep - keep // 3] + mark + text[len(text) - keep // 3 :]


def block(code: str, info: str = "") -> str:
    """Source between fences longer than any run of backticks in it.

    A line that reads as one of our headings, which can only be a comment or part of a text, gets
    a space after its `#`.
    """
    text = neutral(seen(code).strip("\n"))
    longest = max((len(run) for run in _RUN.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{text}\n{fence}"


def neutral(text: str) -> str:
    """Lines that read as one of our headings get a space after their `#`."""
    return _LIKE_HEADING.sub(r"\1 ", text)


def prose(text: str) -> str:
    """A user's own words, as they are but for headings; a fence left open is closed."""
    text, mark = neutral(seen(text)).strip("\n"), ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found is None:
            continue
        if not mark:
            mark = found["mark"]
        elif found["mark"].startswith(mark) and not found["rest"]:
            mark = ""
    return f"{text}\n{mark}" if mark else text


def label(name: str, width: int = _LONGEST) -> str:
    """A name at the beginning of a line, on one line; one that is more than words is quoted, so
    that it opens no fence and begins no heading."""
    text = inline(name, width)
    return text if _NAME.match(text) else f"'{text.replace('`', chr(39))}'"


def quoted(text: str, lines: int, width: int = _LONGEST) -> list[str]:
    """Lines of prose, each with a bar before it; of too many the middle ones are left out."""
    if len(text) > 2 * lines * width:
        text = folded(text, 2 * lines * width)
    rows = seen(text).strip("\n").split("\n") if text.strip() else []
    if len(rows) > lines:
        tail = lines // 3
        left = len(rows) - lines
        rows = [*rows[: lines - tail], f"... {left} more lines ...", *rows[len(rows) - tail :]]
    return [f"| {folded(row, width)}".rstrip() for row in rows]


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
