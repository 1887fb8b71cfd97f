"""What a forked worker does: shut itself in, apply the candidate, run the objective, report."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracepy.evaluation import _guard, guard
from tracepy.evaluation.recording import Recorder
from tracepy.evaluation.records import Evaluation, Job
from tracepy.hook import install
from tracepy.objective.answers import Answers
from tracepy.objective.context import Context, unrecorded
from tracepy.objective.errors import describe
from tracepy.objective.record import Objective
from tracepy.objective.run import run

REPLY_LIMIT = 32 * 1024**2  # bytes of a verdict with a trace
UNTRACED_LIMIT = 4 * 1024**2  # and of one without


def main(config: dict[str, Any], request: dict[str, Any], scratch: str, reply: int) -> None:
    """Run one evaluation in this process and write the verdict to `reply`."""
    guard.arm(config, request, reply, _send)
    evaluation = _evaluate(config, Job.from_dict(request["job"]), Path(scratch), request, reply)
    _flush()
    _send(evaluation)


def _evaluate(
    config: dict[str, Any], job: Job, scratch: Path, request: dict[str, Any], reply: int
) -> Evaluation:
    objective = Objective.from_dict(config["objective"])
    recorder = Recorder() if job.trace else None
    context = Context(
        job,
        config["modules"],
        Path(config["root"]),
        Path(config["project"]),
        scratch,
        tuple(request["expected"]),
        recorder.record if recorder else unrecorded,
        Answers(reply, eager=request["eager"]),
        failing=frozenset(request["failing"]),
    )
    try:
        install(*(config["modules"] if job.trace else ()), sources=job.sources)
        found = run(objective, context)
    except MemoryError:
        found = Evaluation("memory", None, f"needed more memory than {_size(config)}")
    except BaseException as error:
        found = Evaluation("error", None, describe(error))
    if recorder is None:
        return found
    facts, graph, problem = recorder.close()
    text = f"{found.feedback}\n{problem}" if problem else found.feedback
    return replace(found, trace=facts, graph=graph, feedback=text)


def _size(config: dict[str, Any]) -> str:
    return f"{config['memory_limit'] / 1024**2:.0f} MiB"


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # closed or replaced by the candidate
            continue


def _send(evaluation: Evaluation) -> None:
    message = {"evaluation": evaluation.to_dict(), "habits": _guard.seen()}
    _guard.send(json.dumps(message).encode("ascii"))
