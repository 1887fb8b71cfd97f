"""Solution optimization in the paper's experiments: data that users bring, votes, a run by rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.paper import choices, domains, solutions
from benchmarks.paper.__main__ import main

HEADER = "Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sums as MMLU's files have questions: the right choice is now the first, now the third."""
    rows = ["What is 2 + 3?,5,6,7,8,A", "What is 4 + 4?,5,6,8,9,C"]
    (tmp_path / "machine_learning_test.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "gpqa_diamond.csv").write_text(f"{HEADER}What is 1 + 1?,2,3,4,5\n")
    monkeypatch.setenv("TRACEPY_MMLU", str(tmp_path))
    monkeypatch.setenv("TRACEPY_GPQA", str(tmp_path))
    return tmp_path


def test_choices_stand_under_the_question(data: Path) -> None:
    first, second = choices.questions("mmlu_machine_learning")
    assert first == {"input": "What is 2 + 3?\nA) 5\nB) 6\nC) 7\nD) 8", "target": "A"}
    assert second["target"] == "C"


def test_gpqas_right_answer_is_found_among_mixed_choices(data: Path) -> None:
    (row,) = choices.questions("gpqa")
    assert f"{row['target']}) 2" in row["input"]


def test_data_that_are_missing_or_wrong_are_told(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileNotFoundError, match=r"college_physics_test\.csv: TRACEPY_MMLU names"):
        choices.questions("mmlu_college_physics")
    (data / "machine_learning_test.csv").write_text("What is 2 + 3?,5,6\n")
    with pytest.raises(ValueError, match="row 1: not question, A, B, C, D, answer"):
        choices.questions("mmlu_machine_learning")
    (data / "gpqa_diamond.csv").write_text("Question,Answer\n")
    with pytest.raises(ValueError, match="has no column Correct Answer"):
        choices.questions("gpqa")
    monkeypatch.delenv("TRACEPY_GPQA")
    with pytest.raises(FileNotFoundError, match="set TRACEPY_GPQA"):
        choices.questions("gpqa")


def test_most_predictions_decide() -> None:
    assert solutions.prediction("So it is that.\nAnswer: B") == "B"
    assert solutions.prediction("Answer: Because") == ""
    assert solutions.majority(["A", "C", "C", ""]) == "C"
    assert solutions.majority(["B", "C"]) == "C"
    assert solutions.majority([""]) == ""


def test_the_papers_values_stand_beside() -> None:
    published = domains.get("gpqa").published
    assert published == {"optoprime": {3: 0.596}, "textgrad": {3: 0.54}}


@pytest.mark.slow
def test_a_solution_is_improved(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["--optimizer", "chain of thought", "--optimizer", "optoprime"]
    assert (
        main(["mmlu_machine_learning", "--quick", "--model", "local", "--workers", "1", *rows]) == 0
    )
    told = capsys.readouterr().out
    shown = [line for line in told.splitlines() if line.startswith("optoprime")]
    assert len(shown) == 2, "the vote and the last iterate"
    assert all("0.5 ± 0" in row and " 1 ± 0" in row for row in shown)
