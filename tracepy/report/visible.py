"""Text of strangers, with every character that a reader would not see written out.

A run's diffs, feedback and names come from mutations, models and programs. Escaping for HTML is the
template's and the scripts' part; this is about characters that hide or reorder what they stand
between (https://trojansource.codes), and about how much of a text is shown.
"""

from __future__ import annotations

import re

LINE_LIMIT = 1000
"""Characters of one line that are shown."""

# Control and format characters, separators, halves of surrogate pairs, private and tag characters:
# all but newline and tab. Joiners too: in source text, two names that look alike should not pass.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f"
    "\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\uf8ff"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_NAMES = {"\r": "␍", "\x1b": "␛", "\0": "␀", "\x0c": "␌", "\x08": "␈", "\x07": "␇"}
_LONG = re.compile(f"[^\n]{{{LINE_LIMIT + 1},}}")


def visible(text: str, limit: int | None = None) -> str:
    """The text as it can be shown: unseen characters as `⟨U+202E⟩`, long lines cut.

    Args:
        text: Any text.
        limit: Characters that are shown at most; what is cut is said.
    """
    over = 0
    if limit is not None and len(text) > limit:
        over = len(text) - limit
        text = text[:limit]
    text = UNSEEN.sub(_written_out, text)
    if len(text) > LINE_LIMIT:
        text = _LONG.sub(_cut, text)
    return f"{text}\n… {over:,} more characters" if over else text


def one_line(text: str, width: int = 160) -> str:
    """The text on one line, cut at `width` characters."""
    flat = " ".join(visible(text[: 4 * width]).split())
    return flat if len(flat) <= width else f"{flat[: width - 1]}…"


def _written_out(found: re.Match[str]) -> str:
    return _NAMES.get(found[0]) or f"⟨U+{ord(found[0]):04X}⟩"


def _cut(found: re.Match[str]) -> str:
    return f"{found[0][:LINE_LIMIT]}… {len(found[0]) - LINE_LIMIT:,} more characters"
