"""Hybrid: a model proposes structure, `search` tries what is cheap, repairs and tunes."""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.errors import BudgetSpent
from tracepy.llm.records import Message
from tracepy.optimizers.base import Outcome, Proposal, State, Task
from tracepy.optimizers.generative.base import Generative, Tried
from tracepy.optimizers.generative.calling import in_words
from tracepy.optimizers.generative.conversation import Candidate
from tracepy.optimizers.generative.crossing import Crossing
from tracepy.optimizers.generative.findings import Findings
from tracepy.optimizers.generative.prompt import SYSTEM
from tracepy.optimizers.generative.start import Start
from tracepy.optimizers.generative.texts import as_text
from tracepy.optimizers.generative.tools import TOOLS, Toolbox
from tracepy.optimizers.search import Search

# Evaluations that search gets before the model is asked first, and between its answers.
_FIRST, _BETWEEN = 32, 16
# Of what is left, search takes at most this part before the model is asked.
_SHARE = 4

MORE = (
    " #Search says what a search without a model found out; what it tried need not be tried again. "
    "A suggestion may also be edits of the old source: blocks of <<<<<<< SEARCH, the old lines, "
    "=======, the new lines, >>>>>>> REPLACE."
)


class Hybrid(Generative):
    """The default where a model is set.

    `search` goes first, for a few evaluations: a slip of one token needs no model. Then the model
    is asked, with what search found out; what it proposes is judged, and search goes on from it:
    a better program becomes its base, of one that lost it edits statements and tunes constants.
    Programs that won different cases are put together. And so on in turn. Once the model cannot be
    paid any more, search goes on alone.
    """

    name = "hybrid"
    memory_size = 8

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.search = Search(task)
        self.findings = Findings(task)
        self.crossing = Crossing(task)
        self._turn = "search"
        self._left: int | None = None
        self._exhausted = False
        self._silent: tuple[int, int] | None = None
        self._unpaid = False
        self._why = ""

    @property
    def traces(self) -> bool:
        """What the model proposes is repaired by its own trace."""
        return True

    def messages(self, start: Start, state: State) -> Sequence[Message]:
        """See `Generative`."""
        system = SYSTEM + MORE
        if not self.task.settings.no_tools and not self.model.calls_tools:
            system = f"{system}\n{in_words(TOOLS)}"
        found = self.findings.text(start)
        return self.problem(start, state, system, f"\n\n#Search\n{found}" if found else "")

    def toolboxes(self, start: Start, number: int) -> list[Toolbox]:
        """See `Generative`."""
        if self.task.settings.no_tools:
            return []
        return [Toolbox(self.task, start, self.applying(start)) for _ in range(number)]

    def propose(self, state: State) -> Sequence[Proposal]:
        """See `Optimizer`."""
        if self._left is None:
            self._left = self._allowed(_FIRST, state)
        crossed = self.crossing.propose()
        if crossed:
            self._turn = "cross"
            return crossed
        if self._left > 0 and not self._exhausted:
            self._turn = "search"
            batch = self.search.propose(state)
            if batch:
                self._left -= len(batch)
                return batch
            self._exhausted = True
        about = state.base.number, state.restarts
        if not self._unpaid and self._silent != about:
            self._turn = "model"
            batch = self._modelled(state)
            if self._tracing is None:
                self._left = self._allowed(_BETWEEN, state)
            if batch:
                return batch
            # It is asked again when there is another program to ask about, or a new start.
            self._silent = about
        self._turn = "search"
        batch = [] if self._exhausted else self.search.propose(state)
        if not batch and self._why:
            self.notes.append(
                f"neither the model nor search has more to try; the model: {self._why}"
            )
        return batch

    def _modelled(self, state: State) -> Sequence[Proposal]:
        """What the model proposes; nothing more of it once its budget is spent."""
        try:
            return super().propose(state)
        except BudgetSpent as why:
            self._unpaid, self._why = True, "its budget is spent"
            self.notes.append(f"the model's budget is spent ({why}); search goes on")
            return []

    def barren(self, why: str) -> None:
        """See `Generative`; search goes on."""
        self._why = why

    def observe(self, outcomes: Sequence[Outcome]) -> None:
        """See `Optimizer`."""
        self.crossing.take(outcomes)
        if self._turn == "search":
            self.findings.take(outcomes)
            self.search.observe(outcomes)
            return
        tracing = self._tracing is not None
        super().observe(outcomes)
        if not tracing:
            self.search.adopt(outcomes)

    def others(self) -> Sequence[Proposal]:
        """See `tracepy.fixes.effort.Exploring`."""
        return self.search.others()

    def proposals(self, candidates: Sequence[Candidate], start: Start) -> list[Proposal]:
        """See `Generative`; of an answer that could be used in part, that part."""
        found = super().proposals(candidates, start)
        if found:
            return found
        for one in candidates:
            if one.partial is not None and one.partial.sources and not self._refuse(one.partial):
                suggested = one.suggestion.values if one.suggestion is not None else {}
                values = {name: as_text(value) for name, value in suggested.items()}
                return [
                    Proposal(
                        one.partial.sources,
                        f"hybrid: the valid part, {', '.join(one.partial.changed)}",
                        trace=True,
                        origin=Tried(values, one.number),
                        parent=start.number,
                        proposer=self.name,
                        reason=one.problems[-1] if one.problems else "",
                    )
                ]
        return []

    def _allowed(self, most: int, state: State) -> int:
        """Evaluations that search may have before the model is asked again."""
        if not any(one.kind != "string" for one in self.task.find({})):
            return 0  # texts are the model's
        return most if state.left is None else min(most, state.left // _SHARE)
