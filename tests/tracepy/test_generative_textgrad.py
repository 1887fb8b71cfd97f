"""TextGrad goes back call by call, and gathers what is said of a value that is used several times."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from tests.tracepy.asking import Oracle, suggestion
from tests.tracepy.prompting import Load, recorded, task_of
from tests.tracepy.test_generative_chain import LOOP, TAXED
from tracepy.evaluation.records import Evaluation
from tracepy.llm.records import Request
from tracepy.optimizers import Outcome, Proposal, State
from tracepy.optimizers.generative.textgrad import TextGrad
from tracepy.settings import Settings


def told(request: Request) -> str:
    return request.messages[-1].text


def function(request: Request) -> str:
    return told(request).partition("The function ")[2].partition(":")[0].partition(",")[0]


def critic(request: Request) -> str:
    """Every input of a step is at fault; the parameter is rewritten."""
    if request.purpose == "update":
        name = told(request).partition("The variable: sample:")[2].partition("\n")[0]
        return suggestion(**{f"sample__{name}": "0.9" if name == "RATE" else "2"})
    if not function(request):
        return "NOTHING"
    inputs = told(request).partition("The inputs to criticise:\n")[2].splitlines()
    names = [line[2:].partition(": ")[0] for line in inputs]
    return json.dumps({name: f"{function(request)} wants more of it" for name in names})


@pytest.fixture
def start(tmp_path: Path, load: Load) -> Any:
    def build(text: str, say: Any = critic, **settings: Any) -> tuple[TextGrad, Oracle, State]:
        graph = recorded(load, text).to_json()
        model = Oracle(say)
        task = task_of(tmp_path, text, model=model, settings=Settings(**settings))
        task = dataclasses.replace(task, baseline=Evaluation("ok", 0.0, "too little", graph=graph))
        base = Outcome(Proposal({}, "as it stands"), task.baseline, 0.0)
        return TextGrad(task), model, State(base, base)

    return build


def test_criticism_goes_back_from_call_to_call(start: Any) -> None:
    optimizer, model, state = start(TAXED)
    (proposal,) = optimizer.propose(state)
    assert "RATE = 0.9" in next(iter(proposal.sources.values()))
    assert [function(one) for one in model.asked] == ["objective", "total", "tax", "scaled", ""]
    first, _, tax, scaled, update = map(told, model.asked)
    assert "- sample:RATE: a variable of the program, 0.5" in scaled
    assert "too little" in first and "too little" not in tax
    assert "def tax(net):" in tax and "net=5.0" in tax and "What it gave: 1.0" in tax
    assert "total wants more of it" in tax
    for user in ("objective", "total", "tax"):
        assert f"from {user}: {user} wants more of it" in scaled
    assert "scaled wants more of it" in update and "sample:RATE" in update


def test_steps_that_do_not_wait_for_each_other_are_asked_about_at_once(start: Any) -> None:
    _, model, _ = found = start(
        """
A = 1  # tracepy: train
B = 2  # tracepy: train


def left():
    return A


def right():
    return B


def objective():
    return left() - right()
"""
    )
    found[0].propose(found[2])
    assert model.batches[:2] == [1, 2]


def test_who_is_not_criticised_is_not_asked(start: Any) -> None:
    def say(request: Request) -> str:
        return critic(request) if function(request) != "objective" else '{"total": "NOTHING"}'

    optimizer, model, state = start(TAXED, say)
    assert optimizer.propose(state) == []
    assert {function(one) for one in model.asked} == {"objective"}


def test_words_without_a_form_are_criticism_of_all_inputs(start: Any) -> None:
    def say(request: Request) -> str:
        return critic(request) if request.purpose == "update" else "It is too small."

    optimizer, model, state = start(TAXED, say)
    assert len(optimizer.propose(state)) == 1
    assert [function(one) for one in model.asked] == ["objective", "total", "tax", "scaled", ""]


def test_no_more_questions_than_are_allowed_however_many_calls(start: Any) -> None:
    optimizer, model, state = start(LOOP)
    assert len(optimizer.propose(state)) == 1
    assert [function(one) for one in model.asked] == ["objective", "add", ""]
    assert "add, 40 calls of it" in told(model.asked[1])


def test_a_masked_trace_is_asked_about_as_a_whole(start: Any) -> None:
    optimizer, model, state = start(TAXED, mask_trace=True)
    optimizer.propose(state)
    assert {function(one) for one in model.asked} == {""}
    assert "The variable to criticise: sample:RATE" in told(model.asked[0])


def test_only_the_score_is_shown_where_that_is_asked_for(start: Any) -> None:
    optimizer, model, state = start(TAXED, score_only=True)
    optimizer.propose(state)
    assert "score" in told(model.asked[0]) and "too little" not in told(model.asked[0])


@pytest.mark.parametrize("room", [300, 500, 900])
def test_questions_keep_to_their_budget(start: Any, room: int) -> None:
    def say(request: Request) -> str:
        return critic(request).replace("wants", "wants " + "very much " * 400)

    optimizer, model, state = start(TAXED, say, prompt_tokens=room)
    optimizer.propose(state)
    assert len(model.asked) == 5
    for request in model.asked:
        assert sum(model.count(one.text) for one in request.messages) <= room
