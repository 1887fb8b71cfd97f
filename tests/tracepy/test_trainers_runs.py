"""Whole runs by every trainer: through the judge, the store, and a run that is taken up again."""

import json
import sqlite3
from pathlib import Path

import pytest

import tracepy
from tracepy.errors import UserError
from tracepy.evaluation import Job, Judge, probe
from tracepy.objective import Objective
from tracepy.objective.find import pytest_objective
from tracepy.progress import Progress
from tracepy.session import resume
from tracepy.settings import Settings
from tracepy.store import Store
from tracepy.target import resolve

SHOP = """\
def price(count):
    if count > 10:
        return count * 2
    return count + 2
"""
TESTS = """\
import pytest
import shop


@pytest.mark.parametrize("count", range(6))
def test_few(count):
    assert shop.price(count) == count + 1


@pytest.mark.parametrize("count", range(11, 17))
def test_many(count):
    assert shop.price(count) == count * 3
"""
# Changes a number of the base, in turn; it is told which cases count and says so.
WALKER = """\
import random
import re

from tracepy.optimizers import Proposal


class Walker:
    def __init__(self, task):
        self.path, = task.originals
        self.text = task.originals[self.path].text
        self.random = random.Random(task.seed)

    def propose(self, state):
        text = state.base.proposal.sources.get(self.path, self.text)
        places = [match.start() for match in re.finditer(r"(?<=[*+] )[0-9]", text)]
        place = self.random.choice(places)
        digit = str((int(text[place]) + self.random.choice([1, 9])) % 10)
        note = f"{digit} after {state.base.number} for {','.join(state.cases)}"
        new = text[:place] + digit + text[place + 1 :]
        return [Proposal({self.path: new}, note, parent=state.base.number)]

    def observe(self, outcomes):
        pass
"""
SHAPES = ["greedy", "sequential", "beam:width=3", "pareto:minibatch=3", "ucb",
          "greedy:patience=8,restarts=1"]  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    folder = tmp_path.resolve() / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_text(SHOP)
    (folder / "test_shop.py").write_text(TESTS)
    rows = [
        {"input": n, "expected": n + 1 if n < 10 else n * 3} for n in (*range(6), *range(11, 17))
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    plugins = tmp_path / "plugins"
    about = plugins / "walker-1.dist-info"
    about.mkdir(parents=True)
    (plugins / "walker.py").write_text(WALKER)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: walker\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[tracepy.optimizers]\nwalker = walker:Walker\n")
    monkeypatch.syspath_prepend(str(plugins))
    monkeypatch.chdir(folder)
    return folder


def went(folder: Path, run: str) -> list[tuple[str, float | None]]:
    with Store.open(folder) as store:
        return [(row.note, row.score) for row in store.evaluations(run)]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_run_and_its_repetition_go_the_same_way(shop, shape):
    options = {"dataset": "rows.jsonl", "call": "shop:price", "optimizer": "walker", "seed": 3,
               "trainer": shape, "evaluations": 25}  # fmt: skip
    first, second = (tracepy.optimize("shop.py", **options, fresh=fresh) for fresh in (True, False))
    assert first.best > first.baseline
    assert first.best == second.best
    assert went(shop, first.run) == went(shop, second.run)


@pytest.mark.parametrize("shape", ["beam", "pareto:minibatch=4", "ucb", "sequential"])
def test_search_repairs_a_program_under_every_trainer(shop, shape):
    (shop / "shop.py").write_text(SHOP.replace("* 2", "* 3"))
    found = tracepy.optimize("shop.py", dataset="rows.jsonl", call="shop:price", trainer=shape,
                             evaluations=300)  # fmt: skip
    assert found.goal_reached


@pytest.mark.parametrize("shape", ["pareto:minibatch=3,patience=6,restarts=3", "ucb"])
def test_a_run_that_is_taken_up_ends_where_one_that_never_stopped_ends(shop, shape):
    options = {"dataset": "rows.jsonl", "call": "shop:price", "optimizer": "walker", "seed": 1,
               "trainer": shape, "evaluations": 30, "fresh": True, "goal": 2.0}  # fmt: skip
    whole = tracepy.optimize("shop.py", **options)

    def stop(progress: Progress) -> None:
        if progress.phase == "search" and progress.evaluations >= 12:
            raise KeyboardInterrupt

    part = tracepy.optimize("shop.py", **options, on_progress=stop)
    assert part.status == "interrupted"
    with sqlite3.connect(shop / ".tracepy" / "runs.sqlite") as connection:
        connection.execute("UPDATE runs SET status = 'interrupted' WHERE id = ?", (part.run,))
    with Store.open(shop) as store:
        ended = resume(store, store.find(part.run))
    assert (ended.best, ended.evaluations) == (whole.best, whole.evaluations)
    assert ended.notes == whole.notes
    assert went(shop, ended.run) == went(shop, whole.run)


def test_a_trainer_that_is_not_there_is_said_before_anything_is_stored(shop):
    with pytest.raises(UserError, match="no trainer is called 'paretto'"):
        tracepy.optimize("shop.py", pytest=("test_shop.py",), trainer="paretto")
    with Store.open(shop) as store:
        assert not store.ids()


def test_what_ended_the_search_is_told(shop):
    found = tracepy.optimize("shop.py", pytest=("test_shop.py",), optimizer="walker",
                             trainer="greedy:patience=4", goal=2.0, evaluations=200)  # fmt: skip
    assert "the search ended after 4 evaluations without a better candidate" in found.notes


class TestGate:
    """A candidate that is no better on a minibatch is judged no further."""

    def objective(self, kind: str, folder: Path, metric: object = "exact") -> Objective:
        if kind == "pytest":
            return pytest_objective(("test_shop.py",), Settings(), folder)
        call = {"module": "shop", "function": "price", "imports": ["shop"]}
        spec = {"file": str(folder / "rows.jsonl"), "call": call, "metric": metric}
        return Objective("dataset", "rows", spec)

    @pytest.mark.parametrize("kind", ["pytest", "dataset"])
    def test_the_minibatch_decides_whether_the_rest_is_judged(self, shop, kind):
        path = str(shop / "shop.py")
        worse = {path: SHOP.replace("+ 2", "+ 3")}
        better = {path: SHOP.replace("+ 2", "+ 1")}
        with Judge(resolve("shop.py", shop), self.objective(kind, shop), workers=1) as judge:
            names = [case.name for case in judge.baseline().cases]
            few, many = tuple(names[:3]), tuple(names[6:8])
            jobs = [
                Job(worse, first=few, gate=3.0),
                Job(better, first=few, gate=3.0),
                Job(better, first=many, gate=2.0),  # better elsewhere only
                Job(better, first=(names[6], names[0]), gate=2.0),
                Job(worse, first=(names[6], names[0]), gate=2.0),
                Job(better, first=few, gate=3.0, beat=0.6),  # and beaten later
            ]
            found = judge.evaluate(jobs)
        assert [evaluation.complete for evaluation in found] == [
            False,
            True,
            False,
            True,
            False,
            False,
        ]
        assert [len(evaluation.cases) for evaluation in found][:5] == [3, 12, 2, 12, 2]
        assert [case.name for case in found[0].cases] == list(few)

    def test_a_metric_without_bounds_is_not_stopped(self, shop):
        (shop / "judge.py").write_text(
            "def metric(result, expected):\n    return abs(result - expected)\n"
        )
        metric = {"module": "judge", "function": "metric", "imports": ["judge"]}
        with Judge(
            resolve("shop.py", shop), self.objective("dataset", shop, metric), workers=1
        ) as judge:
            names = [case.name for case in judge.baseline().cases]
            job = Job({str(shop / "shop.py"): SHOP + "\n"}, first=tuple(names[:2]), gate=0.5)
            (found,) = judge.evaluate([job])
        assert found.complete

    @pytest.mark.skipif(not probe().namespaces, reason="no namespaces here")
    def test_a_loaded_program_turns_away_at_the_same_case(self, shop):
        path = str(shop / "shop.py")
        target = resolve("shop.py", shop)
        jobs = [Job({path: SHOP.replace("+ 2", f"+ {i}")}, gate=2.0) for i in range(3, 10)]
        with Judge(target, self.objective("pytest", shop), workers=1) as judge:
            names = tuple(case.name for case in judge.baseline().cases)
            jobs = [Job(job.sources, first=names[:2], gate=2.0) for job in jobs] * 6
            found = judge.evaluate(jobs[:28]) + judge.evaluate(jobs[28:])
        assert {tuple(case.name for case in x.cases) for x in found} == {names[:2]}
        assert not any(evaluation.complete for evaluation in found)
