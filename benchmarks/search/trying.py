"""One bug: the search for its repair, and what the repair is worth."""

from __future__ import annotations

import ast
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import tracepy
from benchmarks.repair.trying import place, rank
from benchmarks.search.corpus import Bug
from benchmarks.search.running import run
from tracepy.errors import TracepyError
from tracepy.optimizers import registry
from tracepy.optimizers.base import Task
from tracepy.optimizers.search.search import Search
from tracepy.optimizers.search.settings import NONE, Ablations

# CPU seconds for the held-out tests.
_JUDGING = 30.0


@dataclass(frozen=True)
class Trial:
    """What came of one bug.

    Attributes:
        bug: The bug's name.
        source: Where its module comes from.
        pattern: What kind of fix it wants.
        repaired: Whether all tests that guide the repair pass in the end.
        same: Whether the repaired module is the right one, as a tree.
        holds: Whether the repaired module passes what the right one passes of the tests that were
            held out; None without a repair, or where none was held out.
        evaluations: Candidates judged.
        seconds: Wall-clock time, start-up included.
        place: Rank of the wrong statement among the lines that ran; None where it did not run.
        rank: Where the right module stands in the queue of single edits; None where it does not,
            or was not looked for.
        error: What went wrong with the run itself.
    """

    bug: str
    source: str
    pattern: str
    repaired: bool = False
    same: bool = False
    holds: bool | None = None
    evaluations: int = 0
    seconds: float = 0.0
    place: int | None = None
    rank: int | None = None
    error: str = ""


def attempt(
    bug: Bug,
    seconds: float,
    evaluations: int | None,
    seed: int,
    queue: int = 0,
    ablations: Ablations = NONE,
) -> Trial:
    """Let `search` repair a bug in a folder of its own.

    Args:
        bug: The bug.
        seconds: For so long.
        evaluations: Judge at most so many candidates.
        seed: The run's seed.
        queue: Look for the right module among so many first edits.
        ablations: What `search` has to do without.
    """
    tasks: list[Task] = []

    def watched(task: Task) -> Search:
        tasks.append(task)
        return Search(task, ablations)

    about = (bug.name, bug.subject.source, bug.pattern)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        bug.subject.write(folder, {**bug.given, bug.subject.module: bug.wrong})
        module = folder / bug.subject.module
        started = time.monotonic()
        try:
            with patch.dict(registry._OURS, search=watched):
                result = tracepy.optimize(
                    tracepy.Problem(str(module), project=folder),
                    pytest=tuple(str(folder / path) for path in bug.given),
                    evaluations=evaluations,
                    seed=seed,
                    time=seconds,
                )
        except Exception as error:
            said = str(error) if isinstance(error, TracepyError) else repr(error)
            return Trial(*about, seconds=time.monotonic() - started, error=said[:200])
        took = time.monotonic() - started
        changes = {change.path: change.new.decode() for change in result.changes}
        fixed = changes.get(str(module), changes.get(module, bug.wrong))
        return Trial(
            *about,
            result.goal_reached,
            ast.dump(ast.parse(fixed)) == ast.dump(ast.parse(bug.subject.text)),
            holds(bug, fixed) if result.goal_reached else None,
            result.evaluations,
            took,
            place(tasks[0], str(module), bug.lines) if tasks else None,
            rank(tasks[0], str(module), bug.subject.text, bug.lines, queue, ablations)
            if tasks and queue
            else None,
        )


def holds(bug: Bug, fixed: str) -> bool | None:
    """Whether a repaired module passes all that the right one passes of the held-out tests."""
    if not bug.judging:
        return None
    right = run(bug.subject, bug.judging, _JUDGING)
    if not right.passed:
        return None
    ours = run(bug.subject, {**bug.judging, bug.subject.module: fixed}, _JUDGING)
    return right.passed <= ours.passed and not ours.broken
