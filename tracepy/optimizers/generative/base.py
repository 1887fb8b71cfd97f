"""What optimizers that ask a model have in common."""

from __future__ import annotations

import base64
import dataclasses
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tracepy.errors import UserError
from tracepy.evaluation.records import Evaluation
from tracepy.llm.records import Image, Message, Request
from tracepy.optimizers.base import Outcome, Proposal, State, Task
from tracepy.optimizers.generative.answers import Applied, Suggestion, apply
from tracepy.optimizers.generative.conversation import Candidate, converse
from tracepy.optimizers.generative.memory import Memory
from tracepy.optimizers.generative.prompt import render
from tracepy.optimizers.generative.shots import text as shots
from tracepy.optimizers.generative.start import Start
from tracepy.optimizers.generative.texts import as_text
from tracepy.optimizers.generative.tools import TOOLS, Toolbox
from tracepy.optimizers.generative.views import Views

# After so many turns in a row without a candidate the optimizer gives up.
_BARREN = 2
# Bases whose trace is kept, and characters of their graphs; the oldest leave.
_TRACED = 64
_GRAPHS = 256 * 1024**2
_REASON = 2000
# Tokens of a prompt where nothing is asked for: models have room for more, and each costs.
_PROMPT = 8192
# Tokens that a picture may take, as the large providers count them.
_IMAGE = 1500


