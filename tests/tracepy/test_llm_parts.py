"""The parts of a run's model, one by one: nothing is asked here."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracepy import llm
from tracepy.errors import UserError
from tracepy.evaluation.connection import clean_environment
from tracepy.llm.catalog import About, Prices, about
from tracepy.llm.difference import difference
from tracepy.llm.ensemble import Bandit, Weighted, parsed
from tracepy.llm.faults import one_line, seconds_of
from tracepy.llm.keys import REMOVED, Keys, read
from tracepy.llm.ledger import answered, call_of
from tracepy.llm.purse import Purse
from tracepy.llm.recording import Line, Recorder, Recording
from tracepy.llm.records import Answer, ToolCall
from tracepy.llm.tokens import Counter
from tracepy.llm.wire import FINISHES, canonical
from tracepy.settings import Settings

texts = st.text(max_size=40)
answers = st.builds(
    Answer,
    text=texts,
    calls=st.lists(st.builds(ToolCall, texts, texts, texts), max_size=2).map(tuple),
    model=texts,
    finish=st.sampled_from(FINISHES),
    error=texts,
    prompt_tokens=st.integers(0, 10**6),
    completion_tokens=st.integers(0, 10**6),
    cost=st.none() | st.floats(0, 100),
    seconds=st.floats(0, 1000),
    number=st.integers(-1, 1000),
)


# -- keys


def test_a_file_of_settings(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(
        b"\xef\xbb\xbf# ours\nOPENAI_API_KEY=sk-1234567890 # mine\r\nexport A = 'x # y'\n"
        b'B="two\\nlines \\"quoted\\""\nEMPTY=\nnot a line\nC=a#b\n'
    )
    assert read(file, ".env") == {
        "OPENAI_API_KEY": "sk-1234567890", "A": "x # y", "B": 'two\nlines "quoted"', "EMPTY": "",
        "C": "a#b",
    }  # fmt: skip


@given(text=st.text())
def test_any_file_of_settings_is_read(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "any.env"
    file.write_bytes(text.encode("utf-8", "replace"))
    assert all(isinstance(value, str) for value in read(file, "any.env").values())


def test_the_environment_comes_before_the_file() -> None:
    keys = Keys({"GROQ_API_KEY": "of the shell"}, {"GROQ_API_KEY": "file", "XAI_API_KEY": "file"})
    assert (keys.of("groq"), keys.of("xai"), keys.of("mistral")) == ("of the shell", "file", None)
    assert keys.known() == ["GROQ_API_KEY", "XAI_API_KEY"]


def test_what_is_a_key_is_removed_and_what_is_not_stays(tmp_path: Path) -> None:
    keys = Keys(
        {
            "OPENAI_API_KEY": "sk-aaaaaaaa", "OTHER_TOKEN": "sk-aaaaaaaa-longer", "MY_SECRET": "short",
            "TOKENIZERS_PARALLELISM": "environment", "KEYBOARD": "qwertzuiop",
            "SSH_KEY": str(tmp_path),
        },
        {"DB_PASSWORD": "p(a.s*s)word"},
    )  # fmt: skip
    text = f"sk-aaaaaaaa-longer sk-aaaaaaaa p(a.s*s)word short environment qwertzuiop {tmp_path}"
    assert (
        keys.scrub(text) == f"{REMOVED} {REMOVED} {REMOVED} short environment qwertzuiop {tmp_path}"
    )


def test_a_file_of_settings_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read --env-file keys\.env: No such file"):
        Keys.found("keys.env", tmp_path)
    (tmp_path / "keys.env").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="not text in UTF-8"):
        Keys.found("keys.env", tmp_path)
    assert Keys.found(None, tmp_path / "nowhere").get("NOT_SET_ANYWHERE") is None


def test_workers_see_nothing_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"AZURE_API_VERSION": "2027-01-01", "AZURE_API_KEY": "a key", "DATABASE_URL": "x"}
    for name in settings:
        monkeypatch.setenv(name, "")  # so that it is as before in the end
        monkeypatch.delenv(name)
    Keys({}, settings).pass_on("azure")
    assert os.environ["AZURE_API_VERSION"] == "2027-01-01"
    assert "DATABASE_URL" not in os.environ
    assert not {*settings} & {*clean_environment((), ".")}


# -- what is known of models, tokens


def test_what_is_known_of_models() -> None:
    known = about("openai/gpt-4o")
    assert known == about("gpt-4o") or known.name != "gpt-4o"
    assert known.known and known.sees and known.calls_tools and known.json and known.exact
    assert known.window + known.answer == 128_000
    assert known.prices is not None and known.prices.cost(1_000_000, 0) == pytest.approx(2.5)
    local = about("qwen-local", "http://127.0.0.1:8000/v1")
    assert (local.name, local.provider, local.known) == ("openai/qwen-local", "openai", False)
    assert (local.window, local.answer, local.prices) == (24_576, 8_192, None)
    assert about("ollama/llama3").prices == Prices(0.0, 0.0, 0.0)
    assert about("openrouter/a/b").provider == "openrouter"
    assert about("azure/my-deployment").prices is None
    assert about("text-embedding-3-small").known is False
    assert about("gpt-4").encoding == "cl100k_base"
    assert About.from_dict(known.to_dict()).window == known.window


def test_cached_and_long_prompts_have_prices_of_their_own() -> None:
    prices = Prices(1.0, 2.0, 0.25, (100, 3.0, 4.0))
    assert prices.cost(10, 5) == 20.0
    assert prices.cost(10, 5, cached=8) == 14.0
    assert prices.cost(200, 1) == 604.0


def test_tokens_are_those_of_a_real_tokenizer() -> None:
    count = Counter("o200k_base")
    assert count("hello world") == 2
    assert count("") == 0
    assert count("def area(r):\n    return 3.14159 * r ** 2\n") == count.__call__(
        "def area(r):\n    return 3.14159 * r ** 2\n"
    )
    assert Counter("deepseek")("hello world") == 2
    assert 1_000 <= count("word " * 1_000) <= 1_010
    assert 10_000 < count("a" * 1_000_000) < 200_000  # one letter a million times, at once
    assert count("lone \ud800 surrogate") > 0


# -- budgets


@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(1, 3_000), st.floats(0.1, 1.3), st.floats(0, 1)), min_size=1,
                 max_size=6), max_size=8),
    tokens=st.integers(1, 30_000),
    cents=st.floats(0.01, 100.0),
)  # fmt: skip
def test_no_budget_is_overdrawn(
    batches: list[list[tuple[int, float, float]]], tokens: int, cents: float
) -> None:
    """Whatever a prompt turns out to have, within what a foreign tokenizer may make of it."""
    model = About("m", prices=Prices(3e-6, 15e-6, 1e-6, (2_500, 6e-6, 20e-6)))
    purse = Purse(tokens, cents / 100)
    spent_tokens, spent_cost = 0, 0.0
    for batch in batches:
        shares = purse.put_aside([(model, counted) for counted, _, _ in batch])
        for (counted, factor, part), share in zip(batch, shares, strict=True):
            if share is None:
                continue
            prompt, completion = int(counted * factor), int(share.answer * part)
            assert model.prices is not None
            cost = model.prices.cost(prompt, completion)
            spent_tokens += prompt + completion
            spent_cost += cost
            purse.settle(model, share, counted, prompt, completion, cost)
    assert spent_tokens <= tokens
    assert spent_cost <= cents / 100 * (1 + 1e-9)


def test_what_is_left_is_shared_where_that_is_of_use() -> None:
    model = About("m", exact=True)
    shares = Purse(8_000).put_aside([(model, 99)] * 4)
    assert [share.answer if share else None for share in shares] == [1896] * 4
    shares = Purse(1_000).put_aside([(model, 99)] * 4)
    assert [share.answer if share else None for share in shares] == [896, None, None, None]
    assert Purse(100).put_aside([(model, 99)]) == [None]
    assert Purse().put_aside([(model, 10**9)])[0] is not None


# -- several models


def test_models_and_their_weights() -> None:
    assert parsed(["a/b"]) == (["a/b"], None)
    assert parsed(["a=2", "b=0.5"]) == (["a", "b"], [2.0, 0.5])
    for wrong in (["a=0"], ["a=x"], ["a=nan"], ["=2"], ["a=2", "b"], ["a", "a"], [""]):
        with pytest.raises(UserError, match="--model"):
            parsed(wrong)


def test_weights_are_kept_and_repeat() -> None:
    first, second = (Weighted([3.0, 1.0], 7) for _ in range(2))
    drawn = [first.next() for _ in range(1_000)]
    assert drawn == [second.next() for _ in range(1_000)]
    assert 200 < sum(drawn) < 300


def test_the_cheap_model_comes_first_and_the_good_one_in_the_end() -> None:
    def asked(good: int) -> list[int]:
        bandit = Bandit([2.0, 0.1])
        chosen = []
        for _ in range(200):
            model = bandit.next()
            chosen.append(model)
            bandit.reward(model, 1.0 if model == good else -math.inf)
        return chosen

    assert asked(1)[:20] == [1] * 20
    assert asked(1).count(1) > 180
    assert asked(0)[0] == 1
    assert asked(0)[100:].count(0) > 60


# -- why there is no answer


@given(value=st.text())
def test_any_header_is_read(value: str) -> None:
    seconds = seconds_of(value, 0.0)
    assert seconds is None or 0 <= seconds < math.inf


def test_what_was_said_fits_in_a_line() -> None:
    said = "litellm.RateLimitError: RateLimitError: OpenAIException - slow\n down"
    assert one_line(said) == "slow down"
    assert len(one_line("x" * 10_000)) == 300


# -- recordings


@given(
    prompts=st.lists(st.dictionaries(texts, texts | st.lists(texts)), max_size=3),
    given_answers=st.lists(answers, min_size=3, max_size=3),
)
def test_what_is_recorded_is_read_back(
    prompts: list[dict[str, object]],
    given_answers: list[Answer],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.jsonl"
    file.unlink(missing_ok=True)
    lines = [Line(canonical(p), a) for p, a in zip(prompts, given_answers, strict=False)]
    recorder = Recorder(file, "any.jsonl", [About("m", sees=True)])
    for line in lines:
        recorder.put(line)
    recorder.close()
    recording = Recording(file, "any.jsonl")
    assert recording.models == [About("m", sees=True)]
    assert [recording.next(line.prompt) for line in lines] == lines
    with pytest.raises(UserError, match="the recording has ended"):
        recording.next("{}")
    recording.close()


@given(answer=answers, lost=st.tuples(st.integers(0, 99), st.floats(0, 9), st.booleans()))
def test_what_the_store_keeps_is_read_back(answer: Answer, lost: tuple[int, float, bool]) -> None:
    assert answered(call_of(answer, "{}", 0.0, lost)) == (answer, lost)


def test_one_run_at_a_time_records_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    first = Recorder(file, "r.jsonl", [About("m")])
    for resumed in (False, True):
        with pytest.raises(UserError, match="another run is recording to --record"):
            Recorder(file, "r.jsonl", [About("m")], resumed=resumed)
    first.put(Line("{}", Answer("yes")))
    first.close()
    with pytest.raises(UserError, match="not empty"):
        Recorder(file, "r.jsonl", [About("m")])
    again = Recorder(file, "r.jsonl", [About("m")], resumed=True)
    again.put(Line("{}", Answer("yes")))
    again.put(Line("{}", Answer("no")))
    again.close()
    recording = Recording(file, "r.jsonl")
    assert [recording.next("{}").answer.text for _ in range(2)] == ["yes", "no"]
    recording.close()


def test_a_damaged_recording_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    recorder = Recorder(file, "r.jsonl", [About("m")])
    recorder.put(Line("{}", Answer("yes")))
    recorder.close()
    whole = file.read_bytes()
    first, _, second = whole.partition(b"\n")
    damaged = [
        first + b"\n" + second[:-5], first + b"\nnull\n", first + b"\n[]\n", first + b"\n{}\n",
        first + b"\n" + b"[" * 100_000 + b"\n", first + b"\n\xff\xff\n",
        first + b"\n" + second.replace(b'"stop"', b'"nonsense"'),
        first + b"\n" + second.replace(b'"calls":[]', b'"calls":[[1]]'),
    ]  # fmt: skip
    for data in damaged:
        file.write_bytes(data)
        with pytest.raises(UserError, match=r"question 1: line 2 is damaged"):
            Recording(file, "r.jsonl").next("{}")
    for head in (b"", b"{}\n", b"[1]\n", b"what\n", first.replace(b'"window"', b'"x"') + b"\n"):
        file.write_bytes(head)
        with pytest.raises(UserError, match="is no recording"):
            Recording(file, "r.jsonl")
    file.write_bytes(first.replace(b'"version":1', b'"version":9') + b"\n")
    with pytest.raises(UserError, match="is of version 9"):
        Recording(file, "r.jsonl")


def test_where_prompts_differ() -> None:
    def prompt(*texts: str, **more: object) -> str:
        return canonical({"messages": [{"role": "user", "content": x} for x in texts], **more})

    assert "message 2 (user), line 3:" in difference(prompt("a", "b\nc\nd"), prompt("a", "b\nc\nx"))
    assert "number of messages" in difference(prompt("a"), prompt("a", "b"))
    assert "in the tools" in difference(prompt("a", tools=[1]), prompt("a", tools=[2]))
    long = difference(prompt("x" * 10**6 + "1"), prompt("x" * 10**6 + "2"))
    assert len(long) < 400


# -- options


def test_what_is_wrong_is_said_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "full.jsonl").write_text("something")
    local = {"model": ("m",), "api_base": "http://127.0.0.1:9"}
    wrong: list[tuple[dict[str, object], str]] = [
        ({"replay": "none.jsonl"}, r"cannot read --replay none\.jsonl: No such file"),
        ({"replay": "full.jsonl"}, "is no recording"),
        ({"replay": "a", "record": "a"}, "exclude each other"),
        ({**local, "record": "full.jsonl"}, "is there already and is not empty"),
        ({**local, "record": "no/such/r.jsonl"}, "its folder is not there"),
        ({**local, "record": "."}, "it is a folder"),
        ({**local, "env_file": "none.env"}, "cannot read --env-file"),
        ({**local, "max_cost": 1.0}, "the price of m is not known"),
        ({"model": ("openai/gpt-4o",)}, "needs a key: set OPENAI_API_KEY"),
        ({}, "no model is given"),
    ]
    for options, message in wrong:
        with pytest.raises(UserError, match=message):
            llm.check(Settings(**options), tmp_path)  # type: ignore[arg-type]
    llm.check(Settings(model=("m",), api_base="http://127.0.0.1:9"), tmp_path)
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-12345678")
    llm.check(Settings(model=("openai/gpt-4o",)), tmp_path)
    assert "OPENAI_API_KEY" not in os.environ


REPLAY = """
import sys
from pathlib import Path
from tracepy import llm
from tracepy.settings import Settings

model = llm.open(Settings(replay="r.jsonl"), project=Path(sys.argv[1]), keep=lambda calls: None)
(answer,) = model.ask([llm.Request((llm.Message("user", "q"),))])
print(answer.text, model.count("hello world"), "litellm" in sys.modules)
"""


def test_a_replay_needs_no_litellm(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r.jsonl", "r.jsonl", [about("gpt-4o")])
    prompt = json.dumps({"messages": [{"content": "q", "role": "user"}]}, separators=(",", ":"))
    recorder.put(Line(prompt, Answer("yes", model="gpt-4o", number=0)))
    recorder.close()
    done = subprocess.run(
        [sys.executable, "-c", REPLAY, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )
    assert done.stdout == "yes 2 False\n"
