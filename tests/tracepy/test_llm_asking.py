"""What a run's model answers: through litellm's own client, from a server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.model_server import Calls, Cut, Dripping, Failing, ModelServer, Raw, Said, Slow
from tracepy import llm
from tracepy.errors import BudgetSpent, ModelLost, UserError
from tracepy.llm import Answer, Image, Message, Request, Tool, ToolCall
from tracepy.settings import Settings
from tracepy.store import ModelCall


class Clock:
    """Waiting takes no time, but counts."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


class Opened:
    """A model that asks the server, and what it told."""

    def __init__(self, project: Path, server: ModelServer) -> None:
        self.project = project
        self.server = server
        self.kept: list[ModelCall] = []
        self.clock = Clock()
        self.waits: list[str] = []
        self.settings = Settings(model=("local",), api_base=server.url, model_timeout=30.0)

    def __call__(self, *, earlier: Sequence[ModelCall] = (), **options: Any) -> llm.OpenModel:
        settings = replace(self.settings, **options)
        return llm.open(
            settings,
            project=self.project,
            keep=self.kept.extend,
            earlier=earlier,
            clock=self.clock,
            waiting=self.waits.append,
        )


@pytest.fixture
def opened(
    tmp_path: Path, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Opened]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    yield Opened(tmp_path, model_server)


def question(text: str, **more: Any) -> Request:
    return Request((Message("user", text),), **more)


def echo(messages: list[dict[str, Any]], tools: object) -> str:
    return f"about {messages[-1]['content']}"


def test_questions_are_answered_in_order_and_kept(opened: Opened) -> None:
    opened.server.answers = echo
    answers = opened().ask([question(f"q{n}") for n in range(20)])
    assert [answer.text for answer in answers] == [f"about q{n}" for n in range(20)]
    assert [answer.number for answer in answers] == list(range(20))
    assert {answer.finish for answer in answers} == {"stop"}
    first = min(opened.kept, key=lambda call: call.number)
    assert json.loads(first.prompt) == {"messages": [{"role": "user", "content": "q0"}]}
    assert json.loads(first.answer) == {"finish": "stop", "text": "about q0"}
    assert first.model == "openai/local"
    assert first.prompt_tokens > 0 and first.completion_tokens > 0
    assert first.cost is None  # nobody knows its price


def test_a_turned_away_question_waits_as_long_as_it_is_asked_to(opened: Opened) -> None:
    opened.server.next(
        Failing(429, headers={"Retry-After": "7"}),
        Failing(503, headers={"Retry-After": "Fri, 15 Jan 2027 08:00:30 GMT"}),
        Failing(529, headers={"retry-after": "2.5"}),
        Failing(500),
    )
    (answer,) = opened().ask([question("q")])
    assert answer.text == "nothing to say"
    assert opened.clock.waits[:3] == [7.0, 23.0, 2.5]
    assert 0.5 <= opened.clock.waits[3] <= 1.5
    assert answer.seconds == pytest.approx(sum(opened.clock.waits))
    assert len(opened.server.asked) == 5


def test_a_cut_connection_and_a_broken_body_are_asked_again(opened: Opened) -> None:
    broken = [Cut(), Cut(after=40), Raw(b"<html>busy</html>", "text/html"), Raw(b'{"choices": [')]
    for behaviour in broken:
        opened.server.next(behaviour)
        (answer,) = opened().ask([question("q")])
        assert answer.text == "nothing to say", behaviour
    assert len(opened.clock.waits) == len(broken)


def test_a_model_that_never_answers_is_lost(opened: Opened) -> None:
    opened.server.answers = lambda *_: Failing(500, "on fire")
    with pytest.raises(ModelLost, match=r"gave no answer in 6 attempts: .*on fire"):
        opened().ask([question("q"), question("r")])
    assert {call.number for call in opened.kept} == {0, 1}


def test_one_question_that_fails_is_not_the_end(opened: Opened) -> None:
    def answers(messages: list[dict[str, Any]], tools: object) -> Any:
        return Failing(500, "on fire") if messages[-1]["content"] == "bad" else "good"

    opened.server.answers = answers
    bad, good = opened().ask([question("bad"), question("fine")])
    assert (bad.finish, good.text) == ("failed", "good")
    assert "6 attempts" in bad.error


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "check its key"), (403, "may not use"), (404, "check the model's name"), (400, "check")],
)
def test_what_stays_wrong_is_said_at_once(opened: Opened, status: int, advice: str) -> None:
    opened.server.answers = lambda *_: Failing(status, "no such thing\n  here")
    with pytest.raises(UserError, match=f"openai/local.*no such thing here.*{advice}") as caught:
        opened().ask([question("q")])
    assert "\n" not in str(caught.value)
    assert len(opened.server.asked) == 1


