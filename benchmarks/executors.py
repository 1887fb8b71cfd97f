"""Evaluations per second where candidates are judged: here, in a pool of processes, on a cluster.

    python -m benchmarks.executors [--evaluations 800]

Two workers each, the same candidates, a trivial objective; the cluster is a scheduler and two
workers on this machine, so that what is measured is the way there and back.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.report import publish

MODULE = "def price(n):\n    return n * {}\n"
JUDGE = "import shop\n\n\ndef score():\n    return float(shop.price(3))\n"
# As many as a run gives to the judge in one call.
BATCH = 8


def rate(folder: Path, evaluations: int, executor: Executor | None, text: str) -> float:
    """Evaluations per second, without what starting up takes."""
    from tracepy.evaluation import Job
    from tracepy.evaluation.executors import judge_for
    from tracepy.objective.find import find
    from tracepy.settings import Settings
    from tracepy.target import resolve

    target = resolve("shop.py", folder)
    settings = Settings(objective="judge:score", workers=2, executor=text)
    path = str(folder / "shop.py")
    with judge_for(target, find(target, settings, folder), settings, executor) as judge:
        judge.baseline()
        judge.evaluate([Job({path: MODULE.format(0)})] * BATCH)
        start = time.perf_counter()
        for first in range(0, evaluations, BATCH):
            jobs = [Job({path: MODULE.format(first + i)}) for i in range(BATCH)]
            found = judge.evaluate(jobs)
            assert [x.score for x in found] == [3.0 * (first + i) for i in range(BATCH)]
        return evaluations / (time.perf_counter() - start)


@contextlib.contextmanager
def cluster(folder: str) -> Iterator[str]:
    """A scheduler and two workers of one thread each; the text for `--executor`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    here = [sys.executable, "-m"]
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port]
    worker = ["distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1"]
    started = [
        subprocess.Popen(
            [*here, *command, "--no-dashboard"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in (scheduler, [*worker, "--no-nanny"], [*worker, "--no-nanny"])
    ]
    try:
        yield f"dask://127.0.0.1:{port}"
    finally:
        for process in started:
            process.terminate()
            process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=800)
    count = parser.parse_args().evaluations
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as elsewhere:
        folder = Path(name).resolve()
        (folder / "pyproject.toml").write_text("")
        (folder / "shop.py").write_text(MODULE.format(2))
        (folder / "judge.py").write_text(JUDGE)
        os.chdir(folder)
        rows = [{"executor": "local", "per second": rate(folder, count, None, "local")}]
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            rows.append(
                {"executor": "ProcessPool", "per second": rate(folder, count, pool, "local")}
            )
        with cluster(elsewhere) as url:
            rows.append({"executor": "dask", "per second": rate(folder, count, None, url)})
    publish("executors", rows, "two workers each, on one machine; start-up not counted")


if __name__ == "__main__":
    main()
