"""A model improves a program through the command: asked, answered, tried, kept, repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import solving
from tests.model_server import Calls, Failing, ModelServer

CURVE = '''\
X = -1.0  # tracepy: train


def scaled(x):
    """Twice the negative."""
    return -2 * x


def compute():
    a = scaled(X)
    b = a + 1.0
    return a * b


# tracepy: objective
def judged():
    gap = 12.0 - compute()
    word = "larger" if gap > 0 else "smaller"
    return -abs(gap), "Success." if abs(gap) < 0.01 else f"The output should be {word}."
'''
AREA = '''\
def area(width, height):
    """The area of a rectangle."""
    return width + height


def price(width, height):
    return round(area(width, height) * 2.5, 2)
'''
TESTS = """\
from area import area, price

def test_area():
    assert area(3, 4) == 12

def test_thin():
    assert area(0, 4) == 0

def test_price():
    assert price(2, 5) == 25.0
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.tracepy]\n")
    (tmp_path / "curve.py").write_text(CURVE)
    (tmp_path / "area.py").write_text(AREA)
    (tmp_path / "test_area.py").write_text(TESTS)
    return tmp_path


def tracepy(
    project: Path, *arguments: str, status: int = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    found = subprocess.run(
        [sys.executable, "-m", "tracepy", *arguments],
        cwd=project,
        env={**os.environ, "OPENAI_API_KEY": "sk-test-secret-1234", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert found.returncode == status, found.stdout + found.stderr
    return found


def optimize(project: Path, server: ModelServer, *arguments: str, status: int = 0) -> Any:
    model = ("--model", "openai/gpt-4o-mini", "--api-base", server.url)
    return json.loads(
        tracepy(project, "optimize", *arguments, *model, "--json", status=status).stdout
    )


def test_optoprime_solves_what_it_sees_and_not_what_is_masked(
    project: Path, model_server: ModelServer
) -> None:
    model_server.answers = solving.number
    seen = optimize(
        project, model_server, "curve.py", "--optimizer", "optoprime", "--evaluations", "3"
    )
    assert seen["best"] > -0.1 and seen["baseline"] == -6.0
    assert seen["llm"]["calls"] >= 1 and seen["llm"]["prompt_tokens"] > 200
    masked = optimize(
        project, model_server, "curve.py", "--optimizer", "optoprime", "--mask-trace",
        "--evaluations", "3",
    )  # fmt: skip
    assert masked["best"] < -4
    shown = solving.user(model_server.asked[-1]["messages"])
    assert "scaled" not in shown and "curve:X=" in shown


REPAIR = "def area(width, height):\n    return width * height\n"


@pytest.mark.parametrize("optimizer", ["optoprime", "opro", "textgrad", "hybrid"])
def test_each_optimizer_repairs_a_function(
    project: Path, model_server: ModelServer, optimizer: str
) -> None:
    def answers(messages: Any, tools: Any) -> Any:
        if "backward pass" in messages[0]["content"]:
            return "It adds the sides; it should multiply them."
        return solving.answer(area__area=REPAIR)

    model_server.answers = answers
    found = optimize(
        project, model_server, "area.py", "--pytest", "test_area.py", "--optimizer", optimizer,
        "--evaluations", "60",
    )  # fmt: skip
    assert found["best"] == 1.0 and "width * height" in found["patch"]
    assert (project / "area.py").read_text() == AREA


def test_a_model_uses_tools_before_it_answers(project: Path, model_server: ModelServer) -> None:
    steps: list[Any] = [
        Calls([("open", {"name": "area"}), ("values", {"name": "width"})]),
        Calls([("evaluate", {"expression": "area(3, 4) + 100"}), ("source", {"name": "price"})]),
        Calls([("case", {"name": "test_area"}), ("nonsense", {})]),
        Calls([("try", {"suggestion": {"area:area": REPAIR}})]),
    ]

    def answers(messages: Any, tools: Any) -> Any:
        assert {tool["function"]["name"] for tool in tools} >= {"open", "evaluate", "try"}
        done = sum(message["role"] == "assistant" for message in messages)
        return steps[done] if done < len(steps) else solving.answer(area__area=REPAIR)

    model_server.answers = answers
    found = optimize(
        project, model_server, "area.py", "--pytest", "test_area.py", "--optimizer", "hybrid",
        "--evaluations", "3",
    )  # fmt: skip
    assert found["best"] == 1.0
    told = {
        message["tool_call_id"]: message["content"]
        for message in model_server.asked[-1]["messages"]
        if message["role"] == "tool"
    }
    results = list(told.values())
    assert "107" in results[2]
    assert "area(width, height) * 2.5" in results[3]
    assert "assert" in results[4] and "there is no tool" in results[5]
    assert "score 1" in results[6]


def test_a_run_is_recorded_and_played_back_without_a_model(
    project: Path, model_server: ModelServer
) -> None:
    model_server.answers = solving.number
    options = ("curve.py", "--optimizer", "optoprime", "--evaluations", "3", "--fresh")
    first = optimize(project, model_server, *options, "--record", "answers.jsonl")
    asked = len(model_server.asked)
    played = json.loads(
        tracepy(
            project, "optimize", *options, "--replay", "answers.jsonl", "--json", OPENAI_API_KEY=""
        ).stdout
    )
    assert len(model_server.asked) == asked
    for name in ("best", "patch", "evaluations", "parameters", "llm"):
        assert played[name] == first[name]
    (project / "curve.py").write_text(CURVE.replace("12.0", "13.0"))
    refused = tracepy(project, "optimize", *options, "--replay", "answers.jsonl", status=2)
    assert "differs" in refused.stderr and "Traceback" not in refused.stderr


def test_answers_that_cannot_be_used_are_told_and_asked_again(
    project: Path, model_server: ModelServer
) -> None:
    replies = iter([
        "I think multiplication is right.",
        solving.answer(area__area="def area(width):\n    return width\n"),
        solving.answer(area__nothing="1"),
    ])  # fmt: skip
    model_server.answers = lambda messages, tools: next(replies, solving.answer(area__area=REPAIR))
    found = optimize(
        project, model_server, "area.py", "--pytest", "test_area.py", "--optimizer", "optoprime",
        "--evaluations", "3",
    )  # fmt: skip
    assert found["best"] == 1.0 and found["evaluations"] <= 3
    told = [body["messages"][-1]["content"] for body in model_server.asked[1:4]]
    assert "JSON" in told[0]
    assert "height" in told[1] or "signature" in told[1]
    assert "area:nothing" in told[2]


def test_without_a_model_an_optimizer_that_asks_one_says_what_to_do(project: Path) -> None:
    found = tracepy(project, "optimize", "curve.py", "--optimizer", "optoprime", status=2)
    assert "--model NAME" in found.stderr and "Traceback" not in found.stderr


def test_a_refused_key_ends_the_run_with_one_line(
    project: Path, model_server: ModelServer
) -> None:
    model_server.next(*[Failing(401, "Incorrect API key provided: sk-test-secret-1234")] * 3)
    model = ("--model", "openai/gpt-4o-mini", "--api-base", model_server.url)
    found = tracepy(project, "optimize", "curve.py", *model, "--optimizer", "opro", status=2)
    assert "Traceback" not in found.stderr and "sk-test-secret-1234" not in found.stderr
    assert "OPENAI_API_KEY" in found.stderr or "key" in found.stderr


def test_the_budget_of_tokens_ends_a_run_before_it_is_exceeded(
    project: Path, model_server: ModelServer
) -> None:
    model_server.answers = lambda messages, tools: solving.answer(
        curve__X=len(model_server.asked) / 100
    )
    found = optimize(
        project, model_server, "curve.py", "--optimizer", "optoprime", "--max-tokens", "9000"
    )
    assert 0 < found["llm"]["prompt_tokens"] + found["llm"]["completion_tokens"] <= 9000
