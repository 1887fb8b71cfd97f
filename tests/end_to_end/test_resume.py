"""A run that was cut short and gone on with ends where one that never stopped ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tracepy.store import Store

SHOP = """\
LIMIT = 3.0  # tracepy: train in [0, 100]


def price(count):
    if count > 10:
        return count * 3
    return count + 2


def total(counts):
    result = 0
    for count in counts:
        result = price(count)
    return result
"""
JUDGE = """\
import shop

def score():
    distance = abs(shop.LIMIT - 61.8) / 100
    right = (shop.price(3) == 6) + (shop.price(20) == 60) + (shop.total([2, 3]) == 10)
    return right - distance
"""
ARGUMENTS = ["shop.py", "--objective", "judge:score", "--evaluations", "90", "--seed", "5"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    return made(tmp_path / "project")


def made(folder: Path) -> Path:
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_text(SHOP)
    (folder / "judge.py").write_text(JUDGE)
    return folder


def start(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tracepy", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


def until(folder: Path, process: "subprocess.Popen[str]", number: int, beside: str = "") -> None:
    """Until the store holds so many evaluations of the last run, or the run is over.

    `beside` is the run that was the last one before.
    """
    while process.poll() is None:
        store = Store.covering(folder)
        if store is not None:
            with store:
                last = store.find("last") if store.ids() else None
                if last is not None and last.id != beside and last.recorded >= number:
                    return


def tried(folder: Path) -> list[tuple[object, ...]]:
    """All that was tried in the last run, but for what the clock says."""
    store = Store.covering(folder)
    assert store is not None
    with store:
        run = store.find("last")
        rows = store.evaluations(run.id)
    names = {path: Path(path).name for path in run.originals}
    return [
        (
            row.index, row.note, row.score, row.status, row.feedback, row.parent, row.proposer,
            row.reason, row.complete, {names[path]: text for path, text in row.sources.items()},
        )
        for row in rows
    ]  # fmt: skip


def winner(text: str) -> dict[str, object]:
    found = json.loads(text)
    return {
        name: found[name] for name in ("baseline", "best", "evaluations", "parameters", "patch")
    }


@pytest.mark.parametrize("numbers", [(signal.SIGKILL, signal.SIGINT)])
def test_a_run_ends_as_if_it_had_never_stopped(
    project: Path, tmp_path: Path, numbers: tuple[signal.Signals, ...]
) -> None:
    whole = made(tmp_path / "whole")
    status, out, err = ended(start(whole, "optimize", *ARGUMENTS, "--json"))
    assert status == 0, err

    process = start(project, "optimize", *ARGUMENTS, "--json")
    # At the first look after the baseline, and again after half of the budget.
    for number, after in zip(numbers, (1, 45), strict=True):
        until(project, process, after)
        process.send_signal(number)
        assert ended(process)[0] in (-signal.SIGKILL, 130)
        assert (project / "shop.py").read_text() == SHOP
        process = start(project, "resume", "--json")
    status, again, err = ended(process)
    assert status == 0, err
    assert winner(again) == winner(out)
    assert tried(project) == tried(whole)
    # One more than is kept: the second look at the program, for noise.
    assert len(tried(project)) + 1 == json.loads(again)["evaluations"]
    with Store.open(project) as store:
        assert len(store.ids()) == 1


def test_what_cannot_be_resumed_is_told(project: Path) -> None:
    assert ended(start(project, "optimize", *ARGUMENTS[:-4], "--evaluations", "12"))[0] in (0, 1)
    status, _, err = ended(start(project, "resume"))
    assert (status, "is finished, so there is nothing to resume" in err) == (2, True)

    process = start(project, "optimize", *ARGUMENTS)
    until(project, process, 20)
    process.send_signal(signal.SIGSTOP)  # A fast run would be over before the next command looks
    status, _, err = ended(start(project, "resume", "last"))
    assert (status, f"is running: process {process.pid}" in err) == (2, True)
    process.kill()
    ended(process)
    (project / "shop.py").write_text(SHOP + "# mine\n")
    status, _, err = ended(start(project, "resume"))
    assert (status, "shop.py is not what run" in err) == (2, True)
    (project / "shop.py").write_text(SHOP)
    assert ended(start(project, "resume", "--write", "--quiet"))[0] == 0
    assert (project / "shop.py").read_text() != SHOP


def test_a_noisy_run_goes_on_with_the_draws_that_it_had(project: Path) -> None:
    (project / "judge.py").write_text(
        "import random\n\nimport shop\n\n\ndef score():\n"
        "    return random.SystemRandom().gauss(-abs(shop.LIMIT - 61.8), 3)\n"
    )
    arguments = ["shop.py", "--objective", "judge:score", "--evaluations", "300", "--repeats", "8"]
    process = start(project, "optimize", *arguments)
    until(project, process, 20)
    process.kill()
    ended(process)
    with Store.open(project) as store:
        run = store.find("last")
        rows, answers = store.evaluations(run.id), store.answers(run.id)
    assert len(answers) > len(rows) > 0

    status, out, err = ended(start(project, "resume", "--json"))
    assert status in (0, 1), err
    with Store.open(project) as store:
        assert store.evaluations(run.id)[: len(rows)] == rows
        after = store.answers(run.id)
    assert after[: len(answers)] == answers
    assert [answer.number for answer in after] == list(range(json.loads(out)["evaluations"]))
