"""The benchmark of evaluations: all judge the same candidates, wrong verdicts and lost peers are told."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks import venvs
from benchmarks.children import Failed
from benchmarks.evaluations import (
    cases,
    child,
    contenders,
    fixed,
    length,
    overshoot,
    processes,
    rates,
)
from benchmarks.evaluations.contenders import BARE, Contender, running

TRIVIAL = BARE[0]
JUDGE = Contender("tracepy", "tracepy", 1, ("callable", "limits"))


def test_candidates_are_all_different_and_most_are_judged_differently() -> None:
    texts = [cases.candidate(number) for number in range(200)]
    assert len({cases.MODULE, *texts}) == 201
    assert len({cases.score(text) for text in texts}) == 200


@pytest.mark.parametrize("one", [TRIVIAL, JUDGE], ids=["fork", "tracepy"])
def test_a_turn(one: Contender) -> None:
    with running(one.way, one.workers, *one.options) as ready:
        number, seconds = ready.judge(0, 8)
        assert number == 8
        assert seconds > 0


@pytest.mark.parametrize("objective", ["dataset", "pytest"])
def test_objectives_beside_the_callable_one(objective: str) -> None:
    with running("tracepy", 2, objective, "auto") as ready:
        assert ready.judge(0, 3)[0] == 3


def test_tests_in_a_bare_fork() -> None:
    with running("pytest_fork", 2) as ready:
        assert ready.judge(0, 3)[0] == 3


def test_the_table_has_ratios_to_the_bare_fork() -> None:
    table = rates.rows([TRIVIAL, JUDGE], rounds=1, seconds=0.05)
    assert [row["what"] for row in table] == ["bare fork", "tracepy"]
    assert table[0]["of bare"] == 1
    assert table[1]["CPU ms"] > 0
    assert table[1]["of bare"] == table[1]["per second"] / table[0]["per second"]


def test_a_peer_that_cannot_be_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> Path:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(venvs, "kept", refused)
    peer = Contender("GEPA", "gepa", 1)
    table = rates.rows([TRIVIAL, peer], rounds=1, seconds=0.01)
    assert table[0]["per second"] > 0
    assert "cannot be installed" in table[1]["per second"]
    assert "cannot be installed" in capsys.readouterr().err


def test_a_wrong_verdict_is_told() -> None:
    with pytest.raises(RuntimeError, match="a wrong verdict"):
        child.judged(lambda texts: [0.0 for _ in texts], {"first": 0, "count": 2}, cases.score)


def test_a_way_that_does_not_start() -> None:
    with (
        pytest.raises(Failed, match="nonsense: it is one of auto"),
        running("tracepy", 1, "callable", "nonsense"),
    ):
        pass


def test_what_a_process_holds_is_counted(tmp_path: Path) -> None:
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "behind").touch()
    with subprocess.Popen(["sh", "-c", "sleep 100 & wait"]) as process:
        while not processes.below(process.pid):
            pass
        state = processes.state(process.pid, tmp_path)
        subprocess.run(["kill", *map(str, processes.below(process.pid))], check=True)
    assert state.processes == 1
    # As often as there are places that it is seen from.
    assert state.files == 4
    assert state.own > 0
    assert state.descriptors >= 6


def test_a_long_run_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(length, "BLOCK", 10)
    monkeypatch.setattr(length, "_BESIDE", 5)
    table = length.rows(20, workers=1)
    assert [row["evaluations"] for row in table] == ["before", "1–10", "11–20"]
    assert table[-1]["processes"] == table[0]["processes"]
    assert table[-1]["temporary files"] == table[0]["temporary files"]
    assert "of the first's rate" in length.told(table)


def test_fixed_cost_and_overshoot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixed, "OBJECTIVES", {"callable": {}})
    [row] = fixed.rows(1)
    assert row["to the first verdict, ms"] > row["Judge's part, ms"] > 0
    monkeypatch.setattr(overshoot, "ENDLESS", {"while True: pass": ""})
    [row] = overshoot.rows(1)
    assert row["verdicts"] == "1 timeout"


def test_every_sandbox_that_is_to_be_had_here_takes_part() -> None:
    found = {one.options for one in contenders.ours()}
    assert {("callable", "limits"), ("callable", "off"), ("pytest", "auto")} <= found
