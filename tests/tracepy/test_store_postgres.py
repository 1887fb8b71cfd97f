"""The store in a PostgreSQL server: the same as in a file, several runs at once included."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.tracepy.postgres import Server, programs
from tracepy.errors import UserError
from tracepy.store import EvaluationRow, ModelCall, Store, Verdict
from tracepy.store.place import Place

DATA = {"status": "ok", "score": 1.0, "feedback": "", "cases": [], "complete": True, "trace": None}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    pytest.importorskip("psycopg", reason="psycopg, the extra `postgres`, is not installed")
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL server on this machine")
    server = Server(found)
    yield server
    server.close()


@pytest.fixture
def place(server: Server) -> Place:
    return Place(server.new(), None)


def new_run(store: Store, data: bytes = b"A = 1\n") -> str:
    return store.create(
        target="shop.py", optimizer="search", settings={}, objective="", files={"/p/shop.py": data}
    )


def finish(store: Store, run_id: str, new: bytes, status: str = "finished") -> None:
    store.finish(
        run_id, status=status, baseline=0.5, best=float("inf"), improved=True, evaluations=2,  # type: ignore[arg-type]
        seconds=1.5, new={"/p/shop.py": new}, parameters=[], patch="p", graph='{"nodes": []}',
    )  # fmt: skip


def at_once(number: int, work: Callable[[int], None]) -> list[BaseException]:
    """Do something in so many threads; what went wrong."""
    wrong: list[BaseException] = []
    ready = threading.Barrier(number)

    def go(index: int) -> None:
        try:
            ready.wait()
            work(index)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=go, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_a_run_comes_back_as_it_was(place: Place) -> None:
    rows = [
        EvaluationRow(0, "d0", "baseline", 0.5, "ok", created=1.0),
        EvaluationRow(1, "d1", "x", None, "crashed", "\0 \udcff", memory=2**40, created=2.0,
                      sources={"/p/shop.py": "A = 2\n"}),
    ]  # fmt: skip
    call = ModelCall(0, 1, "m", "prompt", "answer", 1, 2, None, 0.5, 3.0)
    with Store(place) as store:
        run_id = new_run(store)
        store.add(run_id, rows, [Verdict(DATA, known_as="k")] * 2)
        store.add_calls(run_id, [call])
        finish(store, run_id, b"A = 2\n")
    with Store(place) as again:
        run = again.find("last")
        assert (run.id, run.best, run.status, run.recorded) == (run_id, float("inf"), "finished", 2)
        assert run.originals == {"/p/shop.py": b"A = 1\n"}
        assert run.new == {"/p/shop.py": b"A = 2\n"}
        assert again.graph(run_id) == '{"nodes": []}'
        assert [row.sources for row in again.evaluations(run_id)] == [{}, rows[1].sources]
        assert again.evaluation(run_id, 1).memory == 2**40
        assert again.known(["k"])["k"].run == run_id
        assert again.calls(run_id) == [call]
        assert again.sizes()[run_id] > 0
        again.remove([run_id])
        assert again.ids() == []
    assert place.label.startswith("postgresql+psycopg://tracepy@/runs_")


def test_several_may_make_the_tables_at_once(place: Place) -> None:
    assert at_once(6, lambda _: Store(place).close()) == []


def test_several_runs_write_at_once(place: Place) -> None:
    """The same contents, new and forgotten all the time, and ids of the same moment."""
    Store(place).close()
    names: list[str] = []

    def work(index: int) -> None:
        with Store(place) as store:
            run_id = new_run(store)
            names.append(run_id)
            for number in range(20):
                row = EvaluationRow(number, "d", "x", 0.0, "ok")
                store.add(run_id, [row], [Verdict(DATA)])
                finish(store, run_id, b"A = %d\n" % (number % 3), "running")
            if index == 0:
                finish(store, run_id, b"A = 1\n")
                store.remove([run_id])

    assert at_once(4, work) == []
    with Store(place) as store:
        assert len(set(names)) == 4
        assert len(store.ids()) == 3 and set(store.ids()) < set(names)
        assert all(len(store.evaluations(run_id)) == 20 for run_id in store.ids())


def test_a_run_is_taken_up_by_one_only(place: Place) -> None:
    with Store(place) as store:
        run_id = new_run(store)
        finish(store, run_id, b"A = 2\n", "interrupted")
    wrong = at_once(4, lambda _: Store(place).reopen(run_id))
    assert len(wrong) == 3
    assert all(isinstance(error, UserError) and "is running" in str(error) for error in wrong)


def test_a_server_may_be_restarted_in_mid_run(server: Server, place: Place) -> None:
    with Store(place) as store:
        run_id = new_run(store)
        server.restart()
        store.add(run_id, [EvaluationRow(0, "d", "x", 0.0, "ok")])
        assert store.find("last").recorded == 1


def test_a_server_that_is_not_there_is_told(tmp_path) -> None:
    with pytest.raises(
        UserError, match=r"the run store postgresql.*:\*\*\*@.* failed: No such file"
    ):
        Store(Place(f"postgresql+psycopg://me:secret@/x?host={tmp_path}", None))


def test_a_url_without_a_driver_means_psycopg(place: Place) -> None:
    with Store(Place(place.url.replace("+psycopg", ""), None)) as store:
        assert store.ids() == []


@pytest.mark.slow
def test_the_commands_work_on_it(place: Place, tmp_path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "shop.py").write_text("RATE = 1  # tracepy: train in [0, 100]\n")
    (tmp_path / "judge.py").write_text(
        "import shop\n\n\ndef score():\n    return -abs(shop.RATE - 77)\n"
    )
    environment = {**os.environ, "NO_COLOR": "1", "TRACEPY_STORE": place.url}

    def tracepy(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tracepy", *arguments],
            cwd=tmp_path, env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def told(*arguments: str) -> str:
        out, err = (process := tracepy(*arguments)).communicate(timeout=100)
        assert process.returncode == 0, err
        return out

    def optimize(seed: int) -> subprocess.Popen[str]:
        judge = ("--objective", "judge:score", "--evaluations", "40", "--fresh")
        return tracepy("optimize", "shop.py", *judge, "--seed", str(seed), "--quiet")

    both = [optimize(seed) for seed in (1, 2)]
    whole = [process.communicate(timeout=100)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]

    killed = optimize(2)
    with Store(place) as store:
        while len(store.ids()) < 3 or store.find("last").recorded < 5:
            assert killed.poll() is None
        first, second, last = store.ids()
    killed.kill()
    killed.communicate()
    assert "interrupted" in told("runs")
    assert told("resume", last, "--quiet") in whole
    assert "+RATE = 77 " in told("diff", last)
    assert "finished" in told("show", last, "--json")
    assert told("export", first, "--format", "csv").count("\n") > 30
    told("rm", first, second)
    assert last in told("runs", "--size")
    with Store(place) as store:
        assert store.ids() == [last]
    assert not (tmp_path / ".tracepy").exists()
