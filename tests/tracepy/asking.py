"""A model in this process, for tests of what is asked of one: its answers are a function's."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from tracepy.llm.records import Answer, Request

Say = Callable[[Request], Answer | str]


def suggestion(**values: Any) -> str:
    """An answer in the contract's form; `__` in a name stands for its colon."""
    named = {name.replace("__", ":"): value for name, value in values.items()}
    return json.dumps({"reasoning": "because", "answer": "", "suggestion": named})


class Oracle:
    """Implements `tracepy.llm.Model`.

    Args:
        say: Gives the answer to a request.

    Attributes:
        asked: All requests, in order.
        batches: How many requests were asked at a time.
    """

    def __init__(self, say: Say, window: int = 8000) -> None:
        self.say = say
        self.window = window
        self.sees = False
        self.calls_tools = True
        self.asked: list[Request] = []
        self.batches: list[int] = []
        self.rewards: list[tuple[int, float]] = []

    def count(self, text: str) -> int:
        return len(text) // 4 + 1

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        self.batches.append(len(requests))
        answers = []
        for request in requests:
            self.asked.append(request)
            found = self.say(request)
            if isinstance(found, str):
                found = Answer(found, number=len(self.asked) - 1)
            answers.append(found)
        return answers

    def reward(self, number: int, value: float) -> None:
        self.rewards.append((number, value))


def said(*answers: Answer | str) -> Say:
    """Answers in turn, the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]
