"""What runs in an executor's worker: unpacks the shipment once, and judges with judges of its own.

Everything that crosses is a plain frozen record. A candidate runs under the same limits and the
same isolation as in a local run, because the same `Judge` runs it.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import tracepy
from tracepy.errors import UserError
from tracepy.evaluation import depot
from tracepy.evaluation.judge import Judge
from tracepy.evaluation.places import Places
from tracepy.evaluation.records import Evaluation, Job
from tracepy.evaluation.shipment import Shipment
from tracepy.objective.examples import files
from tracepy.objective.record import Objective
from tracepy.target import Target


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a judge from a shipment. All paths are those of the user's machine.

    Attributes:
        digest: Of the shipment.
        roots: Of the shipment.
        target: What is being improved.
        objective: What says how good it is, as a dictionary.
        cwd: The folder whose files candidates find in theirs.
        options: The other arguments of `Judge`.
        modules: Names of modules that must be importable though they are not shipped.
        versions: Python's and tracepy's, which must be the same.
    """

    digest: str
    roots: tuple[str, ...]
    target: Target
    objective: dict[str, Any]
    cwd: str
    options: dict[str, Any]
    modules: tuple[str, ...] = ()
    versions: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Task:
    """A few jobs for one worker.

    Attributes:
        recipe: The judge that they need.
        jobs: To be judged one after the other.
        expected: Names of the cases of the baseline, once they are known.
        baseline: Whether to judge the program as it stands, and to explain where it fails.
        shipment: The files, only where the worker has asked for them.
    """

    recipe: Recipe
    jobs: tuple[Job, ...]
    expected: tuple[str, ...] = ()
    baseline: bool = False
    shipment: Shipment | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker says to a task.

    Attributes:
        evaluations: The verdicts, in the order of the jobs.
        expected: Names of the cases of the baseline.
        isolation: The mode of isolation there.
        missing: Whether the worker has not got the files: send them along.
        error: What is wrong with the worker or the program, and the exit status that it means.
    """

    evaluations: tuple[Evaluation, ...] = ()
    expected: tuple[str, ...] = ()
    isolation: str = ""
    missing: bool = False
    error: tuple[str, int] | None = None


def versions() -> tuple[str, str]:
    """Python's (without the patch level, which changes no behaviour) and tracepy's."""
    return f"{sys.version_info.major}.{sys.version_info.minor}", tracepy.__version__


def run(task: Task) -> Answer:
    """Do a task in this process. May run in several threads at once."""
    recipe = task.recipe
    wrong = unfit(recipe)
    if wrong:
        return Answer(error=(wrong, UserError.exit_status))
    if task.shipment is not None:
        depot.store(task.shipment)
    place = depot.place(recipe.digest)
    if place is None:
        return Answer(missing=True)
    places = Places(recipe.roots, place.copy)
    try:
        with place.judge(_key(recipe), lambda: _judge(recipe, places, place.scratch)) as judge:
            return _answer(task, judge, places)
    except UserError as error:
        return Answer(error=(places.here(str(error)), error.exit_status))


def unfit(recipe: Recipe) -> str:
    """Why this process cannot judge for that user, or nothing."""
    who = f"the worker on {platform.node()} ({sys.executable})"
    for name, theirs, ours in zip(("Python", "tracepy"), recipe.versions, versions(), strict=True):
        if theirs != ours:
            return f"{who} has {name} {ours}, this command {theirs}: they must be the same"
    absent = [name for name in recipe.modules if find_spec(name) is None]
    if absent:
        return (
            f"{who} cannot import {', '.join(absent)}, which the program needs: "
            "install there what is installed here"
        )
    return ""


def _answer(task: Task, judge: Judge, places: Places) -> Answer:
    judge.expected = task.expected
    if task.baseline:
        found = [judge.baseline(trace=task.jobs[0].trace)]
    else:
        found = judge.evaluate([places.job(job) for job in task.jobs])
    mapped = tuple(places.evaluation(evaluation) for evaluation in found)
    return Answer(mapped, judge.expected, judge.isolation.mode)


def _judge(recipe: Recipe, places: Places, scratch: Path) -> Judge:
    target = recipe.target
    # What the user opens beyond the project may lie at the same place there.
    readable = [places.there(path) for path in recipe.options.get("readable", ())]
    return Judge(
        replace(
            target,
            modules={name: Path(places.there(str(x))) for name, x in target.modules.items()},
            root=Path(places.there(str(target.root))),
            project=Path(places.there(str(target.project))),
        ),
        Objective.from_dict(places.spec(recipe.objective)),
        workers=1,
        cwd=Path(places.there(recipe.cwd)),
        scratch=scratch,
        # Where this is the user's own machine, the originals lie here as well.
        hidden=files(Objective.from_dict(recipe.objective)),
        **{**recipe.options, "readable": readable},
    )


def _key(recipe: Recipe) -> str:
    return repr((recipe.target, recipe.objective, recipe.cwd, recipe.options))
