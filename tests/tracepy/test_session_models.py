"""What a run's model gets from the session: bounds where nobody set one, precedents, trials."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracepy
from tests.model_server import ModelServer
from tests.solving import answer
from tracepy.errors import UserError
from tracepy.session.models import DEFAULT_TOKENS, bounded, check, chosen
from tracepy.session.precedents import precedents
from tracepy.settings import Settings
from tracepy.store import Store

AREA = "def area(width, height):\n    return width + height\n"
TEST = "from area import area\n\ndef test_area():\n    assert area(3, 4) == 12\n"


def test_tokens_are_bounded_where_nothing_is() -> None:
    assert bounded(Settings(model=("m",))).max_tokens == DEFAULT_TOKENS
    for asked in ({"evaluations": 5}, {"time": 3.0}, {"max_cost": 1.0}, {"iterations": 2}):
        assert bounded(Settings(model=("m",), **asked)).max_tokens is None


def test_a_model_makes_hybrid_the_default() -> None:
    assert chosen(Settings()) == "search"
    assert chosen(Settings(model=("m",))) == "hybrid"
    assert chosen(Settings(replay="r.jsonl")) == "hybrid"
    assert chosen(Settings(model=("m",), optimizer="opro")) == "opro"


def test_a_missing_model_is_said_before_anything_is_judged(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--model NAME"):
        check("copro", Settings(optimizer="copro"), tmp_path)
    check("search", Settings(), tmp_path)


def test_improvements_of_earlier_runs_are_shown_as_examples(
    tmp_path: Path, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.tracepy]\n")
    (tmp_path / "area.py").write_text(AREA)
    (tmp_path / "test_area.py").write_text(TEST)
    first = tracepy.optimize(
        tracepy.Problem("area.py", project=tmp_path), pytest=("test_area.py",), evaluations=40
    )
    assert first.best == 1.0
    model_server.answers = lambda messages, tools: answer(
        area__area="def area(width, height):\n    return width * height\n"
    )
    second = tracepy.optimize(
        tracepy.Problem("area.py", project=tmp_path),
        pytest=("test_area.py",),
        optimizer="optoprime",
        model=("openai/gpt-4o-mini",),
        api_base=model_server.url,
        examples=3,
        evaluations=4,
    )
    shown = model_server.asked[0]["messages"][1]["content"]
    assert "#Examples" in shown and "return width * height" in shown.partition("#Examples")[2]
    assert second.store is not None
    with Store(second.store) as store:
        created = store.find(second.run).created
        assert len(precedents(store, 5, "area.py", created)) == 1
        # What a run finds later is not there when it is gone on with.
        assert precedents(store, 5, "area.py", store.find(first.run).created) == ()
        assert precedents(store, 0, "area.py", created + 100) == ()


def test_expressions_are_evaluated_in_a_worker(tmp_path: Path) -> None:
    from tracepy.budget import Budget
    from tracepy.session.trials import Trials
    from tracepy.target import resolve

    (tmp_path / "area.py").write_text(AREA)
    target = resolve("area.py", tmp_path)
    budget = Budget(10, None, None)
    trials = Trials(target, Settings(), None, (), lambda jobs: [], budget)
    path = str(tmp_path / "area.py")

    def value(text: str) -> str:
        return trials.expression({path: AREA}, path, text)

    assert value("area(3, 4)") == "7"
    assert value("area('a', 1)").startswith("'raises TypeError: ")
    assert "not one expression" in value("import os")
    assert "no value" in value("__import__('os')._exit(3)")
    assert value("[area(n, n) for n in range(3)]") == "[0, 2, 4]"
    budget.spent = 9
    assert trials.judge({path: AREA}) is None
