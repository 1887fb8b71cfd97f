"""What is done with the store itself: removing, exporting, sizes, one candidate."""

import csv
import io
import json

import pytest

from tracepy.store import ModelCall, Store


@pytest.fixture
def three(project, session, tracepy):
    """The ids of three runs, the oldest first."""
    for _ in range(3):
        tracepy("optimize", "shop.py", "--quiet")
    with Store.open(project) as store:
        return store.ids()


def ids(project):
    with Store.open(project) as store:
        return store.ids()


def test_named_runs_are_removed_with_what_only_they_need(project, tracepy, three, old, new):
    found = tracepy("rm", three[0], "last")
    assert (found.status, found.out.startswith("2 runs removed")) == (0, True)
    assert ids(project) == [three[1]]
    with Store.open(project) as store:
        run = store.find("last")
        assert list(run.originals.values()) == [old.encode()]
        assert list(run.new.values()) == [new.encode()]
        assert len(store.evaluations(run.id)) == 5
        assert store.evaluations(three[0]) == []
    assert tracepy("rm", "last").status == 0
    with Store.open(project) as store, store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM contents").scalar() == 0


def test_removing_gives_the_space_back(project, three):
    with Store.open(project) as store:
        run = store.create(
            target="shop.py", optimizer="search", settings={}, objective="tests",
            files={"/p/big.py": bytes(i * i % 251 for i in range(2_000_000))},
        )  # fmt: skip
        store.finish(
            run, status="finished", baseline=0.0, best=0.0, improved=False, evaluations=1,
            seconds=1.0, new={}, parameters=[], patch="", graph=None,
        )  # fmt: skip
        before = store.disk()
        store.remove([run, *three])
        assert store.disk() < before / 2 or before - store.disk() > 5_000


def test_keep_and_age_choose_what_goes(project, tracepy, three):
    assert tracepy("rm", "--older-than", "1d").out == "0 runs removed\n"
    assert tracepy("rm", "--keep", "2", "--older-than", "0s").out.startswith("1 run removed")
    assert ids(project) == three[1:]
    assert tracepy("rm", "--keep", "0").out.startswith("2 runs removed")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name the runs, or say --older-than 30d or --keep N"),
        (["last", "--keep", "1"], "name the runs, or say"),
        (["--keep", "-1"], "--keep must be at least 0"),
        (["--older-than", "soon"], "--older-than: 'soon' is not a duration"),
        (["nothing"], "no run 'nothing'"),
    ],
)
def test_what_rm_cannot_do_is_told(tracepy, three, arguments, said):
    found = tracepy("rm", *arguments)
    assert (found.status, said in found.err) == (2, True)


def test_a_running_run_is_not_removed(project, tracepy, three):
    with Store.open(project) as store:
        run = store.create(
            target="shop.py", optimizer="search", settings={}, objective="tests", files={}
        )
    found = tracepy("rm", three[0], run)
    assert (found.status, f"run {run} is running" in found.err) == (2, True)
    assert tracepy("rm", "--keep", "0").status == 0
    assert ids(project) == [run]


def test_sizes_are_of_each_run_and_of_all(project, tracepy, three):
    lines = tracepy("runs", "--size").out.splitlines()
    assert [line.split()[0] for line in lines] == [*three, "all"]
    assert lines[0].endswith("5 evaluations")
    found = json.loads(tracepy("runs", "--size", "--json").out)
    assert [run["bytes"] > 400 for run in found] == [True] * 3


def test_json_export_holds_candidates_and_model_calls(project, tracepy, three):
    with Store.open(project) as store:
        call = ModelCall(0, 1, "some/model", "what?", "this", 12, 3, None, 0.5, 1.0)
        store.add_calls(three[-1], [call])
        assert store.calls(three[-1]) == [call]
    found = json.loads(tracepy("export", "last").out)
    assert (found["format"], found["version"], found["run"]) == ("tracepy-run", 1, three[-1])
    assert [one["index"] for one in found["evaluations"]] == [0, 1, 2, 3, 4]
    assert found["model_calls"][0]["cost"] is None
    assert found["model_calls"][0]["prompt"] == "what?"


def test_csv_export_has_a_line_for_each_candidate(project, tracepy, three):
    assert tracepy("export", "--format", "csv", "-o", "all.csv").out == ""
    rows = list(csv.DictReader(io.StringIO((project / "all.csv").read_text())))
    assert [(row["index"], row["score"], row["status"]) for row in rows][1:3] == [
        ("1", "1.0", "ok"),
        ("2", "", "error"),
    ]
    assert rows[2]["feedback"] == "Traceback\nKeyError: 'x'"
    assert tracepy("export", "-o", "no/such/file").status == 2


def test_one_candidate_is_shown_with_its_diff(project, tracepy, three, old):
    from tracepy.store import EvaluationRow

    changed = {str(project / "shop.py"): old.replace("RATE = 2", "RATE = 3")}
    with Store.open(project) as store:
        row = EvaluationRow(
            5, "f", "RATE = 3", 0.7, "ok", "1 of 2 failed", 0.2, changed, 1, "search",
            "the sampler's point 4", 0.1, 2**24, True, 1, 2, 1e9, three[0],
        )  # fmt: skip
        store.add(three[-1], [row])
        assert store.evaluation(three[-1], 5) == row
    out = tracepy("show", "--candidate", "5").out
    for part in ("#5  RATE = 3", "#1", "the sampler's point 4", "1 of 2", "16 MiB",
                 f"run {three[0]}", "1 of 2 failed", "+RATE = 3"):  # fmt: skip
        assert part in out
    assert "+RATE = 3" in json.loads(tracepy("show", "--candidate", "5", "--json").out)["diff"]
    found = tracepy("show", "--candidate", "77")
    assert (found.status, "has no candidate 77" in found.err) == (2, True)
