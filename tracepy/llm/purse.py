"""What may be spent: money and tokens are put aside before a question is sent, and settled after.

What is put aside is the most that the question can cost, so a budget is never overdrawn, however
many questions are on their way.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from tracepy.llm.catalog import About

USEFUL = 256  # tokens; an answer that may not even have so many is not asked for
_DOUBT = 1.3  # a foreign tokenizer may count so many times more than ours, whatever it did before
_SLACK = 1.05


@dataclass(frozen=True, slots=True)
class Share:
    """What is put aside for one question.

    Attributes:
        tokens, cost: The most that asking once may take.
        answer: Tokens that the answer may have.
    """

    tokens: int
    cost: float
    answer: int


class Purse:
    """The budget of a run. Several threads may use it.

    Args:
        max_tokens: Prompt and completion tokens, all in all; None without a bound.
        max_cost: US dollars; None without a bound.
    """

    def __init__(self, max_tokens: int | None = None, max_cost: float | None = None) -> None:
        self.max_tokens = max_tokens
        self.max_cost = max_cost
        self._tokens = 0  # spent and put aside
        self._cost = 0.0
        self._counted: dict[str, float] = {}  # model -> what it counts for one token of ours
        self._lock = threading.Lock()

    @property
    def bounded(self) -> bool:
        """Whether there is a bound at all."""
        return self.max_tokens is not None or self.max_cost is not None

    def put_aside(self, questions: Sequence[tuple[About, int]]) -> list[Share | None]:
        """What each question of a batch may spend; None of one that cannot be paid.

        Where not all can have their full answer, what is left is shared evenly among them, and
        where that is too little for a useful answer, the first ones get it.

        Args:
            questions: Of each, the model and the prompt's tokens as we count them.
        """
        shares: list[Share | None] = []
        with self._lock:
            for at, (about, counted) in enumerate(questions):
                prompt = self._worst(about, counted)
                rest = len(questions) - at
                answer = self._answer(about, prompt, rest)
                if answer < min(USEFUL, about.answer):
                    answer = self._answer(about, prompt, 1)
                if answer < min(USEFUL, about.answer):
                    shares.append(None)
                    continue
                share = self._share(about, prompt, answer)
                self._spend(share.tokens, share.cost)
                shares.append(share)
        return shares

    def again(self, share: Share) -> bool:
        """Put the same aside once more: the answer was lost on its way, and may have been charged.

        Returns:
            Whether there is enough; else nothing is put aside.
        """
        with self._lock:
            if self.max_tokens is not None and self._tokens + share.tokens > self.max_tokens:
                return False
            if self.max_cost is not None and self._cost + share.cost > self.max_cost:
                return False
            self._spend(share.tokens, share.cost)
            return True

    def settle(
        self, about: About, share: Share, counted: int, prompt: int, completion: int, cost: float
    ) -> None:
        """What a question really took, in place of what was put aside for it."""
        with self._lock:
            self._spend(prompt + completion - share.tokens, cost - share.cost)
            if counted and prompt and not about.exact:
                ratio = _SLACK * prompt / counted
                self._counted[about.name] = max(self._counted.get(about.name, _DOUBT), ratio)

    def add(self, tokens: int, cost: float) -> None:
        """Count what was spent before."""
        with self._lock:
            self._spend(tokens, cost)

    def spent(self) -> str:
        """What is spent and put aside, for people to read."""
        told = []
        if self.max_tokens is not None:
            told.append(f"{self._tokens:,} of {self.max_tokens:,} tokens")
        if self.max_cost is not None:
            told.append(f"${self._cost:.4f} of ${self.max_cost:.4f}")
        return " and ".join(told)

    def _worst(self, about: About, counted: int) -> int:
        factor = _SLACK if about.exact else self._counted.get(about.name, _DOUBT)
        return int(counted * factor) + 1

    def _answer(self, about: About, prompt: int, among: int) -> int:
        """The longest answer to a prompt that one of so many equal parts of the rest pays for."""
        answer = about.answer
        if self.max_tokens is not None:
            answer = min(answer, (self.max_tokens - self._tokens) // among - prompt)
        if self.max_cost is not None and about.prices is not None:
            left = (self.max_cost - self._cost) / among - about.prices.cost(prompt, 0)
            each = about.prices.cost(prompt, 1) - about.prices.cost(prompt, 0)
            if left < 0:
                return -1
            answer = min(answer, int(left / each)) if each else answer
        return answer

    def _share(self, about: About, prompt: int, answer: int) -> Share:
        cost = 0.0 if about.prices is None else about.prices.cost(prompt, answer)
        return Share(prompt + answer, cost, answer)

    def _spend(self, tokens: int, cost: float) -> None:
        self._tokens += tokens
        self._cost += cost
