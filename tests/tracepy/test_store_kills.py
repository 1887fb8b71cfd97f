"""A store whose writer is killed at any moment holds what was written, and goes on."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tracepy.store import Store
from tracepy.store.place import Place

# Writes evaluations with whole verdicts and ever better winners, and says what is on disk.
WRITER = """
import sys
from tracepy.store import EvaluationRow, Store, Verdict
from tracepy.store.place import Place

path = sys.argv[1]
with Store(Place(f"sqlite:///{path}", __import__("pathlib").Path(path))) as store:
    run = store.create(
        target="shop.py", optimizer="search", settings={}, objective="tests",
        files={"/p/shop.py": b"A = 1\\n"},
    )
    print(run, flush=True)
    for number in range(0, 100_000, 4):
        rows = [
            EvaluationRow(n, str(n), "n", float(n), "ok", sources={"/p/shop.py": f"A = {n}\\n"})
            for n in range(number, number + 4)
        ]
        cases = [{"name": "t", "score": 1.0, "text": ""}]
        data = {"status": "ok", "score": 1.0, "feedback": "", "cases": cases, "complete": True,
                "trace": None}
        store.add(run, rows, [Verdict(data)] * 4)
        store.finish(
            run, status="running", baseline=0.0, best=float(number), improved=True,
            evaluations=number + 4, seconds=1.0, new={"/p/shop.py": f"A = {number}\\n".encode()},
            parameters=[], patch=f"patch {number}",
        )
        print(number + 4, flush=True)
"""


def killed(path: Path, after: int) -> tuple[str, int]:
    """Start a writer, kill it once it has told of so many lines; its run, and what it told."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    run = process.stdout.readline().strip()
    for _ in range(after):
        process.stdout.readline()
    process.kill()
    told = [line for line in process.stdout.read().split() if line]
    process.wait()
    return run, max(after * 4, int(told[-1]) if told else 0)


def check(path: Path, kills: int, seed: int) -> None:
    moments = random.Random(seed)
    for _ in range(kills):
        run, told = killed(path, moments.randrange(0, 60))
        with Store(Place(f"sqlite:///{path}", path)) as store:
            with store._database.reading() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            found = store.find(run)
            assert found.status == "interrupted"
            rows, whole = store.evaluations(run), store.recorded(run, limit=10_000)
            # All that was told is there, in whole slices; nothing of it is half there.
            assert len(rows) >= told and len(rows) % 4 == 0
            assert [row.index for row in rows] == list(range(len(rows)))
            assert [row.sources["/p/shop.py"] for row in rows] == [f"A = {i}\n" for i in range(len(rows))]  # fmt: skip
            assert [item.number for item in whole] == list(range(len(rows)))
            assert all(item.data and item.data["cases"] for item in whole)
            if found.improved:
                number = int(found.patch.split()[1])
                assert found.new == {"/p/shop.py": f"A = {number}\n".encode()}
                assert found.best == number >= told - 4


def test_kills_leave_whole_slices(tmp_path: Path) -> None:
    check(tmp_path / "runs.sqlite", kills=3, seed=1)


@pytest.mark.slow
def test_many_kills_leave_whole_slices(tmp_path: Path) -> None:
    check(tmp_path / "runs.sqlite", kills=60, seed=2)


def test_two_runs_at_once_keep_apart(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    command = [sys.executable, "-c", WRITER.replace("100_000", "400"), str(path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    names = [process.communicate(timeout=100)[0].split()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    with Store(Place(f"sqlite:///{path}", path)) as store:
        assert sorted(store.ids()) == sorted(names)
        assert all(len(store.evaluations(name)) == 400 for name in names)
