"""`tracepy show RUN`: what was asked, what was tried, what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracepy.cli import screen
from tracepy.cli.kept import found, run_argument
from tracepy.transcript import bill

if TYPE_CHECKING:
    from tracepy.store import EvaluationRow, Run, Spent

BEST_SHOWN = 5
CAUSES_SHOWN = 5


@click.command("show")
@run_argument
@click.option("--candidate", type=int, metavar="N", help="Show one candidate: its diff, and why.")
@click.option(
    "--prompt",
    type=int,
    is_flag=False,
    flag_value=-1,
    metavar="[N]",
    help="Show what a model was asked in call N and what it answered; without N, all calls.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, nothing else.")
def command(
    run: str, project: Path | None, candidate: int | None, prompt: int | None, as_json: bool
) -> None:
    """Show RUN: what was asked, the scores, what was tried and failed, and the diff.

    RUN is an id, a prefix of one, or `last` (the default).
    """
    if candidate is not None:
        from tracepy.cli.candidate import show

        with found(run, project) as (store, it):
            show(it, store.evaluation(it.id, candidate), store.calls(it.id, [candidate]), as_json)
        return
    if prompt is not None:
        from tracepy.cli.calls import show_all, show_one

        with found(run, project) as (store, it):
            calls = store.calls(it.id)
        if prompt < 0:
            show_all(it, calls, as_json)
        else:
            show_one(it, calls, prompt, as_json)
        return
    with found(run, project) as (store, it):
        rows = store.evaluations(it.id, sources=False)
        spent = store.spent_on(it.id)
    if as_json:
        click.echo(json.dumps(_object(it, rows, spent), indent=2, allow_nan=False))
    else:
        _asked(it)
        _came_of_it(it)
        _models(spent)
        _tried(it, rows)
        _fixes(it)
        if it.patch:
            screen.say()
            screen.show_diff(it.patch)


def best_first(run: Run, rows: list[EvaluationRow]) -> list[EvaluationRow]:
    """Candidates better than the baseline, the best first; what was stopped early is no score."""
    sign = -1.0 if run.settings.get("minimize") else 1.0
    scored = [
        row
        for row in rows
        if row.score is not None and row.status == "ok" and row.complete and row.index > 0
    ]
    if run.baseline is not None:
        scored = [row for row in scored if sign * (row.score or 0.0) > sign * run.baseline]
    return sorted(scored, key=lambda row: (-sign * (row.score or 0.0), row.index))


def _causes(rows: list[EvaluationRow]) -> list[tuple[str, int]]:
    return screen.causes((row.status, row.feedback) for row in rows)


def _fact(name: str, value: str) -> None:
    screen.say(f"{click.style(f'{name:<12}', dim=True)}{value}")


def _asked(run: Run) -> None:
    from tracepy.settings import typed

    when = datetime.fromtimestamp(run.created, UTC).astimezone()
    _fact("run", f"{run.id}  ({when:%Y-%m-%d %H:%M:%S})")
    _fact("target", run.target)
    _fact("objective", run.objective)
    _fact("optimizer", run.optimizer)
    if options := typed(run.settings):
        _fact("options", "  ".join(options))


def _came_of_it(run: Run) -> None:
    from tracepy.cli.runs import state

    baseline, best = screen.two_scores(run.baseline, run.best)
    _fact("state", state(run))
    _fact("score", f"{baseline} -> {best}" if run.improved else baseline)
    rate = f", {run.evaluations / run.seconds:.3g}/s" if run.seconds > 0 else ""
    _fact("cost", f"{screen.count(run.evaluations, 'evaluation')}, "
                  f"{screen.duration(run.seconds)}{rate}")  # fmt: skip


def _models(spent: Mapping[str, Spent]) -> None:
    """What a run's models took, all in all and, where there are several, each of them."""
    if spent:
        _fact("model", f"{', '.join(spent)}: {bill(spent)}")
    if len(spent) > 1:
        for name, one in spent.items():
            _fact("", f"  {name}: {bill({name: one})}")


def _tried(run: Run, rows: list[EvaluationRow]) -> None:
    from tracepy.cli.outcome import parameter_line

    if run.parameters:
        screen.say("\nchanged")
        for item in run.parameters:
            screen.say(parameter_line(item))
    better = best_first(run, rows)
    if better:
        screen.say(f"\nthe best of {screen.count(len(better), 'better candidate')}")
        for row in better[:BEST_SHOWN]:
            screen.say(
                f"  {screen.score(row.score):>10}  #{row.index}  {screen.one_line(row.note)}"
            )
    causes = _causes(rows)
    if causes:
        screen.say(f"\n{screen.count(sum(n for _, n in causes), 'candidate')} without a score")
        for cause, number in causes[:CAUSES_SHOWN]:
            screen.say(f"  {number:>6}  {cause}")
        if len(causes) > CAUSES_SHOWN:
            rest = sum(n for _, n in causes[CAUSES_SHOWN:])
            screen.say(f"  {rest:>6}  for {len(causes) - CAUSES_SHOWN} other reasons")


def _fixes(run: Run) -> None:
    from tracepy.cli.fixes import told, warned
    from tracepy.fixes import Fix

    fixes = [Fix.from_dict(item) for item in run.fixes]
    for line in warned(fixes):
        screen.say(f"\n{line}")
    for number, line in enumerate(told(fixes, run.id)):
        screen.say(line if number else f"\n{line}")


def facts(run: Run) -> dict[str, Any]:
    """What was asked and what came of it, JSON-ready."""
    from tracepy.cli.outcome import plain
    from tracepy.transforms.diff import printable

    return {
        "run": run.id,
        "created": datetime.fromtimestamp(run.created, UTC).isoformat(timespec="seconds"),
        "target": run.target,
        "objective": run.objective,
        "optimizer": run.optimizer,
        "settings": {name: plain(value) for name, value in run.settings.items()},
        "status": run.status,
        "applied": run.applied,
        "baseline": plain(run.baseline),
        "best": plain(run.best),
        "improved": run.improved,
        "evaluations": run.evaluations,
        "seconds": round(run.seconds, 3),
        "parameters": [
            {key: plain(value) for key, value in item.items()} for item in run.parameters
        ],
        "patch": printable(run.patch),
        "fixes": [plain(item) for item in run.fixes],
    }


def _object(run: Run, rows: list[EvaluationRow], spent: Mapping[str, Spent]) -> dict[str, Any]:
    from tracepy.cli.outcome import plain

    return {
        **facts(run),
        "llm": {name: asdict(one) for name, one in spent.items()},
        "failures": [{"cause": cause, "count": number} for cause, number in _causes(rows)],
        "tried": [
            {
                "index": row.index,
                "score": plain(row.score),
                "status": row.status,
                "note": row.note,
                "seconds": row.seconds,
            }
            for row in rows
        ],
    }
