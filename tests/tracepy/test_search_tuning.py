"""Tuning beside edits: first, again after an edit, and of edits that lost."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import tracepy
from tracepy import parameters as theta
from tracepy.evaluation.records import Evaluation, TraceFacts
from tracepy.optimizers import Outcome, Proposal, Task
from tracepy.optimizers.search.contenders import Contenders
from tracepy.optimizers.search.edits import Base
from tracepy.optimizers.search.tuning import Tuning
from tracepy.target import resolve
from tracepy.transforms.source import Source

MODEL = "RATE = 1.0\n\n\ndef fit(n):\n    return RATE - n\n"


def task_of(tmp_path: Path, text: str, score: float) -> tuple[Task, str]:
    path = tmp_path / "model.py"
    path.write_text(text)
    target = resolve("model.py", tmp_path)
    (file,) = map(str, target.modules.values())
    task = Task(
        {file: Source.read(path)},
        {file: "model"},
        Evaluation("ok", score),
        1,
        lambda sources: theta.find(target, sources),
        lambda source, module: [],
    )
    return task, file


def rate(sources: Mapping[str, str]) -> float:
    names: dict[str, float] = {}
    exec(next(iter(sources.values())), names)
    return names["RATE"]


def judged(proposal: Proposal, score: float) -> Outcome:
    return Outcome(proposal, Evaluation("ok", score), score)


def tuned(tuning: Tuning, best: float) -> tuple[float, int]:
    """Tune as long as it is asked for before edits; the best score and the points it took."""
    points = 0
    while tuning.first:
        outcomes = [judged(one, -abs(rate(one.sources) - 2.5)) for one in tuning.propose(2)]
        won = max(outcome.value for outcome in outcomes) > best
        best = max(best, *(outcome.value for outcome in outcomes))
        tuning.observe(outcomes, won)
        points += len(outcomes)
    return best, points


def test_after_an_edit_the_constants_are_tuned_before_the_next(tmp_path: Path) -> None:
    task, _ = task_of(tmp_path, MODEL, -3.0)
    tuning = Tuning(task)
    tuning.begin(Base({}, task.baseline, -3.0))
    assert not tuning.first  # the first edits see the constants as they were written
    tuning.begin(Base({}, task.baseline, -1.5), edited=True)
    best, points = tuned(tuning, -1.5)
    assert 2 <= points <= 12
    assert best > -0.5
    assert tuning.worth_tracing()  # what was gained is a new base of edits
    tuning.traced(Base({}, task.baseline, best))
    assert not tuning.worth_tracing()


def test_where_only_constants_are_marked_there_is_nothing_to_trace_for(tmp_path: Path) -> None:
    task, _ = task_of(tmp_path, MODEL.replace("1.0", "1.0  # tracepy: train in [0, 5]", 1), -3.0)
    tuning = Tuning(task)
    tuning.begin(Base({}, task.baseline, -1.5), edited=True)
    tuned(tuning, -1.5)
    assert not tuning.worth_tracing()


BRANCH = """\
QUICK = True
STEP = 1.0
FINE = 1.0


def walk(n):
    if QUICK:
        return n * STEP
    return n * FINE
"""


def test_what_did_not_run_is_tuned_once_it_runs(tmp_path: Path) -> None:
    task, file = task_of(tmp_path, BRANCH, -3.0)

    def traced(*lines: int) -> Base:
        facts = TraceFacts(cases={"case": {file: list(lines)}})
        return Base({}, Evaluation("ok", -3.0, trace=facts), -3.0)

    tuning = Tuning(task)
    tuning.begin(traced(7, 8))
    assert set(tuning.names) == {"model:QUICK", "model:STEP"}
    tuning.traced(traced(7, 9))
    assert set(tuning.names) == {"model:QUICK", "model:FINE"}


def test_pass_or_fail_leaves_unmarked_constants_alone(tmp_path: Path) -> None:
    task, _ = task_of(tmp_path, MODEL, 0.0)
    tuning = Tuning(task)
    tuning.begin(Base({}, task.baseline, 0.0))
    assert tuning.tuner is None and not tuning.first


def test_an_edit_that_lost_gets_constants_of_its_own(tmp_path: Path) -> None:
    task, file = task_of(tmp_path, MODEL, -3.0)
    base = Base({}, task.baseline, -3.0)

    def edit(text: str, score: float) -> Outcome:
        return judged(Proposal({file: text}, "an edit", origin=base), score)

    same = edit(MODEL.replace("- n", "- (n)"), -3.0)
    constant = edit(MODEL.replace("1.0", "7.0"), -3.1)
    sign = edit(MODEL.replace("- n", "+ n"), -3.5)
    contenders = Contenders(task)
    contenders.offer([same, constant, sign])
    batch = contenders.propose(3, ["model:RATE"], -3.0)
    assert batch and all("+ n" in one.sources[file] for one in batch)
    contenders.observe([judged(one, -9.0) for one in batch])
    while batch := contenders.propose(3, ["model:RATE"], -3.0):
        assert all("+ n" in one.sources[file] for one in batch)
        contenders.observe([judged(one, -9.0) for one in batch])


FORMULA = """\
BASE = 1.0
RATE = 0.2


def price(n):
    return BASE - RATE * n
"""
JUDGE = """\
import math

import model


def fit():
    wrong = [model.price(n) - 3.0 - 0.7 * n for n in range(1, 9)]
    return -math.sqrt(sum(error * error for error in wrong) / len(wrong))
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return tmp_path


def test_a_wrong_formula_and_wrong_constants_are_repaired_in_one_run(project: Path) -> None:
    """The sign is wrong, and so are both constants: 3 + 0.7 n is what is wanted.

    Constants alone come to -1.6 at best.
    """
    (project / "model.py").write_text(FORMULA)
    (project / "judge.py").write_text(JUDGE)
    problem = tracepy.Problem("model.py", "judge:fit")
    result = tracepy.optimize(problem, optimizer="search", evaluations=400, seed=0)
    assert result.baseline == pytest.approx(-6.39, abs=0.01)
    assert result.best > -0.5
    assert {one["kind"] for one in result.parameters} >= {"function", "number"}


def test_two_whole_numbers_come_near_the_optimum_through_the_library(project: Path) -> None:
    (project / "model.py").write_text(
        "A = 15  # tracepy: train in [15, 90]\nB = 15  # tracepy: train in [15, 90]\n"
    )
    (project / "judge.py").write_text(
        "import math\nimport model\n\n\ndef loss(a=None, b=None):\n"
        "    a, b = a or model.A, b or model.B\n"
        "    return 40 + 60 * abs(math.log(a / b) - math.log(1.7)) + 0.3 * abs(a + b - 70)\n"
    )
    problem = tracepy.Problem("model.py", "judge:loss")
    result = tracepy.optimize(problem, minimize=True, evaluations=50, seed=0)
    assert result.baseline == pytest.approx(83.8, abs=0.1)
    assert result.best < 41.0
