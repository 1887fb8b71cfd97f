"""Finished work as the store gives it back: frozen records, apart from the live handle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tracepy.writeback import Change

RunStatus = Literal["running", "finished", "interrupted"]


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One candidate and its verdict.

    Attributes:
        index: Its number within the run, from 0 (the baseline).
        digest: What tells candidates apart (a hash of their normalised source).
        note: What was changed, in words.
        score: What the objective said, or None without a verdict.
        status: `ok`, or what ended the worker (`tracepy.evaluation.records.Status`).
        feedback: What the objective said in words, or the error's text.
        seconds: Wall-clock time of the worker.
        sources: Absolute path -> whole text, of the files that differ from the run's originals.
        parent: Number of the evaluation whose candidate this one was made from; None of the
            baseline, and where it is not known.
        proposer: What proposed it: `baseline`, the optimizer's name, `shrink`.
        reason: Why it was proposed, in words.
        cpu: Seconds of CPU time.
        memory: The most resident memory that one of its processes had, in bytes.
        complete: False where it was stopped because it could no longer beat what it had to beat.
        passed: How many of its cases passed; None where the objective has none.
        cases: How many cases ran.
        created: When the verdict was there, in seconds since the epoch.
        reused: The run whose verdict was taken over, where it was not judged anew.
    """

    index: int
    digest: str
    note: str
    score: float | None
    status: str
    feedback: str = ""
    seconds: float = 0.0
    sources: dict[str, str] = field(default_factory=dict)
    parent: int | None = None
    proposer: str = ""
    reason: str = ""
    cpu: float = 0.0
    memory: int = 0
    complete: bool = True
    passed: int | None = None
    cases: int | None = None
    created: float = 0.0
    reused: str | None = None


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One question to a model.

    Attributes:
        number: Its number within the run, from 0.
        evaluation: The number of the evaluation that came of it, or None.
        model: Name of the model.
        prompt: What was asked.
        answer: What was answered.
        prompt_tokens: Tokens of the prompt.
        completion_tokens: Tokens of the answer.
        cost: US dollars, or None where that is not known.
        seconds: How long it took.
        created: When it was asked, in seconds since the epoch.
    """

    number: int
    evaluation: int | None
    model: str
    prompt: str
    answer: str
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    seconds: float
    created: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run's questions to models took.

    Attributes:
        calls: How many were asked, those without an answer included.
        prompt_tokens: Tokens of all prompts.
        completion_tokens: Tokens of all answers.
        cost: US dollars; None where the price of one of them is not known.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = 0.0

    def __add__(self, other: Spent) -> Spent:
        known = self.cost is not None and other.cost is not None
        return Spent(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            (self.cost or 0.0) + (other.cost or 0.0) if known else None,
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One optimization, as far as it got.

    Attributes:
        id: Time-ordered and short, such as `20261124-131502-ab3f` (UTC).
        created: Seconds since the epoch.
        target: What the run was asked to improve, as it was typed.
        optimizer: Name of the optimizer.
        objective: What "good" meant, in words.
        settings: The options, as `dataclasses.asdict(Settings)` gives them.
        status: `running` only while the process that runs it is alive.
        baseline: Score of the program as it stood, or None where it never was judged.
        best: Score of the best candidate so far.
        improved: Whether `best` is better than `baseline` in the run's direction.
        evaluations: How many candidates were judged.
        seconds: Wall-clock time of the run.
        parameters: What the best candidate changed: name, kind, old, new.
        patch: The same as a unified diff, in the form of `tracepy.transforms.diff`.
        originals: Absolute path -> bytes of each file when the run began.
        new: Absolute path -> bytes of each file that the best candidate changes.
        written: Absolute path -> bytes of each file as `apply` or `review` wrote it. Where
            `applied` is not True, they were about to and did not come to the end.
        before: Absolute path -> bytes of each file when it was written, where that was not the
            original.
        applied: True once written to the files, False once reverted, None before either.
        base: The folder that `target` is relative to; empty where it is not known.
        folder: The folder in which the run was started; empty where it is not known.
        judge: `Objective.to_dict()` of what judged it; empty where it is not known.
        context: What the objective is about, in words.
        thresholds: What the program scored as it stood at stages that were given no threshold.
        recorded: How many evaluations are in the store.
        environment: What the run ran on: `python`, `platform`, `tracepy`, `isolation`, `argv`.
        fixes: What reaches the goal, the best first: what `tracepy.fixes.Fix.from_dict` takes.
    """

    id: str
    created: float
    target: str
    optimizer: str
    objective: str
    settings: dict[str, Any]
    status: RunStatus
    baseline: float | None = None
    best: float | None = None
    improved: bool = False
    evaluations: int = 0
    seconds: float = 0.0
    parameters: list[dict[str, Any]] = field(default_factory=list)
    patch: str = ""
    originals: dict[str, bytes] = field(default_factory=dict)
    new: dict[str, bytes] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)
    before: dict[str, bytes] = field(default_factory=dict)
    applied: bool | None = None
    base: str = ""
    folder: str = ""
    judge: dict[str, Any] = field(default_factory=dict)
    context: str = ""
    thresholds: list[float] = field(default_factory=list)
    recorded: int = 0
    environment: dict[str, Any] = field(default_factory=dict)
    fixes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """The files that the best candidate changes, in the order of their paths."""
        return [Change(path, self.originals[path], text) for path, text in sorted(self.new.items())]
