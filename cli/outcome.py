"""How a finished run is shown, and what of it is written."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracepy.cli import screen
from tracepy.cli.fixes import as_objects, told, warned
from tracepy.cli.kept import found, named
from tracepy.cli.written import destination, tell
from tracepy.errors import UserError
from tracepy.transcript import bill

if TYPE_CHECKING:
    from tracepy.result import Result
    from tracepy.store import Run, Spent, Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done with the winner."""

    write: bool = False
    review: bool = False
    patch: str | None = None
    report: str | None = None
    branch: str | None = None
    commit: bool = False
    as_json: bool = False
    quiet: bool = False


def show(result: Result, wanted: Wanted, project: Path, cwd: Path) -> int:
    """Print the result as wanted, write what is to be written; the exit status.

    Raises:
        UserError: a file could not be written. The result has been shown by then, and the
            message says where the patch is.
    """
    with found(result.run, project) as (store, run):
        spent, models = store.spent(run.id), store.spent_on(run.id)
    if wanted.as_json:
        click.echo(json.dumps(as_object(result, spent), indent=2, allow_nan=False))
    elif wanted.quiet:
        if result.patch:
            screen.show_diff(result.patch)
        else:
            screen.say(verdict(result))
    else:
        _summary(
            result, bill(models), with_diff=not wanted.review or result.status == "interrupted"
        )
    from tracepy.target import shown

    with found(result.run, project) as (store, run):
        if wanted.report:
            from tracepy.report.page import write

            write(store, run, cwd / wanted.report)
            if not (wanted.as_json or wanted.quiet):
                screen.say(f"\nwrote {wanted.report}")
        written = _written(store, run, result, wanted, cwd)
        if not (wanted.as_json or wanted.quiet):
            name = named(run.id, project, cwd)
            for number, line in enumerate(told(result.fixes, name)):
                screen.say(line if number else f"\n{line}")
            _next_steps(run, written, shown(store.label, cwd), name)
    return exit_status(result)


def exit_status(result: Result) -> int:
    """0 better or goal reached, 1 nothing better found, 130 interrupted."""
    if result.status == "interrupted":
        return 130
    return 0 if result.improved or result.goal_reached else 1


def as_object(result: Result, spent: Spent) -> dict[str, Any]:
    """The object of `--json`, JSON-ready; a cost that is not known is null."""
    from tracepy.transforms.diff import printable

    return {
        "run": result.run,
        "target": result.target,
        "optimizer": result.optimizer,
        "baseline": plain(result.baseline),
        "best": plain(result.best),
        "improved": result.improved,
        **_evidence(result),
        "evaluations": result.evaluations,
        "seconds": round(result.seconds, 3),
        "llm": asdict(spent),
        "parameters": [
            {key: plain(item[key]) for key in ("name", "kind", "old", "new")}
            for item in result.parameters
        ],
        "patch": printable(result.patch),
        "fixes": as_objects(result.fixes),
    }


def _evidence(result: Result) -> dict[str, Any]:
    """How sure the scores are: null where the objective is deterministic or nothing is held out."""
    found, held_out = result.comparison, result.validation
    return {
        "confidence": None if found is None else round(found.confidence, 6),
        "baseline_error": None if found is None else plain(found.baseline.error),
        "best_error": None if found is None else plain(found.best.error),
        "validation": held_out
        and {
            "baseline": plain(held_out.baseline),
            "best": plain(held_out.best),
            "chosen_from": held_out.chosen_from,
        },
    }


