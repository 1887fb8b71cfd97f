"""One bug: the search for its repair, and where in the search's queue the right program stands."""

from __future__ import annotations

import ast
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import tracepy
from benchmarks.repair.corpus import Bug
from tracepy.optimizers import registry
from tracepy.optimizers.base import Task
from tracepy.optimizers.search.edits import Base, edit_proposals
from tracepy.optimizers.search.localize import suspicion
from tracepy.optimizers.search.search import Search
from tracepy.optimizers.search.settings import NONE, Ablations

# Lines of a statement that an edit may write anew.
_NEAR = 10


@dataclass(frozen=True)
class Trial:
    """What came of one bug.

    Attributes:
        bug: The bug.
        found: Whether all tests pass in the end.
        same: Whether the repaired program is the right one, as a tree.
        evaluations: Candidates judged.
        seconds: Wall-clock time, start-up included.
        place: Rank of the wrong statement among the lines that ran; None where it did not run.
        rank: Where the right program stands in the queue of single edits; None where it does not,
            or was not looked for.
    """

    bug: Bug
    found: bool
    same: bool
    evaluations: int
    seconds: float
    place: int | None
    rank: int | None


def attempt(bug: Bug, evaluations: int, seed: int, queue: int = 0) -> Trial:
    """Let `search` repair a bug in a folder of its own.

    Args:
        bug: The bug.
        evaluations: Judge at most so many candidates.
        seed: The run's seed.
        queue: Look for the right program among so many first edits.
    """
    tasks: list[Task] = []

    def watched(task: Task) -> Search:
        tasks.append(task)
        return Search(task)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text("")
        program = folder / f"{bug.program}.py"
        program.write_text(bug.wrong)
        (folder / f"test_{bug.program}.py").write_text(bug.tests)
        started = time.monotonic()
        with patch.dict(registry._OURS, search=watched):
            result = tracepy.optimize(
                tracepy.Problem(str(program), project=folder),
                pytest=(str(folder / f"test_{bug.program}.py"),),
                evaluations=evaluations,
                seed=seed,
                time=120.0,
                test_timeout=1.0,
            )
        seconds = time.monotonic() - started
        after = result.changes[0].new.decode() if result.changes else bug.wrong
        task, path = tasks[0], str(program.resolve())
        return Trial(
            bug,
            result.goal_reached,
            _same(after, bug.right),
            result.evaluations,
            seconds,
            place(task, path, bug.lines),
            rank(task, path, bug.right, bug.lines, queue),
        )


def _same(one: str, other: str) -> bool:
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))


def place(task: Task, path: str, lines: Sequence[int]) -> int | None:
    """The rank of the first of these lines among those that ran; None where none did."""
    ranks = suspicion(task.baseline).get(path, {})
    own = max((ranks.get(line, 0.0) for line in lines), default=0.0)
    return 1 + sum(rank > own for rank in ranks.values()) if own else None


def rank(
    task: Task, path: str, right: str, lines: Sequence[int], most: int, ablations: Ablations = NONE
) -> int | None:
    """Where a program stands in the queue of single edits, as far as that was looked through.

    Args:
        task: The run's task, for the program as it stands.
        path: The file that is wrong.
        right: The text that it should have.
        lines: The lines of the wrong text that a repair would change.
        most: How many edits to look through.
        ablations: What `search` has to do without.
    """
    base = Base({}, task.baseline, task.value(task.baseline))
    wanted = ast.dump(ast.parse(right))
    wrong = task.originals[path].text.splitlines(keepends=True)
    # A long module is parsed only where the edit is near the bug.
    head = "".join(wrong[: max(lines[0] - _NEAR, 0)])
    tail = "".join(wrong[lines[-1] + _NEAR :])
    seen: set[str] = set()
    for proposal in edit_proposals(task, base, set(), ablations=ablations):
        if len(seen) >= most:
            return None
        seen.add(proposal.digest())
        text = proposal.sources[path]
        if text.startswith(head) and text.endswith(tail) and ast.dump(ast.parse(text)) == wanted:
            return len(seen)
    return None
