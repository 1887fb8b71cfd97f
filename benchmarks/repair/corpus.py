"""The corpus: right programs with their tests, and bugs as the lines that make them wrong.

`programs/NAME.bugs` holds, for each bug, its family, the right lines (`-`) and the wrong ones (`+`)
that stand in their stead. The programs were written for this corpus, and the bugs before `search`
was tried on them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Bug:
    """One bug of one program.

    Attributes:
        name: The program's name and the bug's number in its file.
        program: The program's name; the tests are `test_PROGRAM.py`.
        family: What sort of bug it is.
        right: The program's text without it.
        wrong: The program's text with it.
        lines: The lines of the wrong text whose statement a repair would edit: those that differ,
            or where lines are missing, those on both sides.
    """

    name: str
    program: str
    family: str
    right: str
    wrong: str
    lines: tuple[int, ...]

    @property
    def tests(self) -> str:
        return (PROGRAMS / f"test_{self.program}.py").read_text(encoding="utf-8")


def bugs() -> list[Bug]:
    """All bugs, by program. Raises ValueError where a bug's lines are not in its program."""
    return [bug for path in sorted(PROGRAMS.glob("*.bugs")) for bug in _read(path)]


def _read(path: Path) -> list[Bug]:
    right = path.with_suffix(".py").read_text(encoding="utf-8")
    found: list[Bug] = []
    family, old, new = "", "", ""
    for line in [*path.read_text(encoding="utf-8").splitlines(keepends=True), ""]:
        if line.startswith("-"):
            old += line[1:]
        elif line.startswith("+"):
            new += line[1:]
        else:
            if old:
                found.append(_bug(path.stem, len(found) + 1, family, right, old, new))
            family, old, new = line.strip(), "", ""
    return found


def _bug(program: str, number: int, family: str, right: str, old: str, new: str) -> Bug:
    name = f"{program}-{number}"
    if right.count(old) != 1:
        raise ValueError(f"{name}: its right lines stand {right.count(old)} times in the program")
    before, after = right.split(old)
    wrong = before + new + after
    ast.parse(wrong)
    olds, news = old.splitlines(), new.splitlines()
    head = 0
    while head < min(len(olds), len(news)) and olds[head] == news[head]:
        head += 1
    tail = 0
    while tail < min(len(olds), len(news)) - head and olds[-1 - tail] == news[-1 - tail]:
        tail += 1
    first = before.count("\n") + 1 + head
    changed = len(news) - head - tail
    lines = tuple(range(first, first + changed)) if changed else (first - 1, first)
    return Bug(name, program, family, right, wrong, lines)
