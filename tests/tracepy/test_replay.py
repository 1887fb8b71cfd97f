"""A noisy run that was cut short and gone on with ends where one that never stopped ends."""

from __future__ import annotations

import dataclasses
import random
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import tracepy
from tracepy.budget import Budget
from tracepy.errors import UserError
from tracepy.evaluation.records import Evaluation, Job, TraceFacts
from tracepy.replay import Replay
from tracepy.session import resume
from tracepy.settings import Settings
from tracepy.store import Store

PROGRAM = """\
RATE = 10  # tracepy: train in [0, 100]


def cost():
    if RATE > 0:
        return RATE + 3
    return RATE
"""
SETTINGS = Settings(objective="judge:score", evaluations=150, seed=4, repeats=10, fresh=True)


# Calls of the judge that each process survives; the run takes more than all of them together.
CALLS = (0, 1, 7, 9, 17)


class Killed(BaseException):
    """Stands for a kill: nothing that the run does after it counts."""


class NoisyJudge:
    """Says of a program how near its rate is to 77, give or take.

    How much is decided by how many judgements there were before, in this run or in the one that it
    goes on with: so the noise of two runs can be the same.
    """

    objective = SimpleNamespace(kind="callable", label="noise")
    mode = "none"

    def __init__(self, before: int, calls: int) -> None:
        self.expected: tuple[str, ...] = ()
        self.judged = before
        self.calls = calls  # that it survives
        self.baselines = 0

    def __enter__(self) -> NoisyJudge:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def baseline(self, *, trace: bool = False) -> Evaluation:
        self.baselines += 1
        return self._verdict(PROGRAM, TraceFacts())

    def evaluate(self, jobs, told=None) -> list[Evaluation]:
        if self.calls == 0:
            raise Killed
        self.calls -= 1
        texts = [next(iter(job.sources.values()), PROGRAM) for job in jobs]
        return [self._verdict(text) for text in texts]

    def _verdict(self, text: str, trace: TraceFacts | None = None) -> Evaluation:
        noise = random.Random(self.judged).gauss(0, 3)
        self.judged += 1
        found = re.search(r"RATE = (\S+)", text)
        try:
            score = noise - abs(float(found[1]) - 77) if found else None
        except ValueError:
            score = None
        return Evaluation("ok" if score is not None else "error", score, trace=trace)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "shop.py").write_text(PROGRAM)
    (tmp_path / "judge.py").write_text("def score():\n    return 0.0\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def judging(monkeypatch: pytest.MonkeyPatch, judge: NoisyJudge) -> None:
    monkeypatch.setattr("tracepy.session.run.judge_for", lambda *_: judge)


def interrupted(project: Path, *more: str) -> None:
    """Have the store say so: the process that ran the run is this one, which lives."""
    with sqlite3.connect(project / ".tracepy" / "runs.sqlite") as connection:
        for statement in ("UPDATE runs SET status = 'interrupted'", *more):
            connection.execute(statement)


def cut_short(
    project: Path, monkeypatch: pytest.MonkeyPatch, calls: Iterator[int]
) -> tuple[tracepy.Result, int]:
    """A run that dies after so many calls of its judge, again and again; and how often it did."""
    deaths = 0
    while True:
        with Store.open(project) as store:
            run = store.find("last") if store.ids() else None
            before = len(store.answers(run.id, limit=10_000)) if run else 0
            judging(monkeypatch, NoisyJudge(before, next(calls, -1)))
            try:
                if run is None:
                    return tracepy.optimize("shop.py", SETTINGS), deaths
                return resume(store, run), deaths
            except Killed:
                deaths += 1
        interrupted(project)


def told(project: Path) -> tuple[object, ...]:
    """All that the store holds of the run, but for times."""
    with Store.open(project) as store:
        run = store.find("last")
        rows = store.evaluations(run.id)
        answers = store.answers(run.id, limit=10_000)
    lines = [
        (row.index, row.score, row.note, row.parent, sorted(row.sources.values())) for row in rows
    ]
    return run.baseline, run.best, run.patch, run.evaluations, lines, answers


def test_a_noisy_run_ends_as_if_it_had_never_stopped(project, tmp_path, monkeypatch):
    whole, _ = cut_short(project, monkeypatch, iter([]))
    assert whole.comparison is not None and whole.improved
    expected = told(project)
    (project / ".tracepy" / "runs.sqlite").unlink()

    # Before the second draw of the baseline, then in the search, its races, the last comparison.
    found, deaths = cut_short(project, monkeypatch, iter(CALLS))
    assert deaths == len(CALLS)
    assert told(project) == expected
    assert (found.best, found.comparison) == (whole.best, whole.comparison)
    # Every judgement was asked for once.
    assert found.evaluations == len(expected[-1])


def test_a_threshold_is_judged_once_in_the_life_of_a_run(project, monkeypatch):
    judging(monkeypatch, first := NoisyJudge(0, calls=2))
    with pytest.raises(Killed):
        tracepy.optimize("shop.py", dataclasses.replace(SETTINGS, stage=("judge:score",)))
    judging(monkeypatch, second := NoisyJudge(0, calls=2))
    with Store.open(project) as store, pytest.raises(Killed):
        assert len(store.find("last").thresholds) == 1
        resume(store, store.find("last"))
    assert (first.baselines, second.baselines) == (2, 0)


def test_a_run_that_breaks_off_is_not_left_running(project, monkeypatch):
    """The process goes on to live, as those of notebooks do."""
    judging(monkeypatch, NoisyJudge(0, calls=3))
    with pytest.raises(Killed):
        tracepy.optimize("shop.py", SETTINGS)
    with Store.open(project) as store:
        assert store.find("last").status == "interrupted"


def test_a_noisy_run_of_a_tracepy_that_kept_no_draws_is_told(project, monkeypatch):
    judging(monkeypatch, NoisyJudge(0, calls=5))
    with pytest.raises(Killed):
        tracepy.optimize("shop.py", SETTINGS)
    interrupted(project, "DELETE FROM answers")
    judging(monkeypatch, NoisyJudge(0, calls=-1))
    with Store.open(project) as store, pytest.raises(UserError, match="did not keep every draw"):
        resume(store, store.find("last"))


class SlowJudge:
    """Is killed while it judges a batch, after it has told of its second job."""

    judge = SimpleNamespace(expected=())

    def __init__(self, *, killed: bool) -> None:
        self.killed = killed
        self.asked: list[str] = []

    def evaluate(self, jobs, told) -> list[Evaluation]:
        self.asked += [job.sources["/p/shop.py"] for job in jobs]
        verdicts = [Evaluation("ok", 1.0, job.sources["/p/shop.py"], seconds=60) for job in jobs]
        if self.killed:
            told(1, verdicts[1])
            raise Killed
        return verdicts


def test_a_slow_verdict_is_kept_before_the_others_of_its_batch_are_there(project):
    jobs = [Job({"/p/shop.py": text}) for text in ("A", "B", "C")]
    with Store.open(project) as store:
        run = store.create(target="t", optimizer="search", settings={}, objective="o", files={})
        budget = Budget(None, None, None, clock=iter([0.0, 61.5, 100.0, 100.0]).__next__)
        with pytest.raises(Killed):
            Replay(SlowJudge(killed=True), store, run, budget).evaluate(jobs)
        assert store.find(run).seconds == 61.5
        judge = SlowJudge(killed=False)
        found = Replay(judge, store, run, Budget(None, None, None)).evaluate(jobs)
    assert judge.asked == ["A", "C"]
    assert [evaluation.feedback for evaluation in found] == ["A", "B", "C"]
