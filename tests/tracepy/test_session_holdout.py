"""What is held out chooses among candidates, and knows how many it has seen."""

from __future__ import annotations

from collections.abc import Sequence

from tracepy.evaluation import Job
from tracepy.evaluation.records import Evaluation
from tracepy.optimizers import Outcome, Proposal, Task
from tracepy.session.holdout import MOST, HoldOut

SCORES = {"": 1.0, "a": 2.0, "b": 3.0, "c": 3.0, "d": None}


class Judge:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def evaluate(self, jobs: Sequence[Job]) -> list[Evaluation]:
        names = [job.sources.get("m.py", "") for job in jobs]
        self.asked += names
        return [
            Evaluation("error" if SCORES.get(name, 0.0) is None else "ok", SCORES.get(name, 0.0))
            for name in names
        ]


def hold_out(judge: Judge, sign: int = 1) -> HoldOut:
    task = Task({}, {}, Evaluation("ok", 0.0), sign, lambda _: [], lambda *_: [])
    return HoldOut(task, lambda: judge)


def outcome(name: str, number: int = 1) -> Outcome:
    return Outcome(Proposal({"m.py": name}, name), Evaluation("ok", 1.0), 1.0, number)


def test_the_best_there_wins_and_of_equals_the_first() -> None:
    held = hold_out(Judge())
    assert held.best([outcome(name) for name in "acbd"]).proposal.note == "c"
    assert held.looked_at == 4
    assert hold_out(Judge(), -1).best([outcome(name) for name in "bad"]).proposal.note == "a"


def test_one_alone_is_not_judged_and_of_many_the_first_few() -> None:
    judge = Judge()
    held = hold_out(judge)
    assert held.best([outcome("d")]).proposal.note == "d"
    assert (judge.asked, held.looked_at) == ([], 0)
    held.best([outcome(f"{number}") for number in range(9)])
    assert judge.asked == [f"{number}" for number in range(MOST)]


def test_news_is_what_is_better_than_all_before_and_the_program_as_it_stands() -> None:
    judge = Judge()
    held = hold_out(judge)
    assert [held.better(outcome(name)) for name in ["e", "a", "b", "c", "d"]] == [
        False, True, True, False, False,
    ]  # fmt: skip
    held.best([outcome("a"), outcome("b")])
    assert judge.asked == ["", "e", "a", "b", "c", "d"]  # each once
    assert held.looked_at == 5
