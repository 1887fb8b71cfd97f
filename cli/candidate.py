"""One candidate of a run: who proposed it, from what and why, what came of it, and its diff."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracepy.cli import screen
from tracepy.transcript import facts

if TYPE_CHECKING:
    from tracepy.store import EvaluationRow, ModelCall, Run


def show(run: Run, row: EvaluationRow, calls: Sequence[ModelCall], as_json: bool) -> None:
    """Print it, for a reader or as one JSON object.

    Args:
        run: Whose it is.
        row: The candidate.
        calls: The calls of models that it came of.
        as_json: Which of both.
    """
    if as_json:
        told = {**record(run, row), "calls": [call.number for call in calls]}
        click.echo(json.dumps(told, indent=2, allow_nan=False))
        return
    asked = [
        f"call {call.number}  {facts(call)}  (tracepy show {run.id} --prompt {call.number})"
        for call in calls
    ]
    for name, value in {**_facts(row), "asked": "\n".join(asked)}.items():
        if value:
            screen.say(f"{click.style(f'{name:<12}', dim=True)}{value}")
    if row.feedback.strip():
        screen.say(f"\n{row.feedback.rstrip()}")
    if patch := diff(run, row):
        screen.say()
        screen.show_diff(patch)


def diff(run: Run, row: EvaluationRow) -> str:
    """What it changes in the files that the run started from."""
    from tracepy.patches import patch
    from tracepy.store.codec import original_texts
    from tracepy.target import project_of
    from tracepy.transforms.source import Source

    changed = {path: run.originals[path] for path in sorted(row.sources) if path in run.originals}
    if not changed:
        return ""
    before = original_texts(changed)
    pairs = {
        path: (data, Source.decode(data, path).encode(row.sources[path]))
        for path, data in changed.items()
        if row.sources[path] != before[path]
    }
    return patch(project_of(Path(next(iter(changed))).parent), pairs)


def record(run: Run, row: EvaluationRow) -> dict[str, Any]:
    """All that is known of it, JSON-ready; instead of whole sources its diff."""
    from tracepy.cli.outcome import plain
    from tracepy.transforms.diff import printable

    fields = {name: plain(value) for name, value in asdict(row).items() if name != "sources"}
    return {**fields, "diff": printable(diff(run, row))}


def _facts(row: EvaluationRow) -> dict[str, str]:
    cases = f"{row.passed} of {row.cases} that ran" if row.cases else ""
    stopped = "" if row.complete else " (stopped: it could no longer win)"
    resources = [f"{row.seconds:.3g} s"]
    if row.cpu:
        resources.append(f"{row.cpu:.3g} s of CPU time")
    if row.memory:
        resources.append(screen.size(row.memory))
    when = datetime.fromtimestamp(row.created, UTC).astimezone() if row.created else None
    return {
        "candidate": f"#{row.index}  {screen.one_line(row.note)}",
        "proposed by": row.proposer,
        "made from": "" if row.parent is None else f"#{row.parent}",
        "because": row.reason,
        "score": f"{screen.score(row.score)}{stopped}" if row.status == "ok" else row.status,
        "cases": cases,
        "took": ", ".join(resources),
        "judged": f"{when:%Y-%m-%d %H:%M:%S}" if when else "",
        "verdict of": f"run {row.reused}, not judged again" if row.reused else "",
    }
