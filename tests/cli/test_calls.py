"""`tracepy show RUN --prompt`: what was sent, word for word, and what came back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tracepy.llm.ledger import call_of
from tracepy.llm.records import Answer, ToolCall
from tracepy.store import Spent, Store

PROMPT = {
    "messages": [
        {"role": "system", "content": "Improve it."},
        {"role": "user", "content": [
            {"type": "text", "text": "#Code\na = 1\x1b[2J"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAAAAAA"}},
        ]},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "look", "arguments": '{"at": 3}'}}
        ]},
        {"role": "tool", "content": "nothing there", "tool_call_id": "1"},
    ],
    "tools": [{"type": "function", "function": {"name": "look"}}],
}  # fmt: skip


@pytest.fixture
def asked(project, tracepy, session):
    """A run that asked twice; the id of the run."""
    tracepy("optimize", "shop.py")
    with Store.open(project) as store:
        run = store.find("last").id
        first = Answer("a = 2", (), "some/model", "stop", "", 1200, 30, 0.0125, 2.0, 0)
        second = Answer(
            "", (ToolCall("1", "look", "{}"),), "other", "tools", "", 7, 1, None, 0.5, 1
        )
        for answer in (first, second):
            store.add_calls(run, [call_of(answer, json.dumps(PROMPT), 1.0, (0, 0.0, False))])
        assert store.spent(run) == Spent(2, 1207, 31, None)
        assert store.spent("another") == Spent(0, 0, 0, 0.0)
    return run


def test_a_run_says_what_its_models_took(tracepy, asked):
    shown = tracepy("show", asked).out
    assert (
        "model       some/model, other: 2 calls, 1,238 tokens, $0.01 and what is not known" in shown
    )
    assert "  some/model: 1 call, 1,230 tokens, $0.01\n" in shown
    assert "  other: 1 call, 8 tokens, cost unknown\n" in shown
    llm = json.loads(tracepy("show", asked, "--json").out)["llm"]
    assert llm["other"] == {
        "calls": 1, "prompt_tokens": 7, "completion_tokens": 1, "cost": None
    }  # fmt: skip


def test_a_candidate_names_the_call_that_gave_it(tracepy, asked, project):
    assert "asked " not in tracepy("show", asked, "--candidate", "1").out
    with Store.open(project) as store:
        call = replace(store.calls(asked)[0], number=2, evaluation=1)
        store.add_calls(asked, [call])
    assert (
        f"asked       call 2  some/model  1,200 + 30 tokens  $0.0125  2.0 s  "
        f"(tracepy show {asked} --prompt 2)"
    ) in tracepy("show", asked, "--candidate", "1").out
    assert json.loads(tracepy("show", asked, "--candidate", "1", "--json").out)["calls"] == [2]
    assert "stop  -> #1\n" in tracepy("show", asked, "--prompt").out
    assert "gave candidate #1" in tracepy("show", asked, "--prompt", "2").out


def test_a_call_that_is_asked_again_takes_the_place_of_the_first(asked, project):
    with Store.open(project) as store:
        first, second = store.calls(asked)
        store.add_calls(asked, [replace(second, cost=0.5)])
        assert store.calls(asked) == [first, replace(second, cost=0.5)]


def test_all_calls_a_line_each(tracepy, asked):
    assert tracepy("show", "last", "--prompt").out == (
        "    0  some/model  1,200 + 30 tokens  $0.0125  2.0 s  stop\n"
        "    1  other  7 + 1 tokens  cost unknown  0.5 s  tools\n"
    )


def test_one_call_word_for_word(tracepy, asked):
    assert tracepy("show", asked, "--prompt", "0").out == (
        "call 0  some/model  1,200 + 30 tokens  $0.0125  2.0 s\n"
        "\n--- system ---\nImprove it.\n"
        "\n--- user ---\n#Code\na = 1\\x1b[2J\n[image/png, 6 B]\n"
        "\n--- assistant ---\n"
        '\n--- calls look ---\n{"at": 3}\n'
        "\n--- tool ---\nnothing there\n"
        '\n--- tools ---\n[\n  {\n    "type": "function",\n    "function": {\n'
        '      "name": "look"\n    }\n  }\n]\n'
        "\n--- answer (stop) ---\na = 2\n"
    )
    assert tracepy("show", asked, "--prompt", "1").out.endswith(
        "\n--- answer (tools) ---\n\n--- calls look ---\n{}\n"
    )


def test_a_call_as_json(tracepy, asked):
    found = json.loads(tracepy("show", asked, "--prompt", "0", "--json").out)
    assert found["prompt"] == PROMPT
    assert found["answer"] == {"finish": "stop", "text": "a = 2"}
    assert len(json.loads(tracepy("show", asked, "--prompt", "--json").out)) == 2


def test_a_call_that_is_not_there(tracepy, asked, session):
    ended = tracepy("show", asked, "--prompt", "5")
    assert ended.status == 2
    assert "has no call 5: it has calls 0 to 1" in ended.err
    tracepy("optimize", "shop.py")
    assert "asked no model" in tracepy("show", "last", "--prompt").out
    assert "no calls of a model" in tracepy("show", "last", "--prompt", "0").err
