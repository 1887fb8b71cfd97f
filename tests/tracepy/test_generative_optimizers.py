"""What optimizers ask a model, what they make of its answers, and what they remember."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tracepy.asking import Oracle, Say, said, suggestion
from tests.tracepy.prompting import task_of
from tracepy.errors import BudgetSpent, UserError
from tracepy.evaluation.records import Case, Evaluation, Picture
from tracepy.llm.records import Answer, ToolCall
from tracepy.optimizers import Outcome, Proposal, State, Task
from tracepy.optimizers.generative.copro import Copro
from tracepy.optimizers.generative.crossing import Crossing
from tracepy.optimizers.generative.hybrid import Hybrid
from tracepy.optimizers.generative.memory import Memory
from tracepy.optimizers.generative.opro import Opro
from tracepy.optimizers.generative.optoprime import OptoPrime
from tracepy.optimizers.generative.textgrad import TextGrad
from tracepy.settings import Settings

PROGRAM = '''
RATE = 0.5  # tracepy: train in [0, 1]
GREETING = "Hello"  # tracepy: train "at most 5 words"


# tracepy: train
def price(amount):
    """What it costs."""
    return amount * RATE
'''

Make = Callable[..., Any]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """An optimizer on PROGRAM, with a model that says what it is told to."""

    def build(
        kind: Callable[[Task], Any], say: Say, *, window: int = 8000, **settings: Any
    ) -> tuple[Any, Oracle, State]:
        model = Oracle(say, window)
        task = task_of(tmp_path, PROGRAM, model=model, settings=Settings(**settings))
        base = Outcome(Proposal({}, "as it stands"), task.baseline, 0.0)
        return kind(task), model, State(base, base)

    return build


def judged(proposal: Proposal, score: float, number: int = 1, text: str = "") -> Outcome:
    return Outcome(proposal, Evaluation("ok", score, text), score, number)


def text_of(model: Oracle, index: int = -1) -> str:
    return "\n".join(message.text for message in model.asked[index].messages)


def test_a_suggestion_becomes_a_proposal_with_its_reason(make: Make) -> None:
    optimizer, model, state = make(OptoPrime, said(suggestion(sample__RATE="0.75")))
    (proposal,) = optimizer.propose(state)
    assert "RATE = 0.75" in next(iter(proposal.sources.values()))
    assert proposal.reason == "because" and proposal.parent == 0 and proposal.origin.call == 0
    assert "(float) sample:RATE=0.5" in text_of(model)
    optimizer.observe([judged(proposal, 2.0)])
    assert model.rewards == [(0, 2.0)]


def test_memory_shows_as_many_attempts_as_is_asked_for(make: Make) -> None:
    for size, shown in ((0, 0), (1, 1), (5, 3)):
        rates = iter(["0.1", "0.2", "0.3", "0.4"])
        optimizer, model, state = make(
            OptoPrime, lambda _, rates=rates: suggestion(sample__RATE=next(rates)), memory=size
        )
        for number in range(1, 5):
            (proposal,) = optimizer.propose(state)
            optimizer.observe([judged(proposal, -1.0, number, f"verdict {number}")])
        assert text_of(model).count("verdict ") == shown


def test_what_was_tried_is_refused_with_what_came_of_it(make: Make) -> None:
    same, other = suggestion(sample__RATE="0.75"), suggestion(sample__RATE="0.8")
    optimizer, model, state = make(OptoPrime, said(same, same, other))
    (proposal,) = optimizer.propose(state)
    optimizer.observe([judged(proposal, -3.5)])
    (second,) = optimizer.propose(state)
    assert "0.8" in next(iter(second.sources.values()))
    assert "it scored -3.5" in model.asked[-1].messages[-1].text
    assert [message.role for message in model.asked[-1].messages] == [
        "system", "user", "assistant", "user",
    ]  # fmt: skip


def test_a_model_that_only_talks_ends_the_run_with_a_note(make: Make) -> None:
    optimizer, model, state = make(OptoPrime, said("Let me think."), retries=2)
    assert optimizer.propose(state) == []
    assert len(model.asked) == 6
    assert "no answer of the model could be tried" in optimizer.notes[0]


def test_a_restart_that_leads_on_is_no_end(make: Make) -> None:
    answers = iter(["Let me think."] * 4 + [suggestion(sample__RATE="0.6")])
    optimizer, _, state = make(OptoPrime, lambda _: next(answers), retries=1)
    assert optimizer.propose(state) == []
    assert len(optimizer.propose(dataclasses.replace(state, restarts=1))) == 1
    assert optimizer.notes == []


def test_hybrid_asks_about_the_same_program_again_after_a_restart(make: Make) -> None:
    optimizer, model, state = make(Hybrid, said("Let me think."), retries=0)
    state = dataclasses.replace(state, left=2)
    for restarts, asked in ((0, 2), (0, 2), (1, 4)):
        optimizer.propose(dataclasses.replace(state, restarts=restarts))
        assert len(model.asked) == asked


def test_several_ideas_are_asked_for_at_once(make: Make) -> None:
    rates = iter(["0.1", "0.2", "0.2"])
    optimizer, model, state = make(
        OptoPrime, lambda _: suggestion(sample__RATE=next(rates)), candidates=3
    )
    proposals = optimizer.propose(state)
    assert model.batches == [3] and len(proposals) == 2
    assert "Idea 3" in model.asked[2].messages[-1].text


def test_an_answer_that_is_cut_off_is_asked_for_again_shorter(make: Make) -> None:
    cut = Answer('{"reasoning": "I will', finish="length")
    optimizer, model, state = make(OptoPrime, said(cut, suggestion(sample__RATE="0.6")))
    assert len(optimizer.propose(state)) == 1
    assert "cut off" in model.asked[1].messages[-1].text


def test_a_constraint_is_kept_and_a_wrong_name_is_told(make: Make) -> None:
    optimizer, model, state = make(
        OptoPrime, said(suggestion(sample__RAT="0.6"), suggestion(sample__RATE="7"))
    )
    (proposal,) = optimizer.propose(state)
    assert "RATE = 1.0" in next(iter(proposal.sources.values()))
    assert "sample:RATE" in model.asked[1].messages[-1].text


def test_pictures_go_to_models_that_see(make: Make) -> None:
    optimizer, model, state = make(OptoPrime, said(suggestion(sample__RATE="0.6")))
    picture = Picture("image/png", base64.b64encode(b"\x89PNG\r\n\x1a\n").decode())
    evaluation = Evaluation("ok", 0.0, images=(picture,), graph=None)
    base = dataclasses.replace(state.base, evaluation=evaluation)
    optimizer.propose(State(base, base))
    assert model.asked[-1].messages[-1].images == ()
    model.sees = True
    model.say = said(suggestion(sample__RATE="0.7"))
    optimizer.propose(State(base, base))
    assert model.asked[-1].messages[-1].images[0].kind == "image/png"


@pytest.mark.parametrize("kind", [OptoPrime, Opro, TextGrad, Hybrid, Copro])
def test_a_prompt_keeps_to_its_budget(make: Make, kind: Callable[[Task], Any]) -> None:
    optimizer, model, state = make(
        kind, said(suggestion(sample__GREETING="Good day")), prompt_tokens=900
    )
    for number in range(40):
        optimizer.memory.refused({"sample:RATE": f"0.{number}"}, ["long " * 100])
    optimizer.messages(optimizer.start(state.base), state)
    optimizer.propose(State(state.base, state.base, left=0))
    first = [request for request in model.asked if len(request.messages) == 2]
    assert first and all(
        sum(model.count(one.text) for one in request.messages) <= 900 for request in first
    )


def test_opro_shows_values_and_feedback_and_no_program(make: Make) -> None:
    optimizer, model, state = make(Opro, said(suggestion(sample__RATE="0.6")))
    (proposal,) = optimizer.propose(state)
    optimizer.observe([judged(proposal, 1.5, text="closer")])
    model.say = said(suggestion(sample__RATE="0.7"))
    optimizer.propose(state)
    shown = text_of(model)
    assert '"score": 1.5' in shown and "closer" in shown and "#Code" not in shown
    assert "sample:RATE: in [0, 1]" in shown


def test_textgrad_criticises_each_parameter_then_rewrites_those_at_fault(make: Make) -> None:
    def say(request: Any) -> str:
        last = request.messages[-1].text
        if request.purpose == "backward":
            return "NOTHING" if last.endswith("GREETING") else "Too small by half."
        return suggestion(**(
            {"sample__RATE": "0.9"} if "The variable: sample:RATE" in last
            else {"sample__price": "def price(amount):\n    return 2 * amount * RATE\n"}
        ))  # fmt: skip

    optimizer, model, state = make(TextGrad, say)
    (proposal,) = optimizer.propose(state)
    text = next(iter(proposal.sources.values()))
    assert "RATE = 0.9" in text and "2 * amount * RATE" in text
    assert model.batches == [3, 2]
    assert "Too small by half." in text_of(model)


def test_copro_takes_the_strings_in_turn_with_their_scores(make: Make, tmp_path: Path) -> None:
    words = iter(["Good day", "Welcome", "Hi there", "Dear guest", "Greetings", "Hey"])
    optimizer, model, state = make(Copro, lambda _: suggestion(sample__GREETING=next(words)))
    proposals = optimizer.propose(state)
    assert len(proposals) == 4
    optimizer.observe([judged(one, float(n), n) for n, one in enumerate(proposals, 1)])
    model.say = said(suggestion(sample__GREETING="Servus"))
    optimizer.propose(state)
    shown = text_of(model, -1)
    assert shown.index('"Good day", "score": 1.0') < shown.index('"Dear guest", "score": 4.0')
    assert "at most 5 words" in shown
    assert shown.count("Hello") == 1  # the present text is no other wording
    bare = task_of(tmp_path, "RATE = 0.5  # tracepy: train\n", model=model)
    with pytest.raises(UserError, match="no string"):
        Copro(bare)


def test_tools_are_offered_in_the_text_where_a_model_calls_none(make: Make) -> None:
    call = '```json\n{"tool": "source", "arguments": {"name": "price"}}\n```'
    optimizer, model, state = make(Hybrid, said(call, suggestion(sample__RATE="0.6")))
    model.calls_tools = False
    proposals = optimizer.propose(State(state.base, state.base, left=2))
    assert len(proposals) == 1
    assert "- try(suggestion)" in model.asked[0].messages[0].text
    assert "return amount * RATE" in model.asked[1].messages[-1].text


def test_a_model_that_never_stops_calling_tools_is_stopped(make: Make) -> None:
    call = Answer("", calls=(ToolCall("1", "values", '{"name": "amount"}'),), finish="tools")

    def say(request: Any) -> Answer | str:
        return call if request.tools else suggestion(sample__RATE="0.6")

    optimizer, model, state = make(Hybrid, say)
    assert len(optimizer.propose(State(state.base, state.base, left=2))) == 1
    assert len(model.asked) == 9
    assert "No more tools" in model.asked[-1].messages[-1].text


def test_what_tools_give_may_not_overflow_the_window(make: Make) -> None:
    call = Answer("", calls=(ToolCall("1", "source", '{"name": "price"}'),), finish="tools")

    def say(request: Any) -> Answer | str:
        return call if request.tools else suggestion(sample__RATE="0.6")

    optimizer, model, state = make(Hybrid, say, window=900)
    assert len(optimizer.propose(State(state.base, state.base, left=2))) == 1
    for request in model.asked:
        assert sum(model.count(one.text) for one in request.messages) <= 900


def test_hybrid_lets_search_go_first_and_then_asks(make: Make) -> None:
    optimizer, model, state = make(Hybrid, said(suggestion(sample__RATE="0.6")))
    searched = 0
    for number in range(1, 60):
        state = dataclasses.replace(state, left=100 - searched)
        batch = optimizer.propose(state)
        if model.asked:
            break
        searched += len(batch)
        optimizer.observe([judged(one, -1.0, number) for one in batch])
    assert 20 <= searched <= 48
    assert batch[0].proposer == "hybrid"
    assert "#Search" in text_of(model)


def test_hybrid_goes_on_with_search_once_the_model_cannot_be_paid(make: Make) -> None:
    def say(_: Any) -> str:
        raise BudgetSpent("2,900 of 3,000 tokens are spent")

    optimizer, model, state = make(Hybrid, say)
    searched = 0
    for number in range(1, 60):
        batch = optimizer.propose(dataclasses.replace(state, left=200))
        searched += len(batch) if model.asked else 0
        optimizer.observe([judged(one, -1.0, number) for one in batch])
    assert searched > 16
    assert len(model.asked) == 1
    assert optimizer.notes == [
        "the model's budget is spent (2,900 of 3,000 tokens are spent); search goes on"
    ]


def test_what_was_answered_before_the_budget_was_spent_counts(make: Make) -> None:
    answers = iter([suggestion(sample__RATE="0.6"), "Let me think."])

    def say(_: Any) -> str:
        for answer in answers:
            return answer
        raise BudgetSpent("all is spent")

    optimizer, model, state = make(OptoPrime, say, candidates=2)
    (proposal,) = optimizer.propose(state)
    assert "RATE = 0.6" in next(iter(proposal.sources.values()))
    assert model.batches == [2, 1]
    with pytest.raises(BudgetSpent):
        optimizer.propose(state)


def test_hybrid_tries_the_valid_part_of_an_answer(make: Make) -> None:
    mixed = suggestion(sample__RATE="0.6", sample__price="def price(other):\n    return 1\n")
    optimizer, _, state = make(Hybrid, said(mixed), retries=0)
    (proposal,) = optimizer.propose(State(state.base, state.base, left=2))
    text = next(iter(proposal.sources.values()))
    assert "RATE = 0.6" in text and "amount * RATE" in text
    assert "valid part" in proposal.note


def test_programs_that_win_different_cases_are_crossed(tmp_path: Path) -> None:
    task = task_of(
        tmp_path,
        "# tracepy: train\ndef f():\n    return 1\n\n\nX = 0\n\n\n# tracepy: train\ndef g():\n    return 2\n",
    )
    cases = (Case("a", 0.0), Case("b", 0.0), Case("c", 1.0))
    task = dataclasses.replace(task, baseline=Evaluation("ok", 1 / 3, cases=cases))
    (path,) = task.originals
    text = task.originals[path].text
    crossing = Crossing(task)

    def won(new: str, name: str, number: int) -> Outcome:
        passed = tuple(dataclasses.replace(c, score=1.0) if c.name == name else c for c in cases)
        return Outcome(
            Proposal({path: new}, name), Evaluation("ok", 2 / 3, cases=passed), 0.67, number
        )

    crossing.take([won(text.replace("return 1", "return 10"), "a", 1)])
    assert crossing.propose() == []
    crossing.take([won(text.replace("return 2", "return 20"), "b", 2)])
    (proposal,) = crossing.propose()
    assert "return 10" in proposal.sources[path] and "return 20" in proposal.sources[path]
    assert proposal.reason == "#1 and #2 win different cases"
    assert crossing.propose() == []


def test_memory_forgets_the_oldest_and_shows_a_refusal_once() -> None:
    memory = Memory(2)
    for number in range(3):
        memory.refused({"m:X": str(number)}, ["no"])
    memory.refused({"m:X": "2"}, ["no"])
    assert [one.suggestion["m:X"] for one in memory.attempts()] == ["1", "2"]
    assert Memory(0).attempts() == ()


class Trying:
    """Every candidate is judged to be better."""

    def judge(self, sources: Any) -> Evaluation:
        return Evaluation("ok", 5.0)

    def expression(self, sources: Any, path: str, text: str) -> str:
        return "42"


def test_what_was_better_when_it_was_tried_is_proposed_whatever_is_answered(make: Make) -> None:
    tried = '{"suggestion": {"sample:RATE": "0.9"}}'
    call = Answer("", calls=(ToolCall("1", "try", tried),), finish="tools")
    optimizer, model, state = make(Hybrid, said(call, "I give up."), retries=0)
    optimizer.task = dataclasses.replace(optimizer.task, trials=Trying())
    (proposal,) = optimizer.propose(State(state.base, state.base, left=2))
    assert "RATE = 0.9" in next(iter(proposal.sources.values()))
    assert proposal.reason == "better when it was tried"
    assert "score 5, before 0" in model.asked[1].messages[-1].text
