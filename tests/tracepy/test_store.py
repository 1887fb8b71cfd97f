"""The run store: what goes in comes out, and what goes wrong is said in one sentence."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from tracepy.errors import UserError
from tracepy.store import EvaluationRow, Store
from tracepy.store.database import _write_ahead
from tracepy.store.delta import delta, pack, unpack

SOURCE = "".join(f"def f{i}(x):\n    return x + {i}\n\n\n" for i in range(200))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def new_run(store: Store, files: dict[str, bytes] | None = None) -> str:
    return store.create(
        target="shop.py",
        optimizer="search",
        settings={"seed": 3, "pytest": ["-q"]},
        objective="the tests in test_shop.py",
        files={"/p/shop.py": b"A = 1\n"} if files is None else files,
    )


def finish(store: Store, run_id: str, **changes: object) -> None:
    values: dict[str, object] = {
        "status": "finished",
        "baseline": 0.5,
        "best": 1.0,
        "improved": True,
        "evaluations": 7,
        "seconds": 1.5,
        "new": {"/p/shop.py": b"A = 2\n"},
        "parameters": [{"name": "shop:A", "kind": "number", "old": 1, "new": 2}],
        "patch": "--- a/shop.py\n+++ b/shop.py\n",
    }
    store.finish(run_id, **{**values, **changes})  # type: ignore[arg-type]


def test_a_run_comes_back_as_it_was(project):
    with Store.open(project) as store:
        run_id = new_run(store)
        finish(store, run_id, graph='{"nodes": []}')
    with Store.open(project) as again:
        run = again.find("last")
        assert again.graph(run_id) == '{"nodes": []}'
    assert (run.id, run.target, run.status) == (run_id, "shop.py", "finished")
    assert run.settings == {"seed": 3, "pytest": ["-q"]}
    assert (run.baseline, run.best, run.improved, run.evaluations) == (0.5, 1.0, True, 7)
    assert run.parameters[0]["new"] == 2
    [change] = run.changes
    assert (change.path, change.original, change.new) == ("/p/shop.py", b"A = 1\n", b"A = 2\n")


def test_a_patch_keeps_bytes_that_are_not_utf8(project):
    patch = b"-# \xe9t\xe9\r\n".decode("utf-8", "surrogateescape")
    with Store.open(project) as store:
        finish(store, new_run(store), patch=patch)
        assert store.find("last").patch == patch


def test_run_ids_sort_by_time_and_are_found_by_prefix(project):
    with Store.open(project) as store:
        ids = [new_run(store) for _ in range(20)]
        assert ids == sorted(set(ids))
        assert [run.id for run in store.runs()] == ids
        assert store.find("last").id == ids[-1]
        assert store.find(ids[4]).id == ids[4]
        with pytest.raises(UserError, match="could be"):
            store.find(ids[0][:6])
        with pytest.raises(UserError, match="there is " + ids[-1]):
            store.find(ids[-1][:-1] + "z")


def test_a_store_without_runs_says_so(project):
    with Store.open(project) as store, pytest.raises(UserError, match="no runs yet"):
        store.find("last")


def test_evaluations_come_back_with_their_sources(project):
    changed = SOURCE.replace("x + 7\n", "x - 7\n").replace("x + 150\n", "x * 150\n")
    rows = [
        EvaluationRow(0, "d0", "baseline", 0.5, "ok"),
        EvaluationRow(1, "d1", "line 30", None, "crashed", "died \udcff\0", 0.2),
        EvaluationRow(2, "d2", "two edits", float("inf"), "ok", "", 0.1, {"/p/m.py": changed}),
        EvaluationRow(3, "d3", "new file", 1.0, "ok", "", 0.1, {"/p/other.py": "x = 1\r\n"}),
    ]
    with Store.open(project) as store:
        run_id = new_run(store, {"/p/m.py": SOURCE.encode()})
        store.add(run_id, rows)
        found = store.evaluations(run_id)
    assert [found[0], *found[2:]] == [rows[0], *rows[2:]]
    assert found[1].feedback == "died \\udcff\\0"


LINES = st.lists(
    st.sampled_from(["\n", "a\n", "  return x\n", "\r\n", "é\f\n", "much longer " * 9 + "\n", "z"]),
    max_size=40,
).map("".join)


@given(LINES, LINES)
def test_a_delta_restores_the_text(old, new):
    assert unpack(pack({"p": new}, {"p": old}), {"p": old}) == {"p": new}


def test_a_delta_is_as_small_as_its_edits():
    new = SOURCE.replace("x + 7\n", "x - 7\n").replace("x + 150\n", "x * 150\n")
    assert len(str(delta(SOURCE, new))) < 150
    assert len(pack({"p": new}, {"p": SOURCE}) or b"") < 200


def test_the_same_file_is_kept_once_over_many_runs(project):
    noise = os.urandom(200_000)
    with Store.open(project) as store:
        for _ in range(10):
            finish(store, new_run(store, {"/p/m.py": noise}), new={"/p/m.py": noise + b"#"})
    assert (project / ".tracepy" / "runs.sqlite").stat().st_size < 700_000


def test_a_best_that_was_beaten_is_not_kept(project):
    files = {"/p/m.py": os.urandom(50_000)}
    with Store.open(project) as store:
        run_id = new_run(store, files)
        for step in range(50):
            finish(store, run_id, status="running", new={"/p/m.py": os.urandom(50_000)})
            if step == 25:
                finish(store, run_id, status="running", new=files)
        assert len(store.find(run_id).new["/p/m.py"]) == 50_000
        assert store.find(run_id).originals == files
    assert (project / ".tracepy" / "runs.sqlite").stat().st_size < 500_000


def test_the_thousandth_evaluation_costs_what_the_first_did(project):
    rows = [
        EvaluationRow(i, f"{i:064x}", f"line {i}", i / 7, "ok", "2 of 5 failed", 0.01,
                      {"/p/m.py": SOURCE.replace(f"x + {i % 200}\n", "x\n", 1)})
        for i in range(1000)
    ]  # fmt: skip
    counts = [0]

    def count(*_: object) -> None:
        counts[-1] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        with Store.open(project) as store:
            counts.append(0)
            run_id = new_run(store, {"/p/m.py": SOURCE.encode()})
            for row in rows:
                counts.append(0)
                store.add(run_id, [row])
            counts.append(0)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert counts[-2] <= counts[2] <= 8


def test_the_folder_ignores_itself(project):
    Store.open(project).close()
    assert (project / ".tracepy" / ".gitignore").read_text() == "*\n"


def test_a_killed_run_keeps_its_best_and_is_not_running(project):
    script = """
