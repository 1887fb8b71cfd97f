"""What `--stage` and `--validation` name, and how a data set is split."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tracepy.errors import UserError
from tracepy.objective.examples import examples
from tracepy.objective.find import dataset_objective, function, pytest_objective
from tracepy.objective.record import Objective, Stage
from tracepy.settings import Settings
from tracepy.target import Target

_THRESHOLD = re.compile(r"(?P<spec>.+?)\s*(?P<sign>>=|<=)\s*(?P<score>[^<>=]+)")


def held_out(
    objective: Objective, target: Target, settings: Settings
) -> tuple[Objective, Objective | None]:
    """The objective of the search, and that of `--validation`.

    Raises:
        UserError: what was given is not there, or does not go with the objective.
    """
    spec = settings.validation
    if spec is None:
        return objective, None
    cwd = Path.cwd().resolve()
    if objective.kind != "dataset":
        return objective, _named(spec, objective, target, settings, "--validation")
    try:
        share = float(spec)
    except ValueError:
        other = replace(settings, dataset=spec)
        return objective, dataset_objective(other, target, cwd)
    number = len(examples(Path(objective.spec["file"])))
    size = round(share * number)
    if not 0 < share < 1 or not 0 < size < number:
        raise UserError(
            f"--validation {spec}: a share between 0 and 1 that leaves examples on both sides "
            f"(there are {number})"
        )
    chosen = set(random.Random(settings.seed).sample(range(number), size))
    rest = [index for index in range(number) if index not in chosen]
    training = replace(objective, spec={**objective.spec, "rows": rest})
    label = f"{size} of {number} examples"
    return training, replace(
        objective, label=label, spec={**objective.spec, "rows": sorted(chosen)}
    )


def cascade(
    objective: Objective,
    target: Target,
    settings: Settings,
    score: Callable[[Objective], float],
) -> Objective:
    """The objective with its stages.

    Args:
        objective: The objective of the search.
        target: What is improved.
        settings: `stage` holds `SPEC`, `SPEC>=SCORE` or `SPEC<=SCORE`.
        score: The score of the program as it stands at a stage, which is its threshold where none
            is given.

    Raises:
        UserError: a stage is not there, or its threshold is no number.
    """
    stages = []
    for text in settings.stage:
        match = _THRESHOLD.fullmatch(text)
        spec = match["spec"] if match else text
        judge = _named(spec, objective, target, settings, "--stage")
        below = settings.minimize and judge.kind != "pytest"
        if match is None:
            stages.append(Stage(judge, score(judge), below))
            continue
        try:
            needs = float(match["score"])
        except ValueError as error:
            raise UserError(f"--stage {text}: {match['score']!r} is no number") from error
        stages.append(Stage(judge, needs, match["sign"] == "<="))
    return replace(objective, stages=tuple(stages))


def _named(
    spec: str, objective: Objective, target: Target, settings: Settings, option: str
) -> Objective:
    """`$ command`, a number of examples, `module:function`, or what pytest is given."""
    cwd = Path.cwd().resolve()
    if spec.startswith("$") or (objective.kind == "command" and option == "--validation"):
        command = spec.removeprefix("$").strip()
        return Objective("command", f"the command {command}", {"command": command})
    if spec.isdecimal():
        if objective.kind != "dataset" or int(spec) < 1:
            raise UserError(f"{option} {spec}: a number of examples goes with --dataset")
        rows = objective.spec.get("rows")
        first = rows[: int(spec)] if rows is not None else list(range(int(spec)))
        label = f"{spec} examples"
        return replace(objective, label=label, spec={**objective.spec, "rows": first})
    place = spec.partition("::")[0]
    if "::" in spec or ((cwd / place).exists() and not place.endswith(".jsonl")):
        return pytest_objective((spec,), settings, cwd)
    if ":" in spec:
        return function(spec, target, cwd)
    return pytest_objective((spec,), settings, cwd)
