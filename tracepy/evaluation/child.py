"""What a forked worker does: wait for a candidate, run the objective on it, report."""

from __future__ import annotations

import json
import marshal
import os
import struct
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracepy.evaluation import _guard, guard
from tracepy.evaluation.recording import Recorder
from tracepy.evaluation.records import Evaluation, Job
from tracepy.hook import install_for_candidate
from tracepy.hook.compiled import Codes
from tracepy.objective.answers import Answers
from tracepy.objective.context import Context, unrecorded
from tracepy.objective.errors import describe
from tracepy.objective.record import Objective
from tracepy.objective.run import run

if TYPE_CHECKING:
    from tracepy.evaluation.primed import Primed

REPLY_LIMIT = 32 * 1024**2  # bytes of a verdict with a trace
UNTRACED_LIMIT = 4 * 1024**2  # and of one without
ASK, ANSWER = 3, 4  # the worker's descriptors for the request and for the verdict
_LENGTH = struct.Struct("!Q")


@dataclass(frozen=True, slots=True)
class Setting:
    """What all candidates of a server are judged by; made once, before workers are forked.

    Attributes:
        objective: What says how good the program is.
        modules: Dotted name to path of the target's modules.
        root: The folder that must be on `sys.path`.
        project: The folder of the project.
        memory_limit: Bytes, for a message.
        targets: The paths of `modules`.
        codes: What the project's files compile to.
        expected: Names of the baseline's cases, once they are known.
        slowest: Seconds of the slowest of them that passed, once that is known.
        habits: What the program as it stands does of what candidates may not begin to do.
        judged: Files that a candidate must not read.
        loaded: The program and its tests, where they are in memory already.
    """

    objective: Objective
    modules: dict[str, str]
    root: Path
    project: Path
    memory_limit: int
    targets: frozenset[str]
    codes: Codes
    expected: tuple[str, ...] = ()
    slowest: float = 0.0
    habits: frozenset[str] = frozenset()
    judged: frozenset[str] = frozenset()
    loaded: Primed | None = None

    @classmethod
    def of(cls, config: dict[str, Any], codes: Codes) -> Setting:
        """From the server's configuration."""
        return cls(
            Objective.from_dict(config["objective"]),
            config["modules"],
            Path(config["root"]),
            Path(config["project"]),
            config["memory_limit"],
            frozenset(config["modules"].values()),
            codes,
        )

    def knowing(self, known: dict[str, Any]) -> Setting:
        """The same after the baseline has told more."""
        return replace(
            self,
            expected=tuple(known["expected"]),
            slowest=known["slowest"],
            habits=frozenset(known["habits"]),
            judged=frozenset(known["judged"]),
        )


def request(job: dict[str, Any], secret: bytes) -> bytes:
    """What a worker is sent: the job, and the secret that makes its verdict count."""
    data = marshal.dumps(job)
    return _LENGTH.pack(len(data)) + data + secret


def receive() -> Job | None:
    """Wait for the job; the secret stays in the pipe. None where the server is gone."""
    length = _read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    return Job.from_dict(marshal.loads(_read(*_LENGTH.unpack(length))))


def _read(size: int) -> bytes:
    parts: list[bytes] = []
    while size and (part := os.read(ASK, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def main(setting: Setting, job: Job, scratch: Path) -> None:
    """Run one evaluation in this process and write the verdict to `ANSWER`."""
    guard.arm(setting, ASK, ANSWER, _send, learning=not job.sources)
    os.close(ASK)
    evaluation = evaluate(setting, job, scratch)
    _flush()
    _send(evaluation)


def evaluate(setting: Setting, job: Job, scratch: Path) -> Evaluation:
    """Run the objective on a candidate."""
    recorder = Recorder() if job.trace else None
    context = Context(
        job,
        setting.modules,
        setting.root,
        setting.project,
        scratch,
        setting.expected if job.sources else (),
        setting.slowest,
        recorder.record if recorder else unrecorded,
        Answers(ANSWER, eager=job.stops or bool(setting.objective.stages)),
    )
    try:
        recorded = tuple(setting.modules) if job.trace else ()
        install_for_candidate(recorded, job.sources, setting.codes)
        if setting.loaded is None:
            found = run(setting.objective, context)
        else:
            found = setting.loaded.judge(setting.objective, context)
    except MemoryError:
        size = f"{setting.memory_limit / 1024**2:.0f} MiB"
        found = Evaluation("memory", None, f"needed more memory than {size}")
    except BaseException as error:
        found = Evaluation("error", None, describe(error))
    if recorder is None:
        return found
    facts, graph, problem = recorder.close()
    text = f"{found.feedback}\n{problem}" if problem else found.feedback
    return replace(found, trace=facts, graph=graph, feedback=text)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # closed or replaced by the candidate
            continue


def _send(evaluation: Evaluation) -> None:
    message = {"evaluation": evaluation.to_dict(), "habits": _guard.seen()}
    _guard.send(json.dumps(message).encode("ascii"))
