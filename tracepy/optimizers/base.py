"""What the loop and an optimizer say to each other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tracepy.evaluation.records import Evaluation
from tracepy.llm.records import Model
from tracepy.objective.wanted import Example
from tracepy.parameters import Parameter
from tracepy.settings import Settings
from tracepy.transforms.source import Source


def digest(sources: Mapping[str, str]) -> str:
    """Equal for equal sources (absolute path -> text)."""
    state = hashlib.blake2b(digest_size=16)
    for path in sorted(sources):
        state.update(path.encode() + b"\0" + sources[path].encode(errors="replace"))
    return state.hexdigest()


@dataclass(frozen=True)
class Proposal:
    """A candidate to be judged.

    Attributes:
        sources: Whole new texts of the files that differ from the originals, by absolute path.
        note: What was changed, in words.
        trace: Whether the evaluation should leave a trace (it costs a few times more).
        origin: The optimizer's own mark, handed back with the outcome.
        parent: The number of the outcome that it was made from, where that is known.
        proposer: What proposed it, where that is not the optimizer.
        reason: Why it was proposed, in words.
        promise: How likely it was found to help, beside others of the same optimizer; None where
            the optimizer does not say.
        probe: Whether it is only there to learn from: it is never the best, whatever its score,
            and is judged no further than is needed to see that it could not be.
    """

    sources: Mapping[str, str]
    note: str
    trace: bool = False
    origin: Any = None
    parent: int | None = None
    proposer: str = ""
    reason: str = ""
    promise: float | None = None
    probe: bool = False

    def digest(self) -> str:
        """Equal for equal sources."""
        return digest(self.sources)


@dataclass(frozen=True)
class Outcome:
    """A proposal and the verdict on it.

    Attributes:
        proposal: What was judged.
        evaluation: What the judge said.
        value: The score turned so that higher is better; minus infinity without a verdict.
        number: Its number within the run; 0 is the program as it stands.
        beat: What it had to beat; None where it was judged to the end.
    """

    proposal: Proposal
    evaluation: Evaluation
    value: float
    number: int = 0
    beat: float | None = None


class Trials(Protocol):
    """What an optimizer may try out beside its proposals, in isolated workers."""

    def judge(self, sources: Mapping[str, str]) -> Evaluation | None:
        """The verdict on a candidate (texts that differ from the originals), an evaluation of the
        run; None where the budget is used up."""
        ...

    def expression(self, sources: Mapping[str, str], path: str, text: str) -> str:
        """The value of an expression in the module at a path, of a program given as whole texts;
        or in words why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Precedent:
    """An improvement that an earlier run found.

    Attributes:
        objective: What judged it, in words.
        before, after: The scores.
        changes: Name, old and new text of each parameter.
    """

    objective: str
    before: float | None
    after: float | None
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Task:
    """What an optimizer is asked to do; it does not change during a run.

    Attributes:
        originals: The target's modules as they stand, by absolute path.
        modules: The dotted name of each of them.
        baseline: The traced evaluation of the program as it stands.
        sign: +1 where a higher score is better, -1 where a lower one is.
        find: The trainable parameters of the program with these sources.
        frozen: Character spans of a module's text that must not change, by its sources' text.
        seed: Seed of every random choice.
        context: What the objective is about, in words (ω).
        examples: What the objective states that functions of the target should give, where it
            states that; never what is held out. Read when asked for.
        settings: All options of the run.
        model: Whom generative optimizers ask; None where the run has no model.
        precedents: Improvements of earlier runs, for optimizers that learn by example.
        trials: Tries things out beside the trainer, in workers as those of the run.
    """

    originals: Mapping[str, Source]
    modules: Mapping[str, str]
    baseline: Evaluation
    sign: int
    find: Callable[[Mapping[str, str]], Sequence[Parameter]]
    frozen: Callable[[Source, str], Sequence[tuple[int, int]]]
    seed: int = 0
    context: str = field(default="")
    examples: Callable[[], Sequence[Example]] = tuple
    settings: Settings = field(default_factory=Settings)
    model: Model | None = None
    precedents: Sequence[Precedent] = ()
    trials: Trials | None = None

    def value(self, evaluation: Evaluation) -> float:
        """The score turned so that higher is better; minus infinity without a verdict."""
        if evaluation.status != "ok" or evaluation.score is None:
            return float("-inf")
        return self.sign * evaluation.score

    def source(self, path: str, sources: Mapping[str, str]) -> Source:
        """A module of a candidate."""
        original = self.originals[path]
        text = sources.get(path)
        return original if text is None else original.replaced(text)

    @property
    def graded(self) -> bool:
        """Whether the objective tells more than passed or failed."""
        evaluation = self.baseline
        if evaluation.cases:
            return any(case.score not in (0.0, 1.0) for case in evaluation.cases)
        return evaluation.score not in (0.0, 1.0)


@dataclass(frozen=True)
class State:
    """Where a run stands: what a trainer tells an optimizer before each batch.

    Attributes:
        base: The outcome that the next candidates should start from, the trainer's choice. An
            optimizer that keeps bases of its own may pass over it.
        best: The best outcome so far.
        left: Evaluations left; None where they are not bounded.
        cases: Names of the cases of a minibatch that feedback should be about; empty: all.
        restarts: How often the search started again: what came to nothing before may be tried anew.
    """

    base: Outcome
    best: Outcome
    left: int | None = None
    cases: tuple[str, ...] = ()
    restarts: int = 0


class Optimizer(Protocol):
    """The contract between the loop and whatever invents candidates.

    The loop calls `propose` and `observe` in turn, from one thread. An optimizer must be
    deterministic: the same task and the same outcomes (and the same answers of a model) give the
    same proposals.
    """

    def propose(self, state: State) -> Sequence[Proposal]:
        """The next batch. An empty one says that there is nothing left to try: the run ends, or
        starts again from another program where the trainer has restarts left."""
        ...

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        """The verdicts on the last batch, in its order (fewer where the budget ended)."""
        ...
