"""Finished evaluations: plain frozen records that cross process borders as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["ok", "error", "timeout", "memory", "crashed"]


@dataclass(frozen=True, slots=True)
class Job:
    """A candidate to judge.

    Attributes:
        sources: Absolute path to text, for each module that differs from the file on disk.
        trace: Whether to record the run.
        first: Names of the cases to run first, most telling first.
        beat: Stop once the mean score of the cases can no longer exceed this.
        draw: Above 0 where the same candidate is judged again because the objective is noisy: a
            verdict that is remembered must not stand in for it. It does not reach the worker.
        failing: Names of the cases that are known to fail, for a trace where the worker is not
            told what is expected. The judge finds them out.
        gate: Stop once the cases of `first`, a minibatch, have together lost so much (a failed
            case loses 1.0), as the candidate's base does: who is better there is judged on. Only
            a judge that can stop early heeds it.
    """

    sources: Mapping[str, str]
    trace: bool = False
    first: tuple[str, ...] = ()
    beat: float | None = None
    draw: int = 0
    failing: tuple[str, ...] = ()
    gate: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary; `from_dict` reads it back."""
        return {
            "sources": dict(self.sources),
            "trace": self.trace,
            "first": list(self.first),
            "beat": self.beat,
            "failing": list(self.failing),
            "gate": self.gate,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Job:
        first, failing = tuple(data["first"]), tuple(data["failing"])
        beat, gate = data["beat"], data["gate"]
        return cls(data["sources"], data["trace"], first, beat, failing=failing, gate=gate)

    @property
    def stops(self) -> bool:
        """Whether it may end before its last case."""
        return self.beat is not None or self.gate is not None


@dataclass(frozen=True, slots=True)
class Case:
    """One test, example or call within an evaluation; a score of 1.0 is a full pass."""

    name: str
    score: float
    text: str = ""


PICTURES = 4
"""Pictures of one evaluation, at most."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that belongs to feedback.

    Attributes:
        kind: Its media type.
        data: Its bytes in base64.
    """

    kind: str
    data: str


def kind_of(data: bytes) -> str | None:
    """The media type of a picture by its first bytes; None where it is none that is shown."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


@dataclass(frozen=True, slots=True)
class TraceFacts:
    """What a traced evaluation showed, boiled down for an optimizer. Paths are absolute.

    Attributes:
        cases: For each case, per file, the first lines of the statements that ran.
        sliced: Per file, the lines in the backward slice of the judged output, and how near
            the output each is (1.0 the output itself, towards 0.0 the far end).
        types: Per file and line, the type names that each name was seen with.
        values: Per file and line, up to a few bounded renderings of values per name.
        calls: Per file and function, some distinct calls, each by parameter and rendering; only
            those whose arguments are all literals, so that they can be made again.
        infected: For failing cases of a program with questions in it (`recorder.infection`), by
            the number of the site that ran, the answer to each question.
    """

    cases: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    sliced: dict[str, dict[int, float]] = field(default_factory=dict)
    types: dict[str, dict[int, dict[str, list[str]]]] = field(default_factory=dict)
    values: dict[str, dict[int, dict[str, list[str]]]] = field(default_factory=dict)
    calls: dict[str, dict[str, list[dict[str, str]]]] = field(default_factory=dict)
    infected: dict[str, dict[str, list[str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The verdict on one candidate.

    Attributes:
        status: `ok` where the objective came to a verdict; else what ended the worker.
        score: What the objective said, in its own direction; None without a verdict.
        feedback: What it said in words, or the error's text.
        cases: The single tests or examples, in the order they ran.
        complete: False where it was stopped because it could no longer beat what it had to beat.
        slowest: Seconds of the slowest test that passed; 0 where none did, or nothing is known.
        seconds: Wall-clock time of the worker, by the server's clock.
        cpu: Seconds of CPU time of the worker and of what it started and waited for.
        memory: The most resident memory that one of its processes had, in bytes.
        output: The last kilobytes of what the candidate printed.
        trace: What the run showed, where a trace was asked for.
        graph: The execution graph as JSON text, where a trace was asked for.
        images: Pictures that the objective gave, at most `PICTURES`.
    """

    status: Status
    score: float | None
    feedback: str = ""
    cases: tuple[Case, ...] = ()
    complete: bool = True
    slowest: float = 0.0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    output: str = ""
    trace: TraceFacts | None = None
    graph: str | None = None
    images: tuple[Picture, ...] = ()

    @property
    def passed(self) -> tuple[int, int] | None:
        """How many cases passed, and how many there are; None where there are none."""
        if not self.cases:
            return None
        return sum(case.score >= 1.0 for case in self.cases), len(self.cases)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary; `from_dict` reads it back."""
        found = {name: getattr(self, name) for name in self.__slots__}
        found["cases"] = [
            {"name": case.name, "score": case.score, "text": case.text} for case in self.cases
        ]
        found["images"] = [{"kind": one.kind, "data": one.data} for one in self.images]
        if self.trace is not None:
            found["trace"] = {name: getattr(self.trace, name) for name in self.trace.__slots__}
        return found

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Evaluation:
        """Rebuild from `to_dict`'s output, whose integer keys JSON has turned to text."""
        trace = data.get("trace")
        return cls(
            **{
                **data,
                "cases": tuple(Case(**case) for case in data.get("cases", ())),
                "images": tuple(Picture(**one) for one in data.get("images", ())),
                "trace": None if trace is None else _facts(trace),
            }
        )


# Hears of a verdict as soon as it is there: the number of its job among those asked for.
Told = Callable[[int, Evaluation], None]


def _facts(data: dict[str, Any]) -> TraceFacts:
    def by_line(table: dict[str, dict[Any, Any]]) -> dict[str, dict[int, Any]]:
        return {path: {int(line): x for line, x in rows.items()} for path, rows in table.items()}

    return TraceFacts(
        data["cases"],
        by_line(data["sliced"]),
        by_line(data["types"]),
        by_line(data["values"]),
        data.get("calls", {}),
        data.get("infected", {}),
    )
