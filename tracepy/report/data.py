"""A finished run as the page needs it: frozen records, made of what the store keeps."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from tracepy.errors import UserError
from tracepy.report.asked import Asked, asked_of, best_first
from tracepy.report.candidates import Candidate, candidates_of, path_to, winner_of
from tracepy.report.code import Slice, cut
from tracepy.report.pictures import pictures_of
from tracepy.report.steps import step
from tracepy.report.visible import visible
from tracepy.settings import typed
from tracepy.store import Run, Store
from tracepy.store.codec import original_texts
from tracepy.words import causes

PATCH_LIMIT = 400_000
"""Characters of the winner's diff that are shown."""
PICTURED = 50
"""Of so many of the best candidates the page has the pictures, beside the winner's."""


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
        asked: What it asked its models.
        pictures: Addresses of the pictures that evaluations left, by their numbers.
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
    asked: Asked = field(default_factory=Asked)
    pictures: Mapping[int, Sequence[str]] = field(default_factory=dict)

    @property
    def minimize(self) -> bool:
        """Whether a lower score is better."""
        return bool(self.run.settings.get("minimize"))

    def failures(self) -> list[tuple[str, int]]:
        """Why candidates came to no verdict, the most frequent cause first."""
        return causes((one.status, one.feedback) for one in self.candidates)


def gather(store: Store, run: Run) -> Report:
    """Read a run. Raises UserError where the store cannot be read or has nothing of it yet."""
    rows = store.evaluations(run.id)
    if not rows:
        raise UserError(f"run {run.id} was cut short before its first verdict: nothing to report")
    originals = original_texts(run.originals)
    project = _project(store.label, run)
    candidates, left_out = candidates_of(rows, run, originals, project)
    new = original_texts(run.new)
    winner = winner_of(rows, candidates, run, new)
    path = path_to(candidates, winner)
    asked = asked_of(store, run, candidates, path)
    seen = [
        one.number for one in best_first(candidates, run) if one.leads or one.number in asked.calls
    ]
    return Report(
        run,
        project,
        candidates,
        winner,
        step({}, new, originals, project, PATCH_LIMIT),
        path,
        cut(store.graph(run.id), originals, new, project),
        environment(run),
        command(run),
        left_out,
        asked,
        pictures_of(store, run, [0, winner, *seen[:PICTURED]]),
    )


def environment(run: Run) -> dict[str, str]:
    """What the run ran on: name -> value, in words."""
    return {
        visible(str(name)): visible(value if isinstance(value, str) else repr(value), 500)
        for name, value in run.environment.items()
        if name != "argv" and value not in (None, "", [], {})
    }


def command(run: Run) -> str:
    """What is typed, in the project's folder, to run it again."""
    argv = run.environment.get("argv")
    if isinstance(argv, list) and len(argv) > 1 and argv[1] == "optimize":
        return visible(shlex.join(["tracepy", *map(str, argv[1:])]))
    options = typed({**run.settings, "optimizer": run.optimizer})
    if not run.settings.get("seed"):
        options.append("--seed 0")
    return visible(" ".join(["tracepy optimize", shlex.quote(run.target), *options]))


def _project(store: str, run: Run) -> PurePath:
    """The folder that paths are shown relative to: the one that has the store, if it can be."""
    place = Path(store)
    paths = [Path(path) for path in run.originals]
    owner = place.parent.parent
    if place.parent.name == ".tracepy" and all(path.is_relative_to(owner) for path in paths):
        return owner
    return Path(os.path.commonpath([path.parent for path in paths])) if paths else Path("/")
