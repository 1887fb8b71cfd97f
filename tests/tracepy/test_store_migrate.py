"""A store of an older tracepy is brought up to date where it stands."""

import sqlite3
import threading
import zlib

import pytest
from sqlalchemy import inspect

from tracepy.errors import UserError
from tracepy.store import EvaluationRow, Store
from tracepy.store.place import Place

# The tables as version 1 made them.
FIRST = """
CREATE TABLE contents (
    digest VARCHAR(64) NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (digest)
);
CREATE TABLE runs (
    id VARCHAR(40) NOT NULL,
    created FLOAT NOT NULL,
    pid INTEGER NOT NULL,
    host VARCHAR(255) NOT NULL,
    target TEXT NOT NULL,
    optimizer VARCHAR(100) NOT NULL,
    objective TEXT NOT NULL,
    settings TEXT NOT NULL,
    status VARCHAR(20) NOT NULL,
    baseline FLOAT,
    best FLOAT,
    improved BOOLEAN NOT NULL,
    evaluations INTEGER NOT NULL,
    seconds FLOAT NOT NULL,
    parameters TEXT NOT NULL,
    patch BLOB NOT NULL,
    graph BLOB,
    applied BOOLEAN,
    PRIMARY KEY (id)
);
CREATE INDEX runs_created ON runs (created);
CREATE TABLE schema_version (
    version INTEGER NOT NULL
);
CREATE TABLE evaluations (
    run_id VARCHAR(40) NOT NULL,
    number INTEGER NOT NULL,
    digest VARCHAR(64) NOT NULL,
    note TEXT NOT NULL,
    score FLOAT,
    status VARCHAR(20) NOT NULL,
    feedback TEXT NOT NULL,
    seconds FLOAT NOT NULL,
    changes BLOB,
    PRIMARY KEY (run_id, number),
    FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
);
CREATE TABLE files (
    run_id VARCHAR(40) NOT NULL,
    path VARCHAR(4096) NOT NULL,
    original VARCHAR(64) NOT NULL,
    new VARCHAR(64),
    written VARCHAR(64),
    PRIMARY KEY (run_id, path),
    FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE,
    FOREIGN KEY(original) REFERENCES contents (digest),
    FOREIGN KEY(new) REFERENCES contents (digest),
    FOREIGN KEY(written) REFERENCES contents (digest)
);
"""
RUN = "20260101-000000-0000"


@pytest.fixture
def first(tmp_path, monkeypatch):
    """The place of a store of version 1 with a run of one candidate."""
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    path = tmp_path / "runs.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(FIRST)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO schema_version VALUES (1)")
        connection.execute(
            "INSERT INTO runs (id, created, pid, host, target, optimizer, objective, settings,"
            " status, baseline, best, improved, evaluations, seconds, parameters, patch) VALUES"
            " (?, 1.0, 1, 'h', 'shop.py', 'search', 'tests', '{}', 'finished', 0.5, 1.0, 1, 2,"
            " 1.5, '[]', ?)",
            (RUN, zlib.compress(b"")),
        )
        content = zlib.compress(b"A = 1\n")
        connection.execute("INSERT INTO contents VALUES ('d', ?)", (content,))
        connection.execute("INSERT INTO files VALUES (?, '/p/shop.py', 'd', NULL, NULL)", (RUN,))
        for number in (0, 1):
            connection.execute(
                "INSERT INTO evaluations VALUES (?, ?, ?, 'note', 1.0, 'ok', '', 0.1, NULL)",
                (RUN, number, f"d{number}"),
            )
    connection.close()
    return Place(f"sqlite:///{path}", path)


def columns(store):
    found = inspect(store._database._engine)
    return {
        (table, column["name"], column["nullable"])
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }, {index["name"] for table in found.get_table_names() for index in found.get_indexes(table)}


def test_an_old_store_ends_up_as_a_new_one_and_keeps_its_runs(first, tmp_path):
    new = tmp_path / "new.sqlite"
    with Store(first) as old, Store(Place(f"sqlite:///{new}", new)) as fresh:
        assert columns(old) == columns(fresh)
        run = old.find("last")
        assert (run.id, run.best, run.judge, run.recorded) == (RUN, 1.0, {}, 2)
        assert run.originals == {"/p/shop.py": b"A = 1\n"}
        baseline, candidate = old.evaluations(RUN)
        assert (baseline.proposer, candidate.proposer, candidate.complete) == ("baseline", "", True)
        assert [found.data for found in old.recorded(RUN)] == [None, None]
        old.add(RUN, [EvaluationRow(2, "d2", "new", 1.0, "ok", parent=1, proposer="search")])
        assert old.evaluations(RUN)[2].parent == 1


def test_several_processes_may_bring_it_up_to_date_at_once(first):
    found, errors = [], []

    def go():
        try:
            with Store(first) as store:
                found.append(store.find("last").id)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, found) == ([], [RUN] * 8)


def test_a_step_that_fails_leaves_the_old_store(first, monkeypatch):
    monkeypatch.setattr(
        "tracepy.store.migrate._STEPS", {1: ("ALTER TABLE runs ADD COLUMN x TEXT", "NONSENSE")}
    )
    with pytest.raises(UserError):
        Store(first)
    monkeypatch.undo()
    with Store(first) as store:
        assert store.find("last").id == RUN
        assert ("runs", "x", True) not in columns(store)[0]


def test_a_store_of_a_newer_tracepy_is_left_alone(first):
    Store(first).close()
    with sqlite3.connect(first.path) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    with pytest.raises(UserError, match=r"schema version 99, this tracepy reads \d"):
        Store(first)
