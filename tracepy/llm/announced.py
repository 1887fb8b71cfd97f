"""A model that says when it is asked: answers take seconds, and whoever watches should know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from tracepy.llm.opening import OpenModel
from tracepy.llm.records import Answer, Request
from tracepy.transcript import cost

if TYPE_CHECKING:
    from tracepy.store import Spent

# Told who is asked, what all cost so far and what is waited for before asking (again), in words;
# nothing of it once the answers are there.
Announce = Callable[[str, str, str], None]


class Announced:
    """Stands for a model, and says when it is asked.

    Args:
        model: Who is asked.
        name: What to call it.
        announce: Whom to tell.
        spent: What the run's models took before, by their names.
        known: Numbers of the calls that this was for: they are answered once more, and not paid.
    """

    def __init__(
        self,
        model: OpenModel,
        name: str,
        announce: Announce,
        spent: Mapping[str, Spent],
        known: Collection[int] = (),
    ) -> None:
        self._model = model
        self._name = name
        self._announce = announce
        self._spent = dict(spent)
        self._known = known
        self.count: Callable[[str], int] = model.count

    @property
    def window(self) -> int:
        """The model's."""
        return self._model.window

    @property
    def sees(self) -> bool:
        """Whether the model does."""
        return self._model.sees

    @property
    def calls_tools(self) -> bool:
        """Whether the model does."""
        return self._model.calls_tools

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """The model's answers. Raises as it does."""
        self.waiting("")
        try:
            answers = self._model.ask(requests)
        finally:
            self._announce("", "", "")
        for answer in answers:
            self._add(answer)
        return answers

    def waiting(self, words: str) -> None:
        """Say what the model waits for; nothing where it is just asked."""
        self._announce(self._name, cost(self._spent) if self._spent else "", words)

    def reward(self, number: int, value: float) -> None:
        """Tell the model."""
        self._model.reward(number, value)

    def close(self) -> None:
        """Close the model."""
        self._model.close()

    def _add(self, answer: Answer) -> None:
        from tracepy.store import Spent  # not needed to import optimizers, and no small thing

        if answer.number < 0 or answer.number in self._known:
            return
        before = self._spent.get(answer.model, Spent())
        one = Spent(1, answer.prompt_tokens, answer.completion_tokens, answer.cost)
        self._spent[answer.model] = before + one
