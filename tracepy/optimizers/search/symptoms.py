"""What failing cases say in words: which line raised what, and which exception is waited for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tracepy.evaluation.records import Evaluation

# A traceback's end as pytest shows it: `path.py:13: in parse`, the line, `E   KeyError: 'a'`.
_FRAME = re.compile(r"^(?P<path>\S[^\n:]*\.py):(?P<line>\d+):", re.MULTILINE)
_ERROR = re.compile(r"^E\s+(?P<name>[A-Za-z_][\w.]*)(?:$|:(?P<message>[^\n]{0,300}))", re.MULTILINE)
_AWAITED = re.compile(r"pytest\.raises\(\s*([\w.]+)|DID NOT RAISE (?:<class ')?([\w.]+)")


def raised(evaluation: Evaluation, path: str) -> dict[int, frozenset[str]]:
    """For lines of a file, the names of the exceptions that ended a failing case there."""
    found: dict[int, set[str]] = {}
    for line, name, _ in _ends(evaluation, path):
        found.setdefault(line, set()).add(name)
    return {line: frozenset(names) for line, names in found.items()}


def said(evaluation: Evaluation, path: str) -> dict[int, tuple[str, ...]]:
    """For lines of a file, the messages of the exceptions that ended a failing case there."""
    found: dict[int, dict[str, None]] = {}
    for line, _, message in _ends(evaluation, path):
        if message:
            found.setdefault(line, {})[message] = None
    return {line: tuple(messages) for line, messages in found.items()}


def _ends(evaluation: Evaluation, path: str) -> Iterator[tuple[int, str, str]]:
    """For each failing case that ended with an exception: the last line of the file that it came
    through, the exception's name and its message."""
    for case in evaluation.cases:
        error = _ERROR.search(case.text) if case.score < 1 else None
        if error is None:
            continue
        frames = [
            int(frame["line"])
            for frame in _FRAME.finditer(case.text)
            if Path(frame["path"]).name == Path(path).name
        ]
        if frames:
            name = error["name"].rpartition(".")[2]
            yield frames[-1], name, (error["message"] or "").strip()


def awaited(evaluation: Evaluation) -> tuple[str, ...]:
    """Exceptions that failing cases wait for, in the order in which they are named."""
    found: dict[str, None] = {}
    for case in evaluation.cases:
        if case.score < 1:
            for one, other in _AWAITED.findall(case.text):
                found.setdefault((one or other).rpartition(".")[2])
    return tuple(found)
