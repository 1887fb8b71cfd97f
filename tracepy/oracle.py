"""The Trace Oracle: one traced evaluation of a program, as it stands or as a candidate has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tracepy.config import load, settings_from
from tracepy.errors import BaselineError
from tracepy.feedback import Feedback
from tracepy.objective.find import find
from tracepy.target import resolve

if TYPE_CHECKING:
    from tracepy.graph import Graph
    from tracepy.problem import Problem


class Traced(NamedTuple):
    """What the oracle answers: τ = (f, g).

    Attributes:
        feedback: What the objective said.
        graph: What ran to get there; of a run with several cases, that of the first failing one.
    """

    feedback: Feedback
    graph: Graph


def trace(problem: Problem, sources: Mapping[str, str] | None = None, **options: Any) -> Traced:
    """Evaluate a program once, in a worker of its own, and record it.

    Args:
        problem: What is evaluated, and what judges it.
        sources: Whole texts of modules that a candidate changes, by absolute path.
        options: As those of `tracepy.optimize`: `timeout`, `memory_limit`, `sandbox`, ...

    Raises:
        UserError: the target, the objective or an option is wrong.
        BaselineError: there is no verdict, or no trace of it; the message says why.

    Source: the Trace Oracle T(θ) -> τ of OPTO (arXiv 2406.16218, section 3).
    """
    from tracepy.evaluation import Judge
    from tracepy.evaluation.records import Job
    from tracepy.graph import Graph

    folder = (problem.project or Path.cwd()).resolve()
    target = resolve(str(problem.target), folder)
    spec = problem.objective_spec()
    settings = settings_from(
        load(target.project), {**options, **({"objective": spec} if spec else {})}
    )
    objective = find(target, settings, target.project)
    with Judge(
        target,
        objective,
        workers=1,
        timeout=settings.timeout,
        memory_limit=settings.memory_limit,
        sandbox=settings.sandbox,
        environment=settings.allow_env,
        readable=settings.allow_read,
        network=settings.allow_network,
    ) as judge:
        if sources:
            found = judge.evaluate([Job(dict(sources), trace=True)])[0]
        else:
            found = judge.baseline(trace=True)
    if found.score is None:
        raise BaselineError(f"there is no verdict ({objective.label}): {found.feedback}")
    if found.graph is None:
        raise BaselineError(
            "the run was not traced: nothing of the target ran, or too much of it "
            f"({found.feedback or 'no reason given'})"
        )
    feedback = Feedback(
        found.score, found.feedback, cases={case.name: case.score for case in found.cases}
    )
    return Traced(feedback, Graph.from_json(found.graph))
