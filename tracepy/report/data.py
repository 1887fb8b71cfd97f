"""A finished run as the page needs it: frozen records, made of what the store keeps."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from tracepy.report.code import Slice, cut
from tracepy.report.steps import step
from tracepy.report.visible import one_line, visible
from tracepy.settings import typed
from tracepy.store import EvaluationRow, Run, Store
from tracepy.store.codec import original_texts

FEEDBACK_LIMIT = 4_000
"""Characters of one candidate's feedback that are shown."""
PATCH_LIMIT = 400_000
"""Characters of the winner's diff that are shown."""
DIFFS_LIMIT = 48_000_000
"""Characters of all diffs together; past that, only the best candidates' are kept."""
DIFFS_KEPT = 500


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
        whole: What it changes of the program as it stood, where that is another diff.
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


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page tells.

    Attributes:
        run: As the store has it.
        project: What paths are shown relative to.
        candidates: In the order in which they were judged.
        winner: The number of the best candidate; 0 where nothing better was found.
        patch: What the winner changes of the program as it stood, as a diff for reading.
        path: Numbers from the program as it stood to the winner.
        slice: What the judged output depended on, where a graph was kept.
        environment: What the run ran on, in words.
        command: What reproduces it.
        diffs_left_out: How many candidates' diffs have no room.
    """

    run: Run
    project: PurePath
    candidates: Sequence[Candidate]
    winner: int
    patch: str
    path: Sequence[int]
    slice: Slice | None
    environment: Mapping[str, str]
    command: str
    diffs_left_out: int = 0

    @property
    def minimize(self) -> bool:
        """Whether a lower score is better."""
        return bool(self.run.settings.get("minimize"))

    def failures(self) -> list[tuple[str, int]]:
        """Why candidates came to no verdict, the most frequent cause first."""
        causes = Counter(
            f"{one.status}: {_last_line(one.feedback)}" if one.feedback.strip() else one.status
            for one in self.candidates
            if one.status != "ok"
        )
        return causes.most_common()


def gather(store: Store, run: Run) -> Report:
    """Read a run. Raises UserError where the store cannot be read."""
    rows = store.evaluations(run.id)
    originals = original_texts(run.originals)
    project = _project(store.label, run)
    candidates, left_out = _candidates(rows, run, originals, project)
    new = original_texts(run.new)
    winner = _winner(rows, candidates, run, new)
    return Report(
        run,
        project,
        candidates,
        winner,
        step({}, new, originals, project, PATCH_LIMIT),
        _path(candidates, winner),
        cut(store.graph(run.id), originals, new, project),
        environment(run),
        command(run),
        left_out,
    )


def environment(run: Run) -> dict[str, str]:
    """What the run ran on: name -> value, in words."""
    found: Mapping[str, Any] = getattr(run, "environment", None) or {}
    return {
        visible(str(name)): visible(value if isinstance(value, str) else repr(value), 500)
        for name, value in found.items()
        if name != "argv" and value not in (None, "", [], {})
    }


def command(run: Run) -> str:
    """What is typed, in the project's folder, to run it again."""
    found: Mapping[str, Any] = getattr(run, "environment", None) or {}
    argv = found.get("argv")
    if isinstance(argv, list) and len(argv) > 1 and argv[1] == "optimize":
        return visible(shlex.join(["tracepy", *map(str, argv[1:])]))
    options = typed({**run.settings, "optimizer": run.optimizer})
    if not run.settings.get("seed"):
        options.append("--seed 0")
    return visible(" ".join(["tracepy optimize", shlex.quote(run.target), *options]))


def _candidates(
    rows: Sequence[EvaluationRow],
    run: Run,
    originals: Mapping[str, str],
    project: PurePath,
) -> tuple[list[Candidate], int]:
    sign = -1.0 if run.settings.get("minimize") else 1.0
    sources = {row.index: row.sources for row in rows}
    kept = _with_diff(rows, sign)
    found: list[Candidate] = []
    best: float | None = None
    room = DIFFS_LIMIT
    left_out = 0
    for row in rows:
        parent = row_parent(row)
        value = None if row.score is None or row.status != "ok" else sign * row.score
        complete = row_complete(row)
        leads = value is not None and complete and (best is None or value > best)
        if leads:
            best = value
        steps = whole = ""
        if parent is not None and (room > 0 or row.index in kept):
            steps = step(sources.get(parent, {}), row.sources, originals, project)
            whole = step({}, row.sources, originals, project) if parent else ""
            room -= len(steps) + len(whole)
        elif parent is not None:
            left_out += 1
        found.append(_candidate(row, run, parent, complete, leads, steps, whole))
    return found, left_out


def _candidate(
    row: EvaluationRow,
    run: Run,
    parent: int | None,
    complete: bool,
    leads: bool,
    steps: str,
    whole: str,
) -> Candidate:
    created = getattr(row, "created", 0.0)
    return Candidate(
        row.index,
        parent,
        one_line(getattr(row, "proposer", "")),
        visible(getattr(row, "reason", ""), FEEDBACK_LIMIT),
        one_line(row.note),
        row.score,
        one_line(row.status),
        complete,
        leads,
        getattr(row, "passed", None),
        getattr(row, "cases", None),
        row.seconds,
        getattr(row, "cpu", 0.0),
        getattr(row, "memory", 0),
        max(0.0, created - run.created) if created else 0.0,
        one_line(getattr(row, "reused", None) or ""),
        visible(row.feedback, FEEDBACK_LIMIT),
        steps,
        whole,
    )


def row_parent(row: EvaluationRow) -> int | None:
    """The number of what a candidate was made of; one that came later cannot be it."""
    if row.index == 0:
        return None
    parent = getattr(row, "parent", None)
    return parent if parent is not None and 0 <= parent < row.index else 0


def row_complete(row: EvaluationRow) -> bool:
    """Whether all cases were judged."""
    return bool(getattr(row, "complete", not row.feedback.startswith("stopped early")))


def _with_diff(rows: Sequence[EvaluationRow], sign: float) -> set[int]:
    """Whose diff is shown even where not all have room: the best, and what they are made of."""
    if len(rows) <= DIFFS_KEPT:
        return {row.index for row in rows}
    scored = [row for row in rows if row.score is not None and row_complete(row)]
    scored.sort(key=lambda row: -sign * (row.score or 0.0))
    kept = {row.index for row in scored[:DIFFS_KEPT]}
    parents = {row.index: row_parent(row) for row in rows}
    for number in list(kept):
        above = parents.get(number)
        while above is not None and above not in kept:
            kept.add(above)
            above = parents.get(above)
    return kept


def _winner(
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


def _path(candidates: Sequence[Candidate], winner: int) -> list[int]:
    parents = {one.number: one.parent for one in candidates}
    path = [winner]
    while (above := parents.get(path[-1])) is not None:
        path.append(above)
    return path[::-1]


def _project(store: str, run: Run) -> PurePath:
    """The folder that paths are shown relative to: the one that has the store, if it can be."""
    place = Path(store)
    paths = [Path(path) for path in run.originals]
    owner = place.parent.parent
    if place.parent.name == ".tracepy" and all(path.is_relative_to(owner) for path in paths):
        return owner
    return Path(os.path.commonpath([path.parent for path in paths])) if paths else Path("/")


def _last_line(text: str) -> str:
    return one_line(text.strip().splitlines()[-1], 90)
