"""The benchmark of models: each part runs, and its figures are what it says they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import venvs
from benchmarks.models import graph10, overhead, prompts, running, scripted, startup, tokens
from benchmarks.models.problems import PROBLEMS
from tracepy import parameters
from tracepy.target import resolve


def test_the_same_ten_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Path:
        raise subprocess.CalledProcessError(1, "pip")

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
        assert row["opro"] < row["optoprime masked"] < row["optoprime"] < row["hybrid"]


def test_a_prompt_of_a_thousand_events_is_the_same_from_json() -> None:
    found = prompts.measure("a loop with calls", 1_000)
    assert found["events"] > 500
    assert 100 < found["tokens"] < prompts.BUDGET


@pytest.mark.slow
def test_overhead() -> None:
    inside, over = overhead.rows(20, peers=False)
    assert inside["client"] == 0 < over["client"]
    for row in (inside, over):
        assert row["ms an iteration"] > 0 and row["evaluation"] > 0 and row["prompt"] > 0


@pytest.mark.slow
def test_startup() -> None:
    [row] = startup.rows(quick=True)
    assert 0 < row["first question, meanwhile"] < row["run, meanwhile"]
