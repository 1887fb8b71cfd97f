"""Calls of a run as the store keeps them, and as a run that goes on finds them there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from tracepy.llm.records import Answer
from tracepy.llm.wire import answer_json, answer_of

if TYPE_CHECKING:
    from tracepy.store import ModelCall

Keep: TypeAlias = "Callable[[Sequence[ModelCall]], None]"


def call_of(
    answer: Answer, prompt: str, created: float, lost: tuple[int, float, bool]
) -> ModelCall:
    """A call as the store keeps it.

    Args:
        answer: What came of it.
        prompt: What was sent, as canonical JSON.
        created: When it was asked, in seconds since the epoch.
        lost: Tokens and dollars that attempts without an answer may have cost, and whether no
            answer came at all.
    """
    from tracepy.store import ModelCall  # not needed to import optimizers, and no small thing

    tokens, cost, failed = lost
    more = {"lost_tokens": tokens, "lost_cost": cost, "lost": failed}
    return ModelCall(
        answer.number,
        None,
        answer.model,
        prompt,
        answer_json(answer, more),
        answer.prompt_tokens,
        answer.completion_tokens,
        answer.cost,
        answer.seconds,
        created,
    )


def answered(call: ModelCall) -> tuple[Answer, tuple[int, float, bool]]:
    """The inverse of `call_of`: the answer, and what was lost on the way.

    Raises:
        ValueError: the store holds something else.
    """
    columns = Answer(
        "",
        model=call.model,
        prompt_tokens=call.prompt_tokens,
        completion_tokens=call.completion_tokens,
        cost=call.cost,
        seconds=call.seconds,
        number=call.number,
    )
    answer, more = answer_of(call.answer, columns)
    return answer, (
        int(more.get("lost_tokens", 0)),
        float(more.get("lost_cost", 0.0)),
        bool(more.get("lost")),
    )


class Earlier:
    """What a run was answered before it was interrupted, for as long as it asks the same."""

    def __init__(self, calls: Sequence[ModelCall]) -> None:
        self._calls = {call.number: call for call in calls}
        self._after = max(self._calls, default=-1) + 1
        self._same = True

    def number(self, number: int) -> int:
        """The number for a new call, where the run would give it `number`: none is given twice."""
        return number if self._same else max(number, self._after)

    def take(self, number: int, prompt: str) -> ModelCall | None:
        """The call of this number if it asked the same; None where it has to be asked (anew)."""
        call = self._calls.get(number) if self._same else None
        if call is None:
            return None
        if call.prompt != prompt:
            self._same = False
            return None
        return self._calls.pop(number)

    def left(self) -> list[ModelCall]:
        """Calls that were paid for and that nobody asks for any more: once, when that is known."""
        if self._same:
            return []
        found = list(self._calls.values())
        self._calls.clear()
        return found