def test_nobody_there(opened: Opened) -> None:
    with pytest.raises(ModelLost, match="openai/local gave no answer in 3 attempts"):
        opened(api_base="http://127.0.0.1:9/v1").ask([question("q")])


def test_a_prompt_that_is_too_long_is_said_to_be(opened: Opened) -> None:
    message = "This model's maximum context length is 8192 tokens."
    opened.server.answers = lambda *_: Failing(400, message, code="context_length_exceeded")
    (answer,) = opened().ask([question("q")])
    assert answer.finish == "failed"
    assert answer.error.startswith("the prompt is longer than the model's context window")


def test_a_slow_answer_is_waited_for_and_then_given_up(opened: Opened) -> None:
    latch = threading.Event()
    opened.server.next(Slow(latch))
    (answer,) = opened(model_timeout=0.2).ask([question("q")])
    assert answer.text == "nothing to say"
    assert len(opened.server.asked) == 2
    latch.set()


def test_an_answer_that_drips_is_given_up_as_a_whole(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracepy.llm.client.GRACE", 0.0)
    end = threading.Event()
    opened.server.next(Dripping(end))
    (answer,) = opened(model_timeout=0.5).ask([question("q")])
    assert answer.text == "nothing to say"
    assert opened.waits[0].endswith("(no answer in time)")
    end.set()


def test_who_watches_is_told_what_is_waited_for(opened: Opened) -> None:
    opened.server.next(Failing(429, "Slow down.", {"Retry-After": "20"}))
    model = opened(requests_per_minute=6)
    model.ask([question("q")])
    assert opened.waits == ["it is asked again in 20 s (Slow down.)", ""]
    del opened.waits[:]
    model.ask([question("r")])
    assert opened.waits == ["its turn comes in 10 s (--requests-per-minute)", ""]


def test_tools_and_what_becomes_of_them(opened: Opened) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    tool = Tool("source", "The source of a name.", schema)
    opened.server.next(Calls([("source", {"name": "f"}), ("source", "{broken")], "I look."))
    model = opened(model=("openai/gpt-4o",))
    assert model.calls_tools and model.sees
    (answer,) = model.ask([question("q", tools=(tool,))])
    assert answer.finish == "tools"
    assert answer.calls == (
        ToolCall("call_0", "source", '{"name": "f"}'), ToolCall("call_1", "source", "{broken"),
    )  # fmt: skip
    talk = (
        Message("user", "q"),
        Message("assistant", answer.text, calls=answer.calls),
        Message("tool", "def f(): ...", call="call_0"),
    )
    model.ask([Request(talk, tools=(tool,))])
    sent = opened.server.asked[-1]
    assert sent["tools"][0]["function"]["name"] == "source"
    assert sent["messages"][1]["tool_calls"][1]["function"]["arguments"] == "{broken"
    assert sent["messages"][2] == {
        "role": "tool", "content": "def f(): ...", "tool_call_id": "call_0"
    }  # fmt: skip


def test_an_unknown_model_is_offered_no_tools_and_no_pictures(opened: Opened) -> None:
    model = opened()
    assert not model.calls_tools and not model.sees
    picture = Message("user", "look", images=(Image(b"png"),))
    model.ask([Request((picture,), tools=(Tool("t", "", {}),), json=True)])
    sent = opened.server.asked[-1]
    assert sent["messages"] == [{"role": "user", "content": "look"}]
    assert "tools" not in sent and "response_format" not in sent


def test_pictures_are_sent_to_models_that_see(opened: Opened) -> None:
    picture = Message("user", "look", images=(Image(b"png"),))
    opened(model=("openai/gpt-4o",)).ask([Request((picture,))])
    text, image = opened.server.asked[-1]["messages"][0]["content"]
    assert text == {"type": "text", "text": "look"}
    assert image["image_url"]["url"] == "data:image/png;base64,cG5n"


def test_json_is_asked_for_until_it_is_refused(opened: Opened) -> None:
    def answers(messages: object, tools: object) -> Any:
        if "response_format" in opened.server.asked[-1]:
            return Failing(400, "response_format is not supported here")
        return "{}"

    opened.server.answers = answers
    model = opened(model=("openai/gpt-4o",))
    for _ in range(2):
        (answer,) = model.ask([question("q", json=True)])
        assert answer.text == "{}"
    asked = ["response_format" in body for body in opened.server.asked]
    assert asked == [True, False, False]


def test_how_an_answer_ends(opened: Opened) -> None:
    opened.server.next(
        Said("half a", "length"), Said("", "content_filter"), Said(None, refusal="I will not."),
        Said(""), Said("x" * 3_000_000),
    )  # fmt: skip
    model = opened()
    ends = [model.ask([question("q")])[0] for _ in range(5)]
    assert [end.finish for end in ends] == ["length", "refused", "refused", "stop", "length"]
    assert ends[2].text == "I will not."
    assert len(ends[4].text) == 2_000_000


def test_requests_per_minute(opened: Opened) -> None:
    model = opened(requests_per_minute=30)
    for _ in range(3):
        model.ask([question("q")])
    assert opened.clock.waits == [2.0, 2.0]


def test_tokens_stop_before_they_are_exceeded(opened: Opened) -> None:
    opened.server.answers = lambda *_: "word " * 300
    model = opened(max_tokens=3_000)
    spent = 0
    with pytest.raises(BudgetSpent, match="of 3,000 tokens"):
        while True:
            answers: list[Answer] = model.ask([question("what? " * 20)] * 3)
            spent += sum(answer.prompt_tokens + answer.completion_tokens for answer in answers)
    assert 1_500 < spent <= 3_000
    assert all(body["max_tokens"] < 3_000 for body in opened.server.asked)


def test_money_stops_before_it_is_exceeded(opened: Opened) -> None:
    model = opened(model=("openai/gpt-4o",), max_cost=0.01)
    with pytest.raises(BudgetSpent, match=r"of \$0.0100"):
        while True:
            model.ask([question("what? " * 200)])
    costs = [call.cost for call in opened.kept]
    assert all(cost is not None and cost > 0 for cost in costs)
    assert 0.005 < sum(cost or 0.0 for cost in costs) <= 0.01


def test_a_price_that_is_not_known_cannot_be_bounded(opened: Opened) -> None:
    with pytest.raises(UserError, match=r"price of openai/local|price of local.*--max-tokens"):
        opened(max_cost=1.0)


def replays(opened: Opened, play: Callable[[llm.OpenModel], list[str]]) -> None:
    """Record, then replay: the same answers, the same calls, and nobody is asked."""
    model = opened(record="calls.jsonl")
    first = play(model)
    model.close()
    calls, opened.kept = opened.kept, []
    asked = len(opened.server.asked)
    again = opened(model=(), api_base=None, replay="calls.jsonl")
    assert play(again) == first
    assert len(opened.server.asked) == asked

    def plain(call: ModelCall) -> ModelCall:
        return replace(call, created=0.0)

    assert [plain(call) for call in opened.kept] == sorted(
        map(plain, calls), key=lambda call: call.number
    )


def test_a_recorded_run_is_replayed(opened: Opened) -> None:
    opened.server.answers = echo

    def play(model: llm.OpenModel) -> list[str]:
        texts = []
        for turn in range(3):
            answers = model.ask([question(f"q{turn} {n} {texts}") for n in range(5)])
            texts += [repr(answer) for answer in answers]
        return [*texts, str(model.window), str(model.count("how many tokens are these?"))]

    replays(opened, play)


@pytest.mark.parametrize(
    ("named", "said"),
    {
        (): "",
        ("local",): "openai/local once gave",
        ("openai/other=2",): "openai/local once gave, not openai/other",
    }.items(),
)
def test_a_model_beside_a_replay_is_said_not_to_be_asked(
    opened: Opened, tmp_path: Path, named: tuple[str, ...], said: str
) -> None:
    opened(record="calls.jsonl").close()
    note = llm.unasked(Settings(model=named, replay="calls.jsonl"), tmp_path)
    assert note.endswith(said)
    assert note.startswith("--model was not asked: --replay calls.jsonl gave" if said else "")
    assert llm.unasked(Settings(model=("local",)), tmp_path) == ""


def test_a_run_that_differs_from_its_recording_is_told_where(opened: Opened) -> None:
    model = opened(record="calls.jsonl")
    model.ask([question("first line\nthe score is 3")])
    model.close()
    again = opened(replay="calls.jsonl")
    with pytest.raises(UserError) as caught:
        again.ask([question("first line\nthe score is 4")])
    assert str(caught.value) == (
        "--replay calls.jsonl: question 1: the prompt differs from the recorded one at message 1 "
        "(user), line 2:\n"
        "  recorded: 'first line\\nthe score is 3'\n"
        "  now:      'first line\\nthe score is 4'"
    )
    again = opened(replay="calls.jsonl")
    again.ask([question("first line\nthe score is 3")])
    with pytest.raises(UserError, match="the recording has ended: it holds 1 question"):
        again.ask([question("q")])


def test_a_run_that_goes_on_asks_nothing_twice(opened: Opened) -> None:
    opened.server.answers = echo
    model = opened(record="calls.jsonl")
    before = [model.ask([question(f"q{n}"), question(f"r{n}")]) for n in range(3)]
    model.close()
    earlier = [call for call in opened.kept if call.number != 4]  # on its way when it was killed
    text = (opened.project / "calls.jsonl").read_bytes()
    (opened.project / "calls.jsonl").write_bytes(text[:-20])
    asked = len(opened.server.asked)
    model = opened(record="calls.jsonl", earlier=earlier)
    after = [model.ask([question(f"q{n}"), question(f"r{n}")]) for n in range(3)]
    model.close()
    assert after[:2] == before[:2]
    assert [answer.text for answer in after[2]] == [answer.text for answer in before[2]]
    assert len(opened.server.asked) == asked + 1
    lines = (opened.project / "calls.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines[1:]] == list(range(6))
    model = opened(earlier=earlier, record=None)
    model.ask([question("something else")])
    assert opened.kept[-1].number == 6  # no number is given twice


def test_a_run_that_ended_without_an_answer_asks_again(opened: Opened) -> None:
    opened.server.answers = echo
    opened.server.next(*[Failing(500)] * 12)
    first = opened(max_tokens=100_000)
    with pytest.raises(ModelLost):
        first.ask([question("a"), question("b")])
    lost = list(opened.kept)
    assert sorted(call.number for call in lost) == [0, 1]
    again = opened(earlier=lost, max_tokens=100_000)
    assert [answer.text for answer in again.ask([question("a"), question("b")])] == [
        "about a", "about b"
    ]  # fmt: skip
    assert sorted(call.number for call in opened.kept[2:]) == [0, 1]
    asked = len(opened.server.asked)
    third = opened(earlier=opened.kept[2:])
    assert third.ask([question("a"), question("b")])[1].text == "about b"
    assert len(opened.server.asked) == asked


def test_what_was_spent_before_counts(opened: Opened) -> None:
    opened.server.answers = lambda *_: "word " * 300
    model = opened(max_tokens=20_000)
    model.ask([question("q")] * 20)
    spent = sum(call.prompt_tokens + call.completion_tokens for call in opened.kept)
    with pytest.raises(BudgetSpent):
        opened(max_tokens=spent + 100, earlier=list(opened.kept)).ask([question("other")])


def test_an_answer_that_was_lost_may_have_cost_something(opened: Opened) -> None:
    opened.server.answers = lambda *_: Cut(after=10)
    with pytest.raises(ModelLost, match="the budget does not allow to ask again"):
        opened(max_tokens=3_000).ask([question("q")])
    assert len(opened.server.asked) < 6
    with pytest.raises(BudgetSpent):
        opened(max_tokens=3_000, earlier=opened.kept).ask([question("other")])


def test_keys_are_nowhere(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "hunter2hunter2")
    (opened.project / ".env").write_text('export OPENAI_API_KEY="sk-secret-of-the-file"  # mine\n')
    key = "sk-secret-of-the-file"
    opened.server.answers = lambda messages, _: f"you sent {key} {messages[-1]['content']}"
    model = opened(record="calls.jsonl")
    (answer,) = model.ask([question(f"it is hunter2hunter2, {key}")])
    assert opened.server.headers[-1]["authorization"] == f"Bearer {key}"
    kept = (opened.project / "calls.jsonl").read_text() + repr(opened.kept) + repr(answer)
    for secret in (key, "hunter2"):
        assert secret not in kept + json.dumps(opened.server.asked)
    opened.server.answers = lambda *_: Failing(401, f"wrong key {key}")
    with pytest.raises(UserError) as caught:
        model.ask([question("q")])
    assert key not in str(caught.value)


def test_several_models_take_turns_by_what_they_win(opened: Opened) -> None:
    opened.server.answers = lambda *_: "fine"
    models = ("openai/gpt-4o", "openai/gpt-4o-mini")

    def play(model: llm.OpenModel) -> list[str]:
        asked = []
        for _ in range(60):
            (answer,) = model.ask([question("q")])
            asked.append(answer.model)
            model.reward(answer.number, 3.5 if answer.model == models[0] else float("-inf"))
        return asked

    first = play(opened(model=models))
    assert first[0] == models[1]  # the cheap one
    assert first[30:].count(models[0]) > 15
    calls, opened.kept = list(opened.kept), []
    assert play(opened(model=models, earlier=calls)) == first
    assert opened.kept == []
    weighted = play(opened(model=tuple(f"{name}=1" for name in models)))
    assert 15 < weighted.count(models[0]) < 45