import os, signal, sys
from pathlib import Path
from tracepy.store.database import _write_ahead
from tracepy.store import EvaluationRow, Store
store = Store.open(Path(sys.argv[1]))
run = store.create(target="m.py", optimizer="search", settings={}, objective="", files={"/m.py": b"1"})
store.add(run, [EvaluationRow(0, "d", "baseline", 0.0, "ok"), EvaluationRow(1, "e", "x", 1.0, "ok")])
store.finish(run, status='running', baseline=0.0, best=1.0, improved=True, evaluations=2, seconds=0.1,
           new={"/m.py": b"2"}, parameters=[], patch="p")
store.add(run, [EvaluationRow(2, "f", "y", 0.5, "ok")])
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", script, str(project)])
    assert ended.returncode == -signal.SIGKILL
    with Store.open(project) as store:
        run = store.find("last")
        assert len(store.evaluations(run.id)) == run.evaluations == 3
    assert (run.status, run.best, run.new) == ("interrupted", 1.0, {"/m.py": b"2"})


def test_a_run_of_this_process_is_running(project):
    with Store.open(project) as store:
        new_run(store)
        assert store.find("last").status == "running"


def test_evaluations_are_on_disk_when_add_returns(project):
    rows = [EvaluationRow(i, "d", "x", 0.0, "ok") for i in range(3)]
    with Store.open(project) as store, Store.open(project) as other:
        run_id = new_run(store)
        store.add(run_id, rows[:1], seconds=0.5)
        store.add(run_id, rows[1:], seconds=0.75)
        assert other.evaluations(run_id) == rows
        assert other.find(run_id).seconds == 0.75


def test_applied_and_reverted_are_marked(project):
    with Store.open(project) as store:
        run_id = new_run(store)
        assert store.find(run_id).applied is None
        store.mark(run_id, applied=True)
        assert store.find(run_id).applied is True
        store.mark(run_id, applied=False)
        assert store.find(run_id).applied is False


def test_a_store_covers_the_folders_below_it(project):
    below = project / "a" / "b"
    below.mkdir(parents=True)
    assert Store.covering(below) is None
    assert not (project / ".tracepy").exists()
    Store.open(project).close()
    store = Store.covering(below)
    assert store is not None
    assert store.label == str(project / ".tracepy" / "runs.sqlite")
    store.close()


@pytest.mark.parametrize("form", ["{}/other.sqlite", "sqlite:///{}/other.sqlite"])
def test_the_environment_names_another_place(project, tmp_path, monkeypatch, form):
    monkeypatch.setenv("TRACEPY_STORE", form.format(tmp_path))
    with Store.open(project) as store:
        new_run(store)
    assert (tmp_path / "other.sqlite").is_file()
    assert not (project / ".tracepy").exists()


