"""Reads the corpus of pairs: right programs, and for each the bugs that were put in and their fixes.

A file of `corpus/programs` is a right program, a line `===`, and its bugs. A bug is its family, the
wrong lines (`-`) and the right ones (`+`); lines that are missing from the program have no `-`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from tracepy.transforms.edit import apply_edits
from tracepy.transforms.ends import shared_end, shared_start
from tracepy.transforms.mutate import mutations
from tracepy.transforms.source import Source

PROGRAMS = Path(__file__).parent / "corpus" / "programs"
_SAME = str.maketrans('"', "'", " \t\n()")


@dataclass(frozen=True)
class Pair:
    """A wrong program and the right one.

    Attributes:
        name: The program's name and the bug's number in its file.
        family: What sort of bug it is.
        before: The wrong program.
        after: The right one.
        lines: Lines of the wrong program whose statement a fix edits: those that differ, or where
            lines are missing, those on both sides.
    """

    name: str
    family: str
    before: str
    after: str
    lines: frozenset[int]


def read_pairs() -> list[Pair]:
    """Every pair, by program. Raises ValueError where a bug does not fit its program."""
    return [pair for path in sorted(PROGRAMS.glob("*.txt")) for pair in _read(path)]


def _read(path: Path) -> list[Pair]:
    right, _, bugs = path.read_text(encoding="utf-8").partition("===\n")
    found: list[Pair] = []
    for number, part in enumerate(bugs.strip("\n").split("\n\n"), 1):
        family, *lines = part.split("\n")
        wrong = "".join(line[1:] + "\n" for line in lines if line[0] == "-")
        fixed = "".join(line[1:] + "\n" for line in lines if line[0] == "+")
        name = f"{path.stem}-{number}"
        if ("\n" + right).count("\n" + fixed) != 1:
            raise ValueError(f"{name} ({family}): not once in the program: {fixed}")
        before = right.replace(fixed, wrong)
        ast.parse(before)
        found.append(Pair(name, family, before, right, _changed(before, right)))
    return found


def _changed(before: str, after: str) -> frozenset[int]:
    old, new = before.splitlines(), after.splitlines()
    head = shared_start(old, new)
    tail = shared_end(old, new, min(len(old), len(new)) - head)
    last = len(old) - tail
    return frozenset(range(head + 1, last + 1) if last > head else (head, head + 1))


def rank_of_fix(pair: Pair) -> int | None:
    """Rank (from 1) of the fix among all edits of the statements on the pair's lines."""
    wanted = ast.dump(ast.parse(pair.after))
    letters = pair.after.translate(_SAME)
    for rank, mutation in enumerate(mutations(Source(pair.before), lines=pair.lines), 1):
        text = apply_edits(pair.before, mutation.edits)
        # Parsing takes long: only what has the same letters can have the same tree.
        if text.translate(_SAME) == letters and ast.dump(ast.parse(text)) == wanted:
            return rank
    return None
