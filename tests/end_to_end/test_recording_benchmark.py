"""The recording benchmark: its programs do the same every time, and it tells what went wrong."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import recording, recording_table
from benchmarks.recording_run import Child, Failed, Place, beside_plain, memory_of
from benchmarks.recording_venvs import PEERS, environment

PLAIN_PROGRAMS = [name for name in recording.WORKLOADS if name not in ("templates", "tables")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(sys.executable, "", str(tmp_path))


@pytest.mark.parametrize("name", PLAIN_PROGRAMS)
def test_a_program_depends_on_its_size_alone(name: str) -> None:
    module = importlib.import_module(f"benchmarks.recording_workloads.{name}")
    assert module.run(module.SMALL) == module.run(module.SMALL)
    assert module.run(module.SMALL) != module.run(module.SMALL // 2)
    assert module.SMALL < module.SIZE


def test_a_mode_beside_plain(place: Place) -> None:
    plain, full = beside_plain(place, "full", "fib", "small", 1, 60)
    assert 0 < plain < full


def test_what_is_recorded_is_counted(place: Place) -> None:
    with Child(place, "full", "fib", "12", 60) as child:
        answer = child.ask("memory")
        assert child.ask("rss")["rss"] > 1_000_000
    # 465 calls, each at least entered and left.
    assert answer["events"] > 930
    assert answer["bytes"] > 0
    assert answer["complete"]


def test_a_program_that_a_mode_cannot_run(place: Place) -> None:
    with pytest.raises(Failed, match="refuses assignment"):
        beside_plain(place, "opentrace", "nbody", "small", 1, 60)
    with pytest.raises(Failed, match=r"ModuleNotFoundError: .*nonsense"):
        memory_of(place, "nonsense", "plain", 60)


def test_a_mode_that_is_too_slow(place: Place) -> None:
    with (
        Child(place, "plain", "budget_loop", "100000000", 60) as child,
        pytest.raises(Failed, match=r"over 0 s"),
    ):
        child.seconds = 0.05
        child.cpu()


def test_the_table() -> None:
    record: dict[str, Any] = {
        "python": "3.11.7",
        "rows": [
            {"mode": "full", "shown": "all", "ratios": {"a": 2.0, "b": 8.0}, "plain ms": {"a": 30.0, "b": 41.26}},
            {"mode": "hook", "shown": "hook", "size": "small", "ratios": {"a": 1.0, "b": "over 60 s"}, "plain ms": {"a": 30.0}},
        ],
        "memory": {"a": {"events": 1000, "bytes": 32000, "complete": True}},
    }  # fmt: skip
    lines = recording_table.table(record).splitlines()
    assert "| mode | a | b | geo. mean | worst |" in lines
    assert "| plain Python, ms | 30 | 41.3 |  |  |" in lines
    assert "| all | 2.00 | 8.00 | 4.00 | 8.00 |" in lines
    assert r"| hook \* | 1.00 | [1] | 1.00 | 1.00 |" in lines
    assert "[1] over 60 s  " in lines
    assert "| a | 1,000 | 0.0 | 32.0 |" in lines


def test_parts_that_were_not_measured_keep_their_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_table, "RESULTS", tmp_path)
    recording_table.kept({"python": "3", "budget": [1]})
    assert recording_table.kept({"python": "3", "rows": [2]}) == recording_table.read()
    assert recording_table.read() == {"python": "3", "budget": [1], "rows": [2]}


def test_an_environment_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = tmp_path / "tracepy-benchmarks" / f"coverage-{version}"
    folder.mkdir(parents=True)
    from benchmarks.recording_venvs import PACKAGES

    wanted = ", ".join(f'"{each}"' for each in (*PACKAGES, *PEERS["coverage"]))
    (folder / "requirements.json").write_text(f"[{wanted}]")
    assert environment("coverage") == folder
    assert all("==" in each for each in (*PACKAGES, *PEERS["coverage"]))