@dataclass(frozen=True)
class Tried:
    """The mark of a proposal of a model.

    Attributes:
        values: What it changed, as text, by the parameter's name.
        call: The number of the model call that gave it.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    call: int = -1


class Generative(ABC):
    """Traces the base, asks a model, proposes what it suggests, remembers what came of it.

    Args:
        task: What is to be improved; it has a model.

    Attributes:
        notes: What a reader of the result should know.

    Raises:
        UserError: the task has no model.
    """

    name: str
    """As in the registry."""
    memory_size: int | None = 0
    """Where `--memory` is silent."""

    def __init__(self, task: Task) -> None:
        if task.model is None:
            raise UserError(f"the optimizer {self.name} asks a model: choose one with --model NAME")
        self.task = task
        self.model = task.model
        size = task.settings.memory
        self.memory = Memory(self.memory_size if size is None else size)
        self.memory.know(Proposal({}, "").digest(), "it is the program as it stood")
        self.notes: list[str] = []
        self.views = Views(task)
        self._traced: OrderedDict[int, Evaluation] = OrderedDict()
        self._tracing: Outcome | None = None
        self._stopped = ""  # the note that says why it gave up

    @abstractmethod
    def messages(self, start: Start, state: State) -> Sequence[Message]:
        """What the model is asked about a program."""

    def problem(
        self, start: Start, state: State, system: str, more: str = ""
    ) -> tuple[Message, Message]:
        """The paper's problem instance from the graph, within the budget of tokens.

        Args:
            start: The program.
            state: Where the run stands.
            system: What the model is told first.
            more: What follows the problem; it is left out where it takes more than a quarter.
        """
        settings, count = self.task.settings, self.model.count
        images: tuple[Image, ...] = ()
        if self.model.sees and not settings.score_only:
            images = tuple(
                Image(base64.b64decode(one.data), one.kind) for one in start.evaluation.images
            )
        room = self.room - count(system) - _IMAGE * len(images)
        if more and count(more) > room // 4:
            more = ""
        examples = shots(self.task.precedents, room // 4, count)
        room -= count(more) + count(examples)
        text = render(
            self.views.of(start, tuple(state.cases)),
            budget=room,
            count=count,
            memory=self.memory.attempts(),
            mask=settings.mask_trace,
            score_only=settings.score_only,
        )
        return Message("system", system), Message("user", text + more + examples, images)

    @property
    def room(self) -> int:
        """Tokens that a prompt may have."""
        return min(self.task.settings.prompt_tokens or _PROMPT, self.model.window)

    def propose(self, state: State) -> Sequence[Proposal]:
        """See `Optimizer`."""
        start = self.start(state.base)
        if start is None:
            return [self._trace(state.base)]
        problems: list[str] = []
        for _ in range(_BARREN):
            candidates = self.ask(start, state)
            proposals = self.proposals(candidates, start)
            if proposals:
                self._stop("")  # a restart led on
                return proposals
            problems += [problem for one in candidates for problem in one.problems[-1:]]
        self.barren(problems[-1] if problems else "it suggested nothing")
        return []

    def barren(self, why: str) -> None:
        """No answer of the model could be tried, several times in a row: the run ends."""
        self._stop(
            f"{self.name} stopped: {_BARREN} times in a row no answer of the model could be tried; "
            f"the last: {why}"
        )

    def _stop(self, note: str) -> None:
        """Only the last time that it gave up is told, and only where nothing came after it."""
        if self._stopped:
            self.notes.remove(self._stopped)
        if note:
            self.notes.append(note)
        self._stopped = note

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        """See `Optimizer`."""
        if self._tracing is not None:
            number, self._tracing = self._tracing.number, None
            if outcomes:
                self._keep(number, outcomes[0].evaluation)
            return
        for outcome in outcomes:
            origin = outcome.proposal.origin
            if outcome.evaluation.trace is not None or outcome.evaluation.graph is not None:
                self._keep(outcome.number, outcome.evaluation)
            if isinstance(origin, Tried):
                self.memory.judged(outcome, origin.values)
                self.reward(outcome, origin)

    def ask(self, start: Start, state: State) -> list[Candidate]:
        """One turn's conversations. Raises as `Model.ask`."""
        messages = tuple(self.messages(start, state))
        wanted = self.breadth
        if state.left is not None:
            wanted = max(1, min(wanted, state.left))
        toolboxes = self.toolboxes(start, wanted)
        native = TOOLS if toolboxes and self.model.calls_tools else ()
        requests = [
            Request(_varied(messages, index), native, json=not native, purpose=self.name)
            for index in range(wanted)
        ]
        found = self.converse(requests, start, toolboxes)
        # What was better when it was tried counts, whatever the model answered in the end.
        tried = [box.better for box in toolboxes if box.better is not None]
        return found + [
            Candidate(
                applied,
                Suggestion("better when it was tried", "", values),
                {name: as_text(value) for name, value in values.items()},
            )
            for applied, values in tried
        ]

    def toolboxes(self, start: Start, number: int) -> list[Toolbox]:
        """What the model may call in each of a turn's conversations; none for no tools."""
        return []

    def converse(
        self, requests: Sequence[Request], start: Start, toolboxes: Sequence[Toolbox] = ()
    ) -> list[Candidate]:
        """What comes of requests for suggestions. Raises as `Model.ask`."""
        return converse(
            self.model,
            requests,
            start.names,
            self.applying(start),
            self.task.settings.retries,
            self._refuse,
            toolboxes,
        )

    def applying(self, start: Start) -> Callable[[Suggestion], Applied]:
        """Makes sources of suggestions."""

        def applied(suggestion: Suggestion) -> Applied:
            return apply(self.task, start.sources, start.parameters, suggestion)

        return applied

    def proposals(self, candidates: Sequence[Candidate], start: Start) -> list[Proposal]:
        """Candidates as proposals, each program once; what was refused is remembered."""
        found: dict[str, Proposal] = {}
        for one in candidates:
            if one.applied is None:
                if one.suggestion is not None and one.suggestion.values:
                    texts = {name: str(value) for name, value in one.suggestion.values.items()}
                    self.memory.refused(texts, one.problems[-1:])
                continue
            proposal = Proposal(
                one.applied.sources,
                f"{self.name}: {', '.join(one.applied.changed)}",
                trace=self.traces,
                origin=Tried(one.values, one.number),
                parent=start.number,
                proposer=self.name,
                reason=one.suggestion.reasoning[:_REASON] if one.suggestion else "",
            )
            found.setdefault(proposal.digest(), proposal)
        return list(found.values())

    def start(self, base: Outcome) -> Start | None:
        """A base with its trace; None where it has to be traced first."""
        evaluation = self._traced.get(base.number)
        if evaluation is None and (base.number == 0 or base.evaluation.graph is not None):
            evaluation = base.evaluation
        if evaluation is None:
            return None
        sources = base.proposal.sources
        return Start(sources, evaluation, base.number, list(self.task.find(sources)))

    @property
    def breadth(self) -> int:
        """How many answers one turn asks for."""
        return self.task.settings.candidates or 1

    @property
    def traces(self) -> bool:
        """Whether candidates are traced at once: not where a verdict can be had for less, by
        stopping at the first case that decides, unless every one of them is gone on from."""
        sequential = self.task.settings.trainer.partition(":")[0] == "sequential"
        return sequential or not self.task.baseline.cases

    def reward(self, outcome: Outcome, origin: Tried) -> None:
        """Tell a model that stands for several what its answer was worth."""
        told = getattr(self.model, "reward", None)
        if told is not None and origin.call >= 0:
            told(origin.call, outcome.value)

    def _trace(self, base: Outcome) -> Proposal:
        self._tracing = base
        return dataclasses.replace(
            base.proposal,
            note="tracing the program to go on from",
            trace=True,
            origin=None,
            parent=base.number,
            proposer=self.name,
            reason="the model is shown what ran in it",
        )

    def _keep(self, number: int, evaluation: Evaluation) -> None:
        self._traced[number] = evaluation
        while len(self._traced) > 1 and (len(self._traced) > _TRACED or self._graphs() > _GRAPHS):
            self._traced.popitem(last=False)

    def _graphs(self) -> int:
        return sum(len(one.graph or "") for one in self._traced.values())

    def _refuse(self, applied: Applied) -> str:
        """Why sources are no candidate; empty where they are one."""
        known = self.memory.known(Proposal(applied.sources, "").digest())
        if known is None:
            return ""
        return f"This very program was tried: {known}. Suggest something else."


def _varied(messages: tuple[Message, ...], index: int) -> tuple[Message, ...]:
    """The same question for the n-th time in one turn: other answers are wanted."""
    if index == 0:
        return messages
    *first, last = messages
    more = f"\n\n(Idea {index + 1}: take another approach than the most obvious one.)"
    return (*first, dataclasses.replace(last, text=last.text + more))
