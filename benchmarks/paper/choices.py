"""Questions with four choices, from the files that MMLU and GPQA are handed out as."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random

LETTERS = "ABCD"
_GPQA = ("Question", "Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3")  # fmt: skip
_FILES = {
    "mmlu_machine_learning": ("TRACEPY_MMLU", "machine_learning_test.csv"),
    "mmlu_college_physics": ("TRACEPY_MMLU", "college_physics_test.csv"),
    "gpqa": ("TRACEPY_GPQA", "gpqa_diamond.csv"),
}


def questions(task: str) -> list[dict[str, str]]:
    """The questions of a task, as rows with `input` (the choices under it) and `target` (a letter).

    MMLU's files have no header: question, A, B, C, D, answer; one that has is read as well. GPQA's
    right answer is always the first of its columns: choices are mixed, the same way each time.

    Raises:
        FileNotFoundError: no folder is named, or the file is not in it.
        ValueError: the file has no such columns, or no questions.
    """
    variable, name = _FILES[task]
    folder = os.environ.get(variable)
    if not folder:
        raise FileNotFoundError(f"set {variable} to a folder with {name}")
    path = Path(folder) / name
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}: {variable} names the folder that has it")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = (
            _gpqa(path, csv.DictReader(file)) if task == "gpqa" else _mmlu(path, csv.reader(file))
        )
    if not rows:
        raise ValueError(f"{path} has no questions")
    return rows


def _mmlu(path: Path, lines: Iterable[list[str]]) -> list[dict[str, str]]:
    found = []
    for number, line in enumerate(lines, 1):
        if number == 1 and [one.strip().lower() for one in line[-1:]] == ["answer"]:
            continue
        if len(line) != 6 or line[5].strip() not in tuple(LETTERS):
            raise ValueError(f"{path}, row {number}: not question, A, B, C, D, answer (a letter)")
        found.append(_row(line[0], line[1:5], line[5].strip()))
    return found


def _gpqa(path: Path, lines: csv.DictReader[str]) -> list[dict[str, str]]:
    if missing := [name for name in _GPQA if name not in (lines.fieldnames or ())]:
        raise ValueError(f"{path} has no column {', '.join(missing)}")
    random, found = Random(0), []
    for line in lines:
        order = random.sample(range(4), 4)
        choices = [_text(line, _GPQA[1 + at]) for at in order]
        found.append(_row(_text(line, _GPQA[0]), choices, LETTERS[order.index(0)]))
    return found


def _text(line: Mapping[str, str], name: str) -> str:
    return (line[name] or "").strip()


def _row(question: str, choices: list[str], right: str) -> dict[str, str]:
    listed = [f"{letter}) {choice}" for letter, choice in zip(LETTERS, choices, strict=True)]
    return {"input": "\n".join([question, *listed]), "target": right}