def test_a_url_that_is_none_is_refused(project, monkeypatch):
    monkeypatch.setenv("TRACEPY_STORE", "nosuch://db/x")
    with pytest.raises(UserError, match=r"TRACEPY_STORE cannot be used.*nosuch"):
        Store.open(project)


def test_a_project_that_cannot_hold_a_store_uses_the_cache(project, tmp_path):
    (project / ".tracepy").write_text("a file where the folder would be")
    with Store.open(project) as store:
        new_run(store)
        assert "cannot be written" in store.note
        assert str(tmp_path / "cache") in store.label
    covering = Store.covering(project)
    assert covering is not None
    assert len(covering.runs()) == 1
    covering.close()


def test_no_folder_at_all_is_one_clear_error(project, tmp_path):
    (project / ".tracepy").write_text("")
    (tmp_path / "cache").write_text("")
    with pytest.raises(UserError, match=r"no folder for the run store.*\$TRACEPY_STORE"):
        Store.open(project)


def test_another_schema_version_names_both(project):
    Store.open(project).close()
    database = project / ".tracepy" / "runs.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(UserError, match=r"version 99, this tracepy reads \d"):
        Store.open(project)


def test_a_file_that_is_no_database_is_named(project):
    (project / ".tracepy").mkdir()
    (project / ".tracepy" / "runs.sqlite").write_text("not a database, " * 100)
    with pytest.raises(UserError, match=r"runs\.sqlite: that file is not a tracepy store"):
        Store.open(project)


def test_a_damaged_database_is_named(project):
    with Store.open(project) as store:
        run_id = new_run(store)
        store.add(run_id, [EvaluationRow(i, "d", "x" * 500, 0.0, "ok") for i in range(200)])
    database = project / ".tracepy" / "runs.sqlite"
    data = bytearray(database.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    database.write_bytes(data)
    with pytest.raises(UserError, match="damaged"), Store.open(project) as store:
        store.runs()


def test_a_locked_database_is_named(project, monkeypatch):
    monkeypatch.setattr("tracepy.store.database.BUSY_TIMEOUT", 0.05)
    with Store.open(project) as store:
        run_id = new_run(store)
        other = sqlite3.connect(project / ".tracepy" / "runs.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match="locked"):
            store.mark(run_id, applied=True)
        other.execute("ROLLBACK")
        other.close()
        store.mark(run_id, applied=True)


def test_a_full_disk_is_named_and_what_was_stored_stays(project):
    with Store.open(project) as store:
        run_id = new_run(store)
        store.add(run_id, [EvaluationRow(0, "d", "baseline", 0.0, "ok")])
        with store._database.writing() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 30")
        many = [EvaluationRow(i, "d", os.urandom(999).hex(), 0.0, "ok") for i in range(1, 500)]
        with pytest.raises(UserError, match="disk is full"):
            store.add(run_id, many)
        assert len(store.evaluations(run_id)) == 1


def test_two_processes_write_one_store(project):
    script = """
import sys
from pathlib import Path
from tracepy.store.database import _write_ahead
from tracepy.store import EvaluationRow, Store
with Store.open(Path(sys.argv[1])) as store:
    run = store.create(target="m.py", optimizer="s", settings={}, objective="", files={"/m.py": b"1"})
    for i in range(50):
        store.add(run, [EvaluationRow(i, "d", "x", 0.0, "ok")])
"""
    command = [sys.executable, "-c", script, str(project)]
    started = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(timeout=60) for process in started] == [0, 0]
    with Store.open(project) as store:
        assert [len(store.evaluations(run.id)) for run in store.runs()] == [50, 50]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_store_that_turned_read_only_falls_back(project, tmp_path):
    with Store.open(project) as store:
        new_run(store)
    (project / ".tracepy").chmod(0o555)
    with Store.open(project) as store:
        run_id = new_run(store)
        assert str(tmp_path / "cache") in store.label
    covering = Store.covering(project)
    assert covering is not None
    assert covering.ids() == [run_id]
    covering.close()


def test_the_switch_of_the_journal_waits_where_sqlite_would_not():
    class Refusing:
        """A cursor whose database another process is switching: refused twice, then free."""

        tries = 0

        def execute(self, _statement):
            self.tries += 1
            if self.tries <= 2:
                raise sqlite3.OperationalError("database is locked")

    cursor = Refusing()
    _write_ahead(cursor)
    assert cursor.tries == 3
