"""A real Dask cluster of several processes: one is killed in mid-run, and the run goes on."""

import os
import signal
import socket
import subprocess
import sys

import pytest

import tracepy
from tracepy.errors import UserError

pytest.importorskip("distributed", reason="dask.distributed is not installed (extra: dask)")

MODULE = "def price(n, m):\n    return n * 2 + m\n"
BENCH = """import os, shop

def score():
    with open(os.path.join(os.path.dirname(shop.__file__), "rows.txt")) as rows:
        wanted = float(rows.read())
    return -abs(shop.price(3, 4) - wanted), os.path.dirname(shop.__file__)
"""
CALM = ["--no-dashboard"]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    folder = tmp_path.resolve() / "shop"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_text(MODULE)
    (folder / "bench.py").write_text(BENCH)
    (folder / "rows.txt").write_text("12")
    monkeypatch.chdir(folder)
    return folder


class Cluster:
    """A scheduler and three workers, each a process with another current folder than ours."""

    def __init__(self, folder):
        self.folder = folder
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"dask://127.0.0.1:{port}"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        self.workers = [
            self._start("worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-nanny")
            for _ in range(3)
        ]

    def _start(self, what, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, *CALM]
        environment = {**os.environ, "TMPDIR": str(self.temporary)}
        with (self.folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log
            )

    def left(self):
        """What our side left in the temporary folder."""
        return [x.name for x in self.temporary.iterdir() if x.name.startswith("tracepy")]

    def close(self):
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    found = Cluster(tmp_path / "elsewhere")
    yield found
    found.close()


def gone(path, tries=100_000):
    """Whether a folder goes away: the shell that removes it is another process."""
    return any(not path() for _ in range(tries))


def test_a_worker_that_is_killed_in_mid_run_changes_nothing(shop, cluster):
    local = tracepy.optimize("shop.py", objective="bench:score", evaluations=60)
    killed = []

    def kill(progress):
        if progress.evaluations >= 20 and not killed:
            killed.append(cluster.workers[0].pid)
            os.kill(cluster.workers[0].pid, signal.SIGKILL)

    far = tracepy.optimize(
        "shop.py",
        objective="bench:score",
        evaluations=60,
        executor=cluster.url,
        on_progress=kill,
    )
    assert killed and cluster.workers[0].wait() == -signal.SIGKILL
    assert far.status == "finished"
    assert (far.best, far.patch, far.evaluations) == (local.best, local.patch, local.evaluations)
    assert far.improved
    assert gone(cluster.left)


def test_workers_have_files_of_their_own(shop, cluster):
    from tracepy.evaluation import Job, executors
    from tracepy.objective.find import find
    from tracepy.settings import Settings
    from tracepy.target import resolve

    target = resolve("shop.py", shop)
    settings = Settings(objective="bench:score", executor=cluster.url)
    objective = find(target, settings, shop)
    with executors.judge_for(target, objective, settings) as judge:
        (shop / "rows.txt").write_text("7")  # theirs still says 12
        (shop / "bench.py").rename(shop / "away.py")
        found = judge.baseline()
        shapes = judge.evaluate([Job({str(shop / "shop.py"): "def price(n, m): return 12"})])
    assert (found.score, found.feedback) == (-2.0, str(shop))
    assert shapes[0].score == 0.0
    assert gone(cluster.left)


def test_a_scheduler_that_goes_away_ends_the_run_but_keeps_it(shop, cluster, capfd):
    def kill(progress):
        if progress.evaluations >= 20:
            cluster.scheduler.kill()

    found = tracepy.optimize(
        "shop.py", objective="bench:score", executor=cluster.url, on_progress=kill, goal=1.0
    )
    assert found.status == "interrupted"
    assert "judges no more" in found.notes[-1]
    assert "Traceback" not in capfd.readouterr().err


def test_no_scheduler_is_one_message(shop, monkeypatch):
    from tracepy.evaluation import clusters

    monkeypatch.setattr(clusters, "_CONNECT", 0.2)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"dask://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(UserError, match="no Dask scheduler answers there"):
            tracepy.optimize("shop.py", objective="bench:score", executor=url)
