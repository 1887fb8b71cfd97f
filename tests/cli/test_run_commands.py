"""Looking at runs, and bringing what they found into the files."""

from __future__ import annotations

import json
import shlex

import pytest

from tracepy.cli.show import best_first
from tracepy.store import EvaluationRow, Run


@pytest.fixture
def run(tracepy, session, project):
    """The id of a finished run."""
    return json.loads(tracepy("optimize", "shop.py", "--evaluations", "5", "--json").out)["run"]


def test_without_runs_each_command_says_so(tracepy, project):
    assert tracepy("runs").out == "no runs yet; `tracepy optimize TARGET` makes one\n"
    assert json.loads(tracepy("runs", "--json").out) == []
    for name in ("show", "diff", "apply", "revert"):
        ended = tracepy(name, "last")
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.startswith("tracepy: error: no runs in this folder")
    assert not (project / ".tracepy").exists()


def test_runs_is_a_table(tracepy, run):
    head, row = tracepy("runs").out.splitlines()
    assert head.split() == ["run", "target", "optimizer", "score", "evaluations", "time", "state"]
    assert row.split() == [run, "shop.py", "search", "0.5", "->", "1", "5", "10", "s", "better"]


def test_runs_are_found_from_a_folder_below(tracepy, run, project, monkeypatch):
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    assert run in tracepy("runs").out


def test_show_says_what_was_asked_tried_and_found(tracepy, run):
    out = tracepy("show").out
    assert run in out
    assert "pytest test_shop.py" in out
    assert "--evaluations 5" in out
    assert "0.5 -> 1" in out
    assert "1  #1  line 6: + -> *" in out
    assert "3 candidates without a score" in out
    assert "2  error: KeyError: 'x'" in out
    assert "1  timeout" in out
    assert "+    return x * RATE" in out


def test_what_was_stopped_early_is_none_of_the_best():
    run = Run("r", 100.0, "shop.py", "search", "pytest", {}, "finished", baseline=0.5)
    rows = [
        EvaluationRow(1, "a", "whole", 0.7, "ok"),
        EvaluationRow(2, "b", "stopped early", 0.9, "ok", complete=False),
        EvaluationRow(3, "c", "the best", 0.8, "ok"),
    ]
    assert [row.index for row in best_first(run, rows)] == [3, 1]


def test_show_gives_the_options_as_they_are_typed(tracepy, session):
    typed = (
        "--pytest 'a b.py'  --pytest -x  --minimize  --goal 0.5  --time 90s  --workers 2  "
        "--timeout 0.5s  --memory-limit 512MiB"
    )
    tracepy("optimize", "shop.py", *shlex.split(typed))
    assert f"{typed}\n" in tracepy("show").out


def test_show_as_json(tracepy, run):
    found = json.loads(tracepy("show", run, "--json").out)
    assert (found["run"], found["baseline"], found["best"]) == (run, 0.5, 1.0)
    assert [item["index"] for item in found["tried"]] == [0, 1, 2, 3, 4]
    assert found["failures"][0] == {"cause": "error: KeyError: 'x'", "count": 2}


def test_a_prefix_names_a_run_and_a_near_miss_is_named(tracepy, run):
    assert tracepy("diff", run[:-2]).status == 0
    ended = tracepy("diff", run[:-1] + "z")
    assert (ended.status, run in ended.err) == (2, True)


def test_apply_writes_and_revert_takes_back_byte_for_byte(tracepy, run, project, old, new):
    file = project / "shop.py"
    assert tracepy("apply", "last").out.startswith("wrote shop.py\n")
    assert file.read_bytes() == new.encode()
    assert "applied" in tracepy("runs").out
    again = tracepy("apply", "last")
    assert (again.status, "applied already" in again.err) == (2, True)
    assert tracepy("revert", "last").out.startswith("put back shop.py\n")
    assert file.read_bytes() == old.encode()
    assert tracepy("revert", "last").status == 2


def test_apply_and_revert_leave_a_strangers_edit_alone(tracepy, run, project, old, new):
    file = project / "shop.py"
    file.write_bytes(old.encode() + b"\n# mine\n")
    ended = tracepy("apply")
    assert (ended.status, f"tracepy diff {run}" in ended.err) == (2, True)
    assert file.read_bytes() == old.encode() + b"\n# mine\n"
    file.write_bytes(old.encode())
    tracepy("apply")
    file.write_bytes(new.encode() + b"\n# mine\n")
    assert tracepy("revert").status == 2
    assert file.read_bytes() == new.encode() + b"\n# mine\n"


def test_a_run_that_found_nothing(tracepy, session, old):
    session.new = old
    tracepy("optimize", "shop.py")
    ended = tracepy("diff")
    assert (ended.status, ended.out) == (1, "")
    assert tracepy("apply").status == 2


def test_review_needs_a_terminal(tracepy, run):
    ended = tracepy("review")
    assert (ended.status, "terminal" in ended.err) == (2, True)
