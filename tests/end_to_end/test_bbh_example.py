"""BIG-Bench Hard's example: its metric and splits, and the server that stands for a model."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from benchmarks.paper import bbh, student

EXAMPLE = Path(__file__).parents[2] / "examples" / "bbh"


def module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("(B)", "(B)", 1.0),
        ("Not (A), but (B).", "(B)", 1.0),
        ("(B), or is it (A)", "(B)", 0.0),
        ("B", "(B)", 0.0),
        ("8", "8", 1.0),
        ("8.", "8", 0.0),
        (None, "No", 0.0),
    ],
)
def test_a_choice_is_the_last_one_named_and_all_else_is_the_very_text(
    answer: object, expected: str, right: float
) -> None:
    assert module("metric").right(answer, expected) == right


def test_a_task_is_split_as_in_the_paper() -> None:
    rows = [{"input": str(n), "target": str(n)} for n in range(250)]
    found = module("prepare").split(rows)
    assert [len(found[name]) for name in ("train", "validation", "test")] == [15, 5, 230]
    assert found["validation"][0]["input"] == "15"


def test_every_task_is_in_one_group() -> None:
    assert len(bbh.TASKS) == 27
    assert not {*bbh.NLP} & {*bbh.ALGORITHMIC}
    assert len(bbh.NLP) == 12


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Sort the following words alphabetically: List: pear fig apple", "apple fig pear"),
        ("I have a plum, three figs, and a pear. How many fruits do I have?", "5"),
        ("not ( True ) and ( False or True ) is", "False"),
        ("Who wrote this?", "I do not know"),
    ],
)
def test_the_server_computes_what_it_can(question: str, answer: str) -> None:
    assert student.solved(question) == answer


def test_the_server_keeps_to_the_form_only_where_it_is_told_to() -> None:
    asked = "Question: not ( True ) is\nAnswer:"
    (loose, strict) = (
        student.reply([{"role": "user", "content": text}], None)
        for text in (asked, "Only the answer itself stands behind Answer.\n" + asked)
    )
    assert loose.endswith("Answer: It is False.")
    assert strict.endswith("Answer: False")


@pytest.mark.parametrize("program", ["answering", "reasoning"])
def test_the_programs_are_ordinary_modules(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    found = module(program)
    assert "What is 2 + 2?" in found.create_prompt("What is 2 + 2?")
    assert found.extract_answer("It is so. Answer: 4\n") == "4"
    assert "tracepy." not in (EXAMPLE / f"{program}.py").read_text()
