"""A model improves a program through the command: asked, answered, tried, kept, repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from signal import SIGINT, raise_signal
from typing import Any

import pytest

import tracepy
from tests import solving
from tests.model_server import Calls, Failing, ModelServer
from tracepy.errors import UserError
from tracepy.result import Result
from tracepy.session import resume
from tracepy.store import Store
from tracepy.store.records import Spent

Optimize = Callable[..., Result]

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


def command(
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


@pytest.fixture
def optimize(project: Path, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Optimize:
    """A run in this process, so that litellm is imported once; `llm` is what it spent."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-secret-1234")
    monkeypatch.chdir(project)

    def run(target: str, **options: Any) -> Result:
        return tracepy.optimize(
            tracepy.Problem(target, project=project),
            **{"model": ("openai/gpt-4o-mini",), "api_base": model_server.url, **options},
        )

    return run


def spent(result: Result) -> Spent:
    """What a run's model calls cost."""
    assert result.store is not None
    with Store(result.store) as store:
        return store.spent(result.run)


def test_optoprime_solves_what_it_sees_and_not_what_is_masked(
    optimize: Optimize, model_server: ModelServer
) -> None:
    model_server.answers = solving.number
    seen = optimize("curve.py", optimizer="optoprime", evaluations=3)
    assert seen.baseline == -6.0 and seen.best > -0.1
    calls = spent(seen)
    assert calls.calls >= 1 and calls.prompt_tokens > 200 and calls.cost
    masked = optimize("curve.py", optimizer="optoprime", evaluations=3, mask_trace=True)
    assert masked.best < -4
    shown = solving.user(model_server.asked[-1]["messages"])
    assert "scaled" not in shown and "curve:X=" in shown


REPAIR = "def area(width, height):\n    return width * height\n"
TESTED = {"pytest": ("test_area.py",)}


@pytest.mark.parametrize("optimizer", ["optoprime", "opro", "textgrad", "hybrid"])
def test_each_optimizer_repairs_a_function(
    optimize: Optimize, project: Path, model_server: ModelServer, optimizer: str
) -> None:
    def answers(messages: Any, tools: Any) -> Any:
        if "backward pass" in messages[0]["content"]:
            return "It adds the sides; it should multiply them."
        return solving.answer(area__area=REPAIR)

    model_server.answers = answers
    found = optimize("area.py", optimizer=optimizer, evaluations=60, **TESTED)
    assert found.best == 1.0 and "width * height" in found.patch
    assert (project / "area.py").read_text() == AREA


def test_a_model_uses_tools_before_it_answers(
    optimize: Optimize, model_server: ModelServer
) -> None:
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
    found = optimize("area.py", optimizer="hybrid", evaluations=5, **TESTED)
    results = [
        message["content"]
        for message in model_server.asked[-1]["messages"]
        if message["role"] == "tool"
    ]
    assert "107" in results[2]
    assert "area(width, height) * 2.5" in results[3]
    assert "assert" in results[4] and "there is no tool" in results[5]
    assert "score 1" in results[6]
    assert found.best == 1.0


def test_a_run_is_recorded_and_played_back_without_a_model(
    optimize: Optimize, project: Path, model_server: ModelServer
) -> None:
    model_server.answers = solving.number
    options = {"optimizer": "optoprime", "evaluations": 3, "fresh": True}
    first = optimize("curve.py", **options, record=str(project / "answers.jsonl"))
    asked = len(model_server.asked)
    typed = ("curve.py", "--optimizer", "optoprime", "--evaluations", "3", "--fresh")
    replay = ("--replay", "answers.jsonl")
    shown = command(project, "optimize", *typed, *replay, "--model", "openai/gpt-4o").stdout
    assert "openai/gpt-4o-mini once gave, not openai/gpt-4o" in shown
    played = json.loads(
        command(project, "optimize", *typed, *replay, "--json", OPENAI_API_KEY="").stdout
    )
    assert len(model_server.asked) == asked
    assert (played["best"], played["patch"]) == (first.best, first.patch)
    assert played["evaluations"] == first.evaluations
    assert played["llm"]["calls"] == spent(first).calls
    (project / "curve.py").write_text(CURVE.replace("12.0", "13.0"))
    refused = command(project, "optimize", *typed, *replay, status=2)
    assert "differs" in refused.stderr and "Traceback" not in refused.stderr


def test_answers_that_cannot_be_used_are_told_and_asked_again(
    optimize: Optimize, model_server: ModelServer
) -> None:
    replies = iter([
        "I think multiplication is right.",
        solving.answer(area__area="def area(width):\n    return width\n"),
        solving.answer(area__nothing="1"),
    ])  # fmt: skip
    model_server.answers = lambda messages, tools: next(replies, solving.answer(area__area=REPAIR))
    found = optimize("area.py", optimizer="optoprime", evaluations=3, **TESTED)
    assert found.best == 1.0 and found.evaluations <= 3
    told = [body["messages"][-1]["content"] for body in model_server.asked[1:4]]
    assert "JSON" in told[0]
    assert "height" in told[1] or "signature" in told[1]
    assert "area:nothing" in told[2]


def test_without_a_model_an_optimizer_that_asks_one_says_what_to_do(project: Path) -> None:
    with pytest.raises(UserError, match="--model NAME"):
        tracepy.optimize(tracepy.Problem("curve.py", project=project), optimizer="optoprime")


def test_a_refused_key_ends_the_run_with_one_line(
    optimize: Optimize, model_server: ModelServer
) -> None:
    model_server.next(*[Failing(401, "Incorrect API key provided: sk-test-secret-1234")] * 3)
    with pytest.raises(UserError) as raised:
        optimize("curve.py", optimizer="opro")
    text = str(raised.value)
    assert "key" in text and "sk-test-secret-1234" not in text and "\n" not in text


