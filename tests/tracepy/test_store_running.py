"""A run counts as running only while the very process that runs it lives."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tracepy.store import Store

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@pytest.fixture
def status(tmp_path: Path):
    """The status of a run of this process, once its row has been changed."""

    def of(change: str, *values: object) -> str:
        with Store.open(tmp_path) as store:
            store.create(target="t", optimizer="search", settings={}, objective="o", files={})
            with sqlite3.connect(tmp_path / ".tracepy" / "runs.sqlite") as connection:
                connection.execute(f"UPDATE runs SET {change}", values)
            return store.find("last").status

    return of


def test_a_process_that_lives(status) -> None:
    assert status("seconds = 1") == "running"
    assert status("process = NULL") == "running"  # of an older tracepy, that did not say more


def test_another_process_has_its_number_by_now(status) -> None:
    assert status("process = ?", "an earlier boot 12345") == "interrupted"


def test_a_dead_process_that_its_parent_has_not_waited_for(status) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
    assert status("pid = ?, process = NULL", dead.pid) == "interrupted"
    dead.wait()
