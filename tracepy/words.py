"""Scores, times, counts, sizes and causes as people read them, on a screen and on a page."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable


def score(value: float | None) -> str:
    """A score to four significant digits, whole numbers as such."""
    if value is None:
        return "none"
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.4g}"


def two_scores(first: float | None, second: float | None) -> tuple[str, str]:
    """Both scores, with as many digits as it takes to tell them apart."""
    texts = score(first), score(second)
    if first == second or texts[0] != texts[1] or first is None or second is None:
        return texts
    digits = next((n for n in range(5, 17) if f"{first:.{n}g}" != f"{second:.{n}g}"), 17)
    return f"{first:.{digits}g}", f"{second:.{digits}g}"


def duration(seconds: float) -> str:
    """`0.4 s`, `42 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def count(number: int, noun: str) -> str:
    """`1 evaluation`, `2 evaluations`, `12,000 evaluations`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def money(dollars: float) -> str:
    """`$0`, `$0.0031`, `$0.12`, `$1,234.50`: less than a cent is told to two digits."""
    if 0 < dollars < 0.00995:
        return f"${max(float(f'{dollars:.2g}'), 1e-6):.6f}".rstrip("0")
    return f"${dollars:,.2f}" if dollars else "$0"


def causes(verdicts: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
    """Why candidates came to no verdict, the most frequent cause first.

    Args:
        verdicts: Status and feedback of each candidate.
    """
    found = Counter(
        f"{status}: {one_line(feedback.strip().splitlines()[-1], 90)}"
        if feedback.strip()
        else status
        for status, feedback in verdicts
        if status != "ok"
    )
    return found.most_common()


def one_line(text: str, width: int = 72) -> str:
    """Text on one line, cut at `width` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def size(number: int) -> str:
    """Bytes: `512 B`, `3.4 KiB`, `27 MiB`."""
    amount, units = float(number), ["B", "KiB", "MiB", "GiB", "TiB"]
    while amount >= 999.5 and len(units) > 1:
        amount /= 1024
        units.pop(0)
    text = f"{amount:.1f}" if amount < 9.95 and units[0] != "B" else f"{amount:.0f}"
    return f"{text} {units[0]}"