def test_the_budget_of_tokens_ends_a_run_before_it_is_exceeded(
    optimize: Optimize, model_server: ModelServer
) -> None:
    model_server.answers = lambda messages, tools: solving.answer(
        curve__X=len(model_server.asked) / 100
    )
    found = optimize("curve.py", optimizer="optoprime", max_tokens=9000)
    calls = spent(found)
    assert 0 < calls.prompt_tokens + calls.completion_tokens <= 9000
    assert any("--max-tokens" in note for note in found.notes)


def test_search_goes_on_once_the_budget_of_tokens_is_spent(
    optimize: Optimize, model_server: ModelServer
) -> None:
    model_server.answers = lambda messages, tools: solving.answer(
        curve__X=len(model_server.asked) / 100
    )
    found = optimize("curve.py", max_tokens=2500, evaluations=120, goal=1.0)
    assert any("the model's budget is spent" in note for note in found.notes)
    assert len(model_server.asked) < 4 and found.evaluations > 100


def test_an_interrupted_run_goes_on_and_pays_for_no_answer_twice(
    optimize: Optimize, project: Path, model_server: ModelServer
) -> None:
    def answers(messages: Any, tools: Any) -> Any:
        if len(model_server.asked) == 3:
            raise_signal(SIGINT)
        return solving.answer(curve__X=-1.0 - len(messages[1]["content"]) % 97 / 100)

    model_server.answers = answers
    first = optimize("curve.py", optimizer="optoprime", evaluations=6, memory=5)
    assert first.status == "interrupted"
    asked = len(model_server.asked)
    model_server.answers = lambda messages, tools: solving.number(messages)
    assert first.store is not None
    with Store(first.store) as store:
        kept = len(store.calls(first.run))
        second = resume(store, store.find(first.run))
        gave = [call.evaluation for call in store.calls(first.run) if call.evaluation is not None]
        rows = store.evaluations(first.run)
    asked_for = [row.index for row in rows if row.note.startswith("optoprime: ")]
    assert gave == asked_for and len(gave) >= 2
    assert second.status == "finished" and second.best > -0.1
    assert kept <= spent(second).calls
    sent = [json.dumps(body["messages"]) for body in model_server.asked]
    assert len(set(sent[:kept]) & set(sent[asked:])) == 0


def test_keys_are_neither_in_the_store_nor_in_workers(
    optimize: Optimize, project: Path, model_server: ModelServer
) -> None:
    (project / ".env").write_text("SERVICE_TOKEN=tok-from-env-file-5678\n")
    leak = "def area(width, height):\n    import os\n    raise ValueError(repr(dict(os.environ)))\n"
    model_server.answers = lambda messages, tools: solving.answer(area__area=leak)
    found = optimize("area.py", optimizer="optoprime", evaluations=3, **TESTED)
    assert found.best < 1.0
    kept = b"".join(
        file.read_bytes() for file in (project / ".tracepy").rglob("*") if file.is_file()
    )
    assert found.store is not None
    with Store(found.store) as store:
        texts = [call.prompt + call.answer for call in store.calls(found.run)]
        texts += [row.feedback for row in store.evaluations(found.run)]
    for secret in ("sk-test-secret-1234", "tok-from-env-file-5678"):
        assert secret.encode() not in kept
        assert not any(secret in text for text in texts)


CIRCLE = """\
def surface(radius):
    return radius


# tracepy: objective
def judged():
    errors = [abs(surface(r) - 2.7 * r**1.5 - 0.3 / (1 + r)) for r in (0.5, 1.0, 2.0, 3.0)]
    return -sum(errors)
"""


def test_hybrid_tunes_the_constants_of_what_a_model_proposes(
    optimize: Optimize, project: Path, model_server: ModelServer
) -> None:
    (project / "circle.py").write_text(CIRCLE)
    rough = "def surface(radius):\n    return 2.0 * radius**1.5 + 0.1 / (1 + radius)\n"
    model_server.answers = lambda messages, tools: solving.answer(circle__surface=rough)
    asked = optimize("circle.py", optimizer="optoprime", evaluations=60)
    both = optimize("circle.py", optimizer="hybrid", evaluations=60)
    assert asked.best < -5.0
    assert both.best > -2.0 and "1.5" in both.patch


CLAMP = """\
def clamp(value, low, high):
    return value


def scaled(values, low, high):
    return [clamp(v, low, high) / high for v in values]
"""
CLAMPED = """\
from clamp import clamp, scaled

def test_low():
    assert clamp(-1, 0, 10) == 0

def test_high():
    assert clamp(11, 0, 10) == 10

def test_inside():
    assert clamp(5, 0, 10) == 5

def test_scaled():
    assert scaled([-5, 5, 20], 0, 10) == [0, 0.5, 1]
"""


def test_hybrid_repairs_a_near_miss_of_a_model(
    optimize: Optimize, project: Path, model_server: ModelServer
) -> None:
    (project / "clamp.py").write_text(CLAMP)
    (project / "test_clamp.py").write_text(CLAMPED)
    near = "def clamp(value, low, high):\n    return max(low, max(value, high))\n"
    model_server.answers = lambda messages, tools: solving.answer(clamp__clamp=near)
    found = optimize("clamp.py", optimizer="hybrid", evaluations=300, pytest=("test_clamp.py",))
    assert found.best == 1.0
    with Store(found.store) as store:  # type: ignore[arg-type]
        proposers = {row.proposer for row in store.evaluations(found.run)}
    assert "hybrid" in proposers
