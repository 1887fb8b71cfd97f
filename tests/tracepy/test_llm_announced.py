"""Whoever watches a run is told when it waits for a model."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tracepy.errors import ModelLost
from tracepy.llm import Answer, Message, Request
from tracepy.llm.announced import Announced
from tracepy.llm.opening import OpenModel
from tracepy.store import Spent


class Priced:
    """A model whose answers cost a cent each, but for what it does not answer."""

    window, sees, calls_tools = 100, True, False

    def __init__(self) -> None:
        self.rewards: list[tuple[int, float]] = []
        self.closed = self.lost = False
        self.number = 0

    def count(self, text: str) -> int:
        return len(text)

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        if self.lost:
            raise ModelLost("nobody there")
        self.number += len(requests)
        unpaid = Answer("", finish="unpaid", cost=0.0)
        return [Answer("a", model="m", cost=0.01, number=self.number), unpaid][: len(requests)]

    def reward(self, number: int, value: float) -> None:
        self.rewards.append((number, value))

    def close(self) -> None:
        self.closed = True


def test_it_says_when_it_is_asked_and_when_it_has_answered() -> None:
    told: list[tuple[str, str, str]] = []
    inner = Priced()
    model = Announced(inner, "m, n", lambda *words: told.append(words), {})
    request = Request((Message("user", "?"),))
    assert [answer.text for answer in model.ask([request, request])] == ["a", ""]
    inner.lost = True
    with pytest.raises(ModelLost):
        model.ask([request])
    assert told == [("m, n", "", ""), ("", "", ""), ("m, n", "$0.01", ""), ("", "", "")]


def test_it_is_the_model_otherwise() -> None:
    inner = Priced()
    told: list[str] = []
    spent = {"m": Spent(3, 10, 10, 1.5), "own": Spent(1, 1, 1, None)}
    model: OpenModel = Announced(inner, "m", lambda name, paid, waiting: told.append(paid), spent)
    assert isinstance(model, OpenModel)
    assert (model.window, model.sees, model.calls_tools) == (100, True, False)
    assert model.count("four") == 4
    model.reward(3, 0.5)
    model.ask([Request(())])
    model.close()
    assert inner.rewards == [(3, 0.5)] and inner.closed
    assert told == ["$1.50 and what is not known: the price of own", ""]


def test_what_is_answered_once_more_is_not_paid_twice() -> None:
    told: list[str] = []
    before = {"m": Spent(1, 10, 10, 0.01)}
    model = Announced(Priced(), "m", lambda name, paid, waiting: told.append(paid), before, {1})
    for _ in range(3):
        model.ask([Request(())])
    assert told[::2] == ["$0.01", "$0.01", "$0.02"]


def test_what_it_waits_for_is_said_beside() -> None:
    told: list[tuple[str, str, str]] = []
    model = Announced(Priced(), "m", lambda *words: told.append(words), {})
    model.waiting("it is asked again in 20 s (busy)")
    assert told == [("m", "", "it is asked again in 20 s (busy)")]
