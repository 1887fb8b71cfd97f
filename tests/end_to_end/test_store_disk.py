"""A disk that is full in mid-run, one that is read-only, and two runs that share a store."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import store as filling
from benchmarks.kills_projects import PROJECTS
from tracepy.store import Store

OPTIMIZE = "optimize shop.py --objective judge:score --quiet --evaluations"
# As root of a name space of its own, where one may mount.
ALONE = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    return tried.returncode == 0


alone = pytest.mark.skipif(not may_mount(), reason="nothing can be mounted here")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = PROJECTS["callable"].made(tmp_path / "shop")
    (folder / ".tracepy").mkdir()
    return folder


def script(folder: Path, text: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """A shell script, in which `tracepy` is the command."""
    environment = {name: text for name, text in os.environ.items() if name != "TRACEPY_STORE"}
    return subprocess.run(
        [*ALONE, "sh", "-c", f'tracepy() {{ "{sys.executable}" -m tracepy "$@"; }}\n{text}'],
        cwd=folder,
        env={**environment, "NO_COLOR": "1", "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
@alone
def test_a_run_whose_disk_is_full_is_gone_on_with_once_there_is_room(shop, tmp_path):
    ended = script(
        shop,
        f"""
        mount -t tmpfs -o size=300k tmpfs .tracepy
        tracepy {OPTIMIZE} 200 >run 2>said; echo "full $?"
        tracepy resume --quiet >/dev/null 2>>said; echo "still full $?"
        tracepy runs
        mount -o remount,size=64m .tracepy
        tracepy resume --quiet >/dev/null && echo resumed
        tracepy runs
        """,
        tmp_path,
    )
    full, still, _, before, resumed, _, after = ended.stdout.splitlines()
    assert (full, still, resumed) == ("full 2", "still full 2", "resumed"), ended
    assert before.endswith("interrupted") and after.endswith("better")
    said = (shop / "said").read_text().splitlines()
    assert [line.startswith("tracepy: error: the run store") for line in said] == [True, True]
    assert all("the disk is full" in line for line in said)
    assert (shop / "shop.py").read_text() == PROJECTS["callable"].files["shop.py"]


@alone
def test_a_read_only_store_is_read_and_a_run_is_kept_elsewhere(shop, tmp_path):
    cache = tmp_path / "cache"
    ended = script(
        shop,
        f"""
        tracepy {OPTIMIZE} 8 >/dev/null
        mount --bind . . && mount -o remount,ro,bind . && cd "$PWD"
        tracepy runs
        tracepy {OPTIMIZE} 8 >/dev/null && echo again
        export TRACEPY_STORE="$PWD/.tracepy/runs.sqlite"
        tracepy show last --json | grep '"run"'
        tracepy {OPTIMIZE} 8; echo "refused $?"
        """,
        cache,
    )
    _, listed, again, shown, refused = ended.stdout.splitlines()
    assert (again, refused) == ("again", "refused 2"), ended
    assert listed.split()[0] in shown
    assert ended.stderr.endswith("/.tracepy/runs.sqlite cannot be written\n")
    (kept,) = cache.rglob("runs.sqlite")
    assert kept.is_relative_to(cache / "tracepy")


def test_two_runs_at_once_on_one_store(shop):
    arguments = [sys.executable, "-m", "tracepy", *OPTIMIZE.split(), "40", "--fresh", "--seed"]
    environment = {name: text for name, text in os.environ.items() if name != "TRACEPY_STORE"}
    both = [
        subprocess.Popen([*arguments, "1"], cwd=shop, env=environment, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    diffs = [process.communicate(timeout=100)[0] for process in both]
    assert diffs[0] == diffs[1] != b""
    with Store.open(shop) as store:
        first, second = store.runs()
        assert first.status == second.status == "finished"
        rows = [
            [(row.index, row.digest, row.score) for row in store.evaluations(run.id)]
            for run in (first, second)
        ]
    assert rows[0] == rows[1]


@pytest.mark.slow
def test_the_hundred_thousandth_candidate_costs_what_the_first_does(tmp_path):
    rows = filling.filled(tmp_path, cases=0)
    cost, size = "µs each", "bytes each"
    assert rows[-1]["candidates"] == 100_000
    # Twice is for a noisy machine; it is the same on a quiet one.
    assert min(row[cost] for row in rows[-3:]) < 2 * min(row[cost] for row in rows[:3])
    assert rows[-1][size] < 1.2 * rows[0][size]
    assert rows[-1]["peak memory, MiB more"] - rows[1]["peak memory, MiB more"] < 5
