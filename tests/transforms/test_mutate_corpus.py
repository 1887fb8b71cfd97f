"""How many small historical-style bugs have their fix among the edits of the wrong line."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

from tracepy.transforms.edit import apply_edits
from tracepy.transforms.mutate import mutations
from tracepy.transforms.source import Source

CORPUS = Path(__file__).parent / "corpus" / "one_line_bugs.txt"


@dataclass(frozen=True)
class Bug:
    name: str
    before: str
    after: str
    line: int


def read_corpus() -> list[Bug]:
    bugs = []
    for part in CORPUS.read_text(encoding="utf-8").split("\n#: ")[1:]:
        name, _, body = part.partition("\n")
        lines = [line for line in body.splitlines() if line]
        before = [line[1:] for line in lines if line[0] != "+"]
        after = [line[1:] for line in lines if line[0] != "-"]
        changed = next(i for i, line in enumerate(lines) if line[0] in "+-")
        bugs.append(Bug(name, "\n".join(before) + "\n", "\n".join(after) + "\n", changed + 1))
    return bugs


def rank_of_fix(bug: Bug) -> int | None:
    """Rank (from 1) of the fix among all edits of the line (of the program where it lacks one)."""
    source, wanted = Source(bug.before), ast.dump(ast.parse(bug.after))
    lines = {bug.line}
    if bug.before.count("\n") < bug.after.count("\n"):
        lines = set(range(1, bug.before.count("\n") + 1))  # what is missing has no line
    for rank, mutation in enumerate(mutations(source, lines=lines), 1):
        if ast.dump(ast.parse(apply_edits(bug.before, mutation.edits))) == wanted:
            return rank
    return None


@pytest.fixture(scope="module")
def ranks() -> dict[str, int | None]:
    return {bug.name: rank_of_fix(bug) for bug in read_corpus()}


def test_nearly_all_fixes_are_in_the_repertoire(ranks: dict[str, int | None]) -> None:
    missing = [name for name, rank in ranks.items() if rank is None]
    assert len(ranks) >= 40
    assert len(missing) <= len(ranks) // 20, missing


def test_fixes_come_early(ranks: dict[str, int | None]) -> None:
    found = sorted(rank for rank in ranks.values() if rank is not None)
    assert found[len(found) // 2] <= 20, found
    assert sum(rank <= 100 for rank in found) >= 0.8 * len(ranks), found
