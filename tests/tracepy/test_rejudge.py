"""A part of a run is judged as the run was."""

import pytest

from tracepy import Problem, optimize
from tracepy.errors import UserError
from tracepy.rejudge import rejudge
from tracepy.store import Store

SHOP = b"RATE = 2  # tracepy: train in {2, 3}\nLIMIT = 1  # tracepy: train in {1, 5}\n"
JUDGE = "import shop\n\n\ndef score():\n    return shop.RATE * shop.LIMIT\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run of `shop.py` that goes from 2 to 15."""
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "shop.py").write_bytes(SHOP)
    (tmp_path / "judge.py").write_text(JUDGE)
    problem = Problem("shop.py", "judge:score", project=tmp_path)
    result = optimize(problem, evaluations=40, goal=15.0, workers=1)
    assert (result.baseline, result.best) == (2.0, 15.0)
    with Store.open(tmp_path) as store:
        return store.find(result.run)


def with_only(run, old, new):
    [(path, data)] = run.originals.items()
    return {path: data.replace(old, new)}


def test_a_part_gets_its_own_score_wherever_one_is(run, tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    assert rejudge(run, run.new).score == 15.0
    assert rejudge(run, with_only(run, b"RATE = 2", b"RATE = 3")).score == 3.0
    assert (tmp_path / "shop.py").read_bytes() == SHOP


def test_a_part_that_fails_has_no_score(run):
    found = rejudge(run, with_only(run, b"LIMIT = 1", b"LIMIT = [1]["))
    assert (found.status, found.score) == ("error", None)
    found = rejudge(run, with_only(run, b"LIMIT", b"OTHER"))
    assert (found.status, "LIMIT" in found.feedback) == ("error", True)


def test_a_part_that_hangs_meets_the_timeout_of_the_run(run):
    run.settings["timeout"] = 0.3
    found = rejudge(run, with_only(run, b"LIMIT = 1", b"while True: pass"))
    assert found.status == "timeout"


def test_a_target_that_is_gone_is_told(run, tmp_path):
    new = run.new
    (tmp_path / "shop.py").rename(tmp_path / "store.py")
    with pytest.raises(UserError, match=r"cannot be judged again: its target shop\.py is not"):
        rejudge(run, new)
