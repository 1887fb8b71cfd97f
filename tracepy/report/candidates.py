"""The candidates of a run as they are shown, made of the store's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from tracepy.report.steps import step
from tracepy.report.visible import one_line, visible
from tracepy.store import EvaluationRow, Run

FEEDBACK_LIMIT = 4_000
"""Characters of one candidate's feedback that are shown."""
DIFFS_LIMIT = 48_000_000
"""Characters of all diffs together; past that, only those of the best candidates are kept."""
BEST = 500
"""Of so many of the best candidates all diffs are kept, whatever the room."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate as it is shown; texts hold no unseen characters any more.

    Attributes:
        number: Its number within the run, from 0 (the program as it stood).
        parent: The number of what it was made of; None for the program as it stood.
        proposer, reason, note: Who proposed it, why, and what was changed, in words.
        score: What the objective said; None without a verdict.
        complete: False where it was stopped because it could no longer win: its score is that
            of the cases until then.
        leads: Whether it was better than all before it.
        step: What it changes of its parent, as a diff.
        whole: What it changes of the program as it stood, where that is another diff; of the
            best candidates only, as these diffs grow with a run.
        seconds, cpu, memory: Wall-clock and CPU seconds, and bytes.
        created: Seconds since the run began.
        reused: Where the verdict was taken from, if it was not judged again.
    """

    number: int
    parent: int | None
    proposer: str
    reason: str
    note: str
    score: float | None
    status: str
    complete: bool
    leads: bool
    passed: int | None
    cases: int | None
    seconds: float
    cpu: float
    memory: int
    created: float
    reused: str
    feedback: str
    step: str
    whole: str


def candidates_of(
    rows: Sequence[EvaluationRow],
    run: Run,
    originals: Mapping[str, str],
    project: PurePath,
) -> tuple[list[Candidate], int]:
    """The candidates of a run, and how many of their diffs have no room.

    Args:
        rows: In the order in which they were judged.
        run: The run that they are of.
        originals: Absolute path -> whole text as the run began.
        project: What paths are shown relative to.
    """
    sign = -1.0 if run.settings.get("minimize") else 1.0
    sources = {row.index: row.sources for row in rows}
    kept = _best(rows, sign)
    found: list[Candidate] = []
    best: float | None = None
    room = DIFFS_LIMIT
    left_out = 0
    for row in rows:
        parent = row_parent(row)
        value = None if row.score is None or row.status != "ok" else sign * row.score
        leads = value is not None and row.complete and (best is None or value > best)
        if leads:
            best = value
        steps = whole = ""
        if parent is not None and (room > 0 or row.index in kept):
            steps = step(sources.get(parent, {}), row.sources, originals, project)
            if parent and row.index in kept:
                whole = step({}, row.sources, originals, project)
            room -= len(steps) + len(whole)
        elif parent is not None:
            left_out += 1
        found.append(_candidate(row, run, parent, leads, steps, whole))
    return found, left_out


def _candidate(
    row: EvaluationRow,
    run: Run,
    parent: int | None,
    leads: bool,
    steps: str,
    whole: str,
) -> Candidate:
    return Candidate(
        row.index,
        parent,
        one_line(row.proposer),
        visible(row.reason, FEEDBACK_LIMIT),
        one_line(row.note),
        row.score,
        one_line(row.status),
        row.complete,
        leads,
        row.passed,
        row.cases,
        row.seconds,
        row.cpu,
        row.memory,
        max(0.0, row.created - run.created) if row.created else 0.0,
        one_line(row.reused or ""),
        visible(row.feedback, FEEDBACK_LIMIT),
        steps,
        whole,
    )


def row_parent(row: EvaluationRow) -> int | None:
    """The number of what a candidate was made of; one that came later cannot be it."""
    if row.index == 0:
        return None
    return row.parent if row.parent is not None and 0 <= row.parent < row.index else 0


def _best(rows: Sequence[EvaluationRow], sign: float) -> set[int]:
    """Whose diffs are shown whatever the room: of the best, and of what they are made of."""
    if len(rows) <= BEST:
        return {row.index for row in rows}
    scored = [row for row in rows if row.score is not None and row.complete]
    scored.sort(key=lambda row: -sign * (row.score or 0.0))
    kept = {row.index for row in scored[:BEST]}
    parents = {row.index: row_parent(row) for row in rows}
    for number in list(kept):
        above = parents.get(number)
        while above is not None and above not in kept:
            kept.add(above)
            above = parents.get(above)
    return kept


def winner_of(
    rows: Sequence[EvaluationRow],
    candidates: Sequence[Candidate],
    run: Run,
    new: Mapping[str, str],
) -> int:
    """Whose sources are what the run ended with: the smallest of several with the same score."""
    if not run.improved:
        return 0
    same = [
        row.index
        for row in rows
        if row.score == run.best
        and {path: text for path, text in row.sources.items() if path in new} == new
    ]
    leading = [one.number for one in candidates if one.leads]
    return (same or leading or [0])[-1]


def path_to(candidates: Sequence[Candidate], winner: int) -> list[int]:
    """Numbers from the program as it stood to the winner."""
    parents = {one.number: one.parent for one in candidates}
    path = [winner]
    while (above := parents.get(path[-1])) is not None:
        path.append(above)
    return path[::-1]
