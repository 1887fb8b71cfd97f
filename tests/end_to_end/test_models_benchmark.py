"""The benchmark of models: each part runs, and its figures are what it says they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import venvs
from benchmarks.models import (
    graph10,
    overhead,
    overhead_child,
    prompts,
    running,
    scripted,
    startup,
    tokens,
    wordings,
)
from benchmarks.models.problems import PROBLEMS
from tracepy import parameters
from tracepy.target import resolve


def refused(*_: object) -> Path:
    raise subprocess.CalledProcessError(1, "pip")


def test_the_same_ten_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venvs, "kept", refused)
    optoprime, textgrad, opro, *peers = graph10.rows()
    assert optoprime["values (of 10)"] == 10
    assert optoprime["operations (of 6)"] == 6
    assert optoprime["names of the code (of 8)"] == 8
    assert optoprime["feedback"] and optoprime["trainable told apart"]
    assert optoprime["o200k"] < 772  # OptoPrime's for these nodes
    assert textgrad["calls"] == 4  # criticism by two calls, an update of each parameter
    assert opro["values (of 10)"] == 2
    assert [row["calls"] for row in peers] == ["not run", "not run"]


@pytest.mark.parametrize("problem", [p for p in PROBLEMS if not p.example], ids=lambda p: p.name)
def test_scripted_answers_are_new_values_within_their_ranges(problem, tmp_path: Path) -> None:
    path = problem.written(tmp_path)
    for parameter in parameters.find(resolve(str(path), tmp_path)):
        values = [scripted.varied(parameter, number) for number in range(1, 20)]
        assert len({*map(str, values), str(parameter.value)}) == 20


def test_an_iteration_is_all_that_leads_to_one_candidate() -> None:
    critic, writer, plain = "the backward pass of", "the update step of", "You improve"

    def body(system: str, turns: int = 2) -> dict[str, object]:
        return {
            "messages": [{"role": "system", "content": system}] + [{"content": "x"}] * (turns - 1)
        }

    asked = [body(critic), body(critic), body(writer), body(critic), body(writer), body(writer, 4)]
    assert [len(one) for one in running.iterations(asked)] == [3, 3]
    assert [len(one) for one in running.iterations([body(plain), body(plain, 4), body(plain)])] == [
        2,
        1,
    ]


@pytest.mark.slow
def test_tokens_of_the_domains() -> None:
    table = tokens.rows(1, quick=True)
    assert [row["domain"] for row in table] == ["numerical", "BIG-Bench Hard", "Meta-World, a stub"]
    for row in table:
        assert row["nodes"] >= 30
        assert row["opro"] < row["optoprime masked"] < row["optoprime"] < row["hybrid"]


def test_a_prompt_of_a_thousand_events_is_the_same_from_json() -> None:
    found = prompts.measure("a loop with calls", 1_000)
    assert found["events"] > 500
    assert 100 < found["tokens"] < prompts.BUDGET


def test_later_wordings_get_more_right() -> None:
    def right(number: int) -> int:
        instruction = wordings.wording(number)
        return sum(
            wordings.answered(instruction, question) == answer
            for question, answer in wordings.EXAMPLES
        )

    assert [right(number) for number in range(1, 7)] == [0, 1, 1, 2, 2, 3]
    assert len({wordings.wording(number) for number in range(1, 20)}) == 19


def test_wordings_of_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venvs, "kept", refused)
    ours, *peers = wordings.rows()
    assert ours["wordings"] == ours["calls"] == 8
    assert ours["right in the end"] == 1.0
    assert [row["wordings"] for row in peers] == ["not run", "not run"]


def test_all_who_write_wordings_are_answered_in_their_own_form() -> None:
    model = wordings.Model()
    question, answer = wordings.EXAMPLES[0]
    dspy = "[[ ## {} ## ]]\nyour objective is: Answer with the letter of an option."

    def said(system: str, text: str) -> str:
        return model([{"content": system}, {"content": text}], None)

    assert "produce the field" in said(dspy.format("proposed_instruction"), "Write.")
    assert f"[[ ## answer ## ]]\n{answer}\n" in said(dspy.format("answer"), question)
    assert said("Tags: <IMPROVED_VARIABLE>", "Improve.").startswith("<IMPROVED_VARIABLE>Given")
    assert "form" in said("Criticise.", f"You will give feedback. {question}")
    assert said("Answer with the letter of an option.", question) == answer
    assert model.calls == {"wording": 2, "criticism": 1, "answer": 2}


def test_the_last_tenth_beside_the_first() -> None:
    assert overhead_child.last_of_first([1.0, 1.0, *[9.0] * 16, 3.0, 5.0]) == 4.0


@pytest.mark.slow
@pytest.mark.parametrize("problem", [p for p in PROBLEMS if p.example], ids=lambda p: p.name)
def test_runs_of_the_examples_have_a_graph(problem) -> None:
    if not problem.runs:
        pytest.skip(f"no {problem.needs}")
    assert tokens.nodes(problem) > 100


@pytest.mark.slow
def test_overhead() -> None:
    inside, over = overhead.rows(20, peers=False)
    assert inside["client"] == 0 < over["client"]
    for row in (inside, over):
        assert row["ms an iteration"] > 0 and row["evaluation"] > 0 and row["prompt"] > 0


@pytest.mark.slow
def test_startup() -> None:
    [row] = startup.rows(quick=True)
    for mode in startup.MODES:
        assert 0 < row[f"held up, {mode}"] < row[f"question came, {mode}"]
