"""Identical candidates are judged once, and only where that cannot make a difference."""

from types import SimpleNamespace

import pytest

from tracepy import Problem, optimize
from tracepy.evaluation import Job
from tracepy.evaluation.records import Evaluation
from tracepy.objective import Objective
from tracepy.optimizers.base import digest
from tracepy.reuse import Reuse, surroundings
from tracepy.settings import Settings
from tracepy.store import EvaluationRow, Store, Verdict
from tracepy.target import resolve
from tracepy.transforms.source import Source

SHOP = "RATE = 2  # tracepy: train in [0, 50]\nLIMIT = 1  # tracepy: train in [0, 9]\n"
JUDGE = "import helper, shop\n\n\ndef score():\n    return shop.RATE * shop.LIMIT + helper.MORE\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "judge.py").write_text(JUDGE)
    (tmp_path / "helper.py").write_text("MORE = 0\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(project, **options):
    """What came of a run, its rows without what the clock says, and whose verdicts it has."""
    problem = Problem("shop.py", "judge:score", project=project)
    result = optimize(problem, evaluations=30, workers=1, **options)
    with Store.open(project) as store:
        rows = store.evaluations(result.run)
    tried = [(row.digest, row.score, row.feedback, row.parent, row.note) for row in rows]
    return result, tried, [row.reused for row in rows]


def test_a_second_run_takes_the_verdicts_of_the_first_and_ends_the_same(project):
    first, tried, _ = run(project)
    again, tried_again, reused = run(project)
    anew, tried_anew, none = run(project, fresh=True)
    assert tried == tried_again == tried_anew
    assert first.patch == again.patch == anew.patch
    assert set(none) == {None}
    # Programs with a trace are judged anew: the baseline, and each better one.
    assert reused.count(first.run) >= len(reused) - 5 and reused[0] is None


def test_a_file_that_the_judge_may_use_makes_the_difference(project):
    run(project)
    (project / "helper.py").write_text("MORE = 1\n")
    assert set(run(project)[2]) == {None}
    assert set(run(project, timeout=3.0)[2]) == {None}


def test_chance_seen_in_the_baseline_ends_it(project):
    (project / "helper.py").write_text("import random\nMORE = random.random()\n")
    run(project)
    assert set(run(project)[2]) == {None}


class FakeJudge:
    """Answers with what is put in, and counts."""

    def __init__(self, kind: str) -> None:
        self.objective = Objective(kind, "")  # type: ignore[arg-type]
        self.expected: tuple[str, ...] = ()
        self.answer = Evaluation("ok", 0.5)
        self.asked = 0

    def evaluate(self, jobs, told=None):
        self.asked += len(jobs)
        return [self.answer for _ in jobs]


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """Judge jobs through a store, as a session does."""
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    path = str(tmp_path / "m.py")
    with Store.open(tmp_path) as store:
        run_id = store.create(
            target="m.py", optimizer="search", settings={}, objective="", files={path: b"A = 1\n"}
        )
        numbers = iter(range(100))

        def go(judge, text, **job):
            reuse = Reuse(judge, store, "same", {path: Source.decode(b"A = 1\n", path)})
            sources = {path: text}
            (found,) = reuse.evaluate([Job(sources, **job)])
            key, whose = reuse.about(digest(sources))
            number = next(numbers)
            row = EvaluationRow(number, "d", "", found.score, found.status, created=1.0)
            store.add(run_id, [row], [Verdict(found.to_dict(), None, False, key)])
            return whose

        yield SimpleNamespace(go=go, run=run_id)


def test_a_candidate_is_judged_once_within_a_run(judged):
    judge = FakeJudge("callable")
    assert judged.go(judge, "A = 2\n") is None
    assert judged.go(judge, "A = 2\n", beat=0.7) == judged.run
    assert judge.asked == 1


@pytest.mark.parametrize("status", ["timeout", "memory", "crashed"])
def test_what_the_machine_may_have_done_is_judged_again(judged, status):
    judge = FakeJudge("callable")
    judge.answer = Evaluation(status, None)
    assert [judged.go(judge, "A = 2\n"), judged.go(judge, "A = 2\n")] == [None, None]
    assert judge.asked == 2


def test_a_verdict_that_was_cut_short_serves_only_where_it_would_be_again(judged):
    judge = FakeJudge("pytest")
    judge.answer = Evaluation("ok", 0.5, complete=False)
    assert judged.go(judge, "A = 2\n", beat=0.5) is None
    assert judged.go(judge, "A = 2\n", beat=0.5) == judged.run
    assert judged.go(judge, "A = 2\n", beat=0.4) is None
    assert judged.go(judge, "A = 2\n", beat=0.5, first=("t",)) is None
    judge.expected = ("t",)
    assert judged.go(judge, "A = 2\n", beat=0.5) is None


def test_a_folder_too_large_to_look_at_is_never_the_same(project, monkeypatch):
    target = resolve("shop.py", project)
    objective = Objective("callable", "")
    one = surroundings(target, objective, Settings(), "limits")
    assert one == surroundings(target, objective, Settings(seed=3), "limits") is not None
    assert one != surroundings(target, objective, Settings(), "off")
    monkeypatch.setattr("tracepy.reuse.MOST_FILES", 2)
    assert surroundings(target, objective, Settings(), "limits") is None
