"""Programs as objectives: how they end, and what the last line that they print says."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tracepy.evaluation.records import Evaluation, Picture
from tracepy.objective.details import text_of
from tracepy.objective.scores import bounded
from tracepy.transforms.source import Source

_SKIPPED = {".git", ".hg", ".svn", ".tox", ".tracepy", "__pycache__", "node_modules", ".tmp"}
_COPIED = 1024**2


def mirror(project: Path, into: Path, sources: Mapping[str, str]) -> None:
    """The project's tree in another folder, with a candidate's sources in place of the files.

    Python files and small ones are copied, large ones are links; version control, caches and
    virtual environments are left out. Sources keep the encoding of their file.

    Raises:
        UnicodeEncodeError: a source has a character that its file's encoding lacks.
    """
    for where, folders, files in os.walk(project):
        here = Path(where)
        folders[:] = [
            name
            for name in folders
            if name not in _SKIPPED
            and not (here / name / "pyvenv.cfg").exists()
            and not into.is_relative_to(here / name)
        ]
        there = into / here.relative_to(project)
        there.mkdir(parents=True, exist_ok=True)
        for name in files:
            _place(here / name, there / name)
    for path, text in sources.items():
        if Path(path).is_relative_to(project):
            copy = into / Path(path).relative_to(project)
            data = Source.read(path).encode(text)
            copy.unlink(missing_ok=True)
            copy.write_bytes(data)


def _place(file: Path, copy: Path) -> None:
    if not file.is_file():
        return
    if file.suffix == ".py" or file.stat().st_size <= _COPIED:
        shutil.copy2(file, copy)
    else:
        copy.symlink_to(file)


def verdict(status: int, printed: str, who: str, folder: Path | None = None) -> Evaluation:
    """A score from an exit status and, where it has one, from the last line of the output.

    Args:
        status: The exit status.
        printed: The output.
        who: What ran, in words.
        folder: Where images are looked for that the last line names.
    """
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    reading = _last_line(lines[-1]) if lines else None
    if status == 0 and reading is not None:
        score, text, named = reading
        if not math.isfinite(score):
            return Evaluation("error", None, f"{who} printed {score} as its score")
        images, left_out = _pictures(named, folder)
        text = "\n".join(part for part in (text, *left_out) if part)
        return Evaluation("ok", score, bounded(text), images=images)
    text = "" if status == 0 else f"{who} ended with exit status {status}\n{printed[-4000:]}"
    return Evaluation("ok", 1.0 if status == 0 else 0.0, bounded(text.strip()))


def _pictures(named: list[str], folder: Path | None) -> tuple[tuple[Picture, ...], list[str]]:
    if not named or folder is None:
        return (), []
    from tracepy.objective.pictures import pictures

    return pictures(folder / name for name in named)


def _last_line(line: str) -> tuple[float, str, list[str]] | None:
    try:
        return float(line), "", []
    except ValueError:
        if not line.startswith("{"):
            return None
    try:
        found = json.loads(line)
        score = found["score"]
        if isinstance(score, (int, float)):
            images = found.get("images")
            named = [str(one) for one in images] if isinstance(images, list) else []
            return float(score), text_of(found.get("feedback", "")), named
    except (ValueError, KeyError, RecursionError):
        return None
    return None