def plain(value: Any) -> Any:
    """A value as JSON has it: infinities and NaN are null, what else it lacks is its source."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: plain(item) for key, item in value.items()}
    return repr(value)


def verdict(result: Result) -> str:
    """One line: better or not, from where to where, at what cost."""
    baseline, best = screen.two_scores(result.baseline, result.best)
    cost = f"{screen.count(result.evaluations, 'evaluation')}, {screen.duration(result.seconds)}"
    found = result.comparison
    if result.improved and found is not None:
        sure = f"{len(found.best)} draws each, {math.floor(1000 * found.confidence) / 10:g} % sure"
        before, after = (f"{x.error:.2g}" for x in (found.baseline, found.best))
        return f"better: {baseline} ± {before} -> {best} ± {after} ({sure}; {cost})"
    if result.improved:
        return f"better: {baseline} -> {best}{_cases(result)} ({cost})"
    if result.goal_reached:
        return f"nothing to do: the score is {baseline}{_passed(result)} as it stands ({cost})"
    return f"nothing better than {baseline}{_passed(result)} found ({cost})"


def _cases(result: Result) -> str:
    if not result.baseline_cases or not result.best_cases:
        return ""
    (before, total), (after, _) = result.baseline_cases, result.best_cases
    return f", {before} -> {after} of {total} cases pass" if total > 1 else ""


def _passed(result: Result) -> str:
    passed, total = result.baseline_cases or (0, 0)
    return f", {passed} of {total} cases pass" if total > 1 else ""


def _summary(result: Result, model: str, with_diff: bool) -> None:
    if result.status == "interrupted":
        so_far = ": this is the best so far" if result.improved else ""
        screen.say(click.style(f"interrupted{so_far}", fg="yellow"))
    good = result.improved or result.goal_reached
    screen.say(click.style(verdict(result), fg="green" if good else None, bold=True))
    if model:
        screen.say(f"model: {model}")
    if result.validation is not None:
        held = result.validation
        scores = screen.two_scores(held.baseline, held.best)
        bias = ""
        if held.chosen_from > 1:
            bias = f" (it chose from {held.chosen_from} candidates, which flatters the winner)"
        screen.say(f"held out ({held.label}): {scores[0]} -> {scores[1]}{bias}")
        if held.worse:
            warning = "better in the search, worse on what was held out: this is overfitting"
            screen.say(click.style(f"warning: {warning}", fg="yellow"))
    for warning in warned(result.fixes):
        screen.say(warning)
    for note in result.notes:
        screen.say(f"note: {note}")
    if result.parameters:
        screen.say()
        for item in result.parameters:
            screen.say(parameter_line(item))
    if result.patch and with_diff:
        screen.say()
        screen.show_diff(result.patch)


def parameter_line(item: dict[str, Any]) -> str:
    """One changed parameter: its name, and both values where they are short."""
    if item["kind"] == "function":
        return f"  {item['name']}  function"
    old, new = (screen.one_line(repr(item[key]), 40) for key in ("old", "new"))
    return f"  {item['name']}  {old} -> {new}"


def _written(store: Store, run: Run, result: Result, wanted: Wanted, cwd: Path) -> bool:
    """Write the patch and the files as wanted; whether the files now hold changes of the run."""
    from tracepy.store.message import message
    from tracepy.store.outcome import apply
    from tracepy.transforms.diff import to_bytes

    if not run.patch:
        return False
    to = destination(wanted.branch, wanted.commit)
    write = wanted.write or (wanted.commit and wanted.branch is None)
    if wanted.patch:
        try:
            (cwd / wanted.patch).write_bytes(to_bytes(run.patch))
        except OSError as error:
            raise UserError(f"cannot write {wanted.patch}: {error.strerror}") from error
    if run.status == "interrupted":  # whoever stops a run has not yet said yes to its result
        if wanted.write or wanted.review or to is not None:
            screen.say("interrupted, so nothing was written to the files", err=True)
        return False
    if wanted.review:
        from tracepy.cli.choosing import review

        return review(store, run, cwd, to=to, write=write or to is None)
    if write or to is not None:
        about = message(run, cases=_case_counts(result))
        written = apply(store, run, write=write, to=to, message=about)
        if not (wanted.as_json or wanted.quiet):
            screen.say()
            tell(written, cwd)
        return bool(written.paths)
    return False


def _case_counts(result: Result) -> tuple[int, int, int] | None:
    """Cases that passed before and after, and all."""
    if result.baseline_cases is None or result.best_cases is None:
        return None
    return result.baseline_cases[0], result.best_cases[0], result.best_cases[1]


def _next_steps(run: Run, written: bool, where: str, name: str) -> None:
    """Where the run is kept, and what can be typed now."""
    screen.say(f"\nrun {run.id}, kept in {where}")
    steps = [("show", "what was tried")]
    if written:
        steps.insert(0, ("revert", "take it back"))
    elif run.patch:
        steps[:0] = [("apply", "write it to the files"), ("review", "choose hunk by hunk")]
    for command, what in steps:
        screen.say(f"  tracepy {command + ' ' + name:<12}  {click.style(what, dim=True)}")
