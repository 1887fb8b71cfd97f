"""What goes to remote workers, and how paths are told apart there."""

import json
from pathlib import Path

import pytest

from tracepy.errors import UserError
from tracepy.evaluation import shipment
from tracepy.evaluation.places import Places
from tracepy.evaluation.records import Case, Evaluation, Job, TraceFacts
from tracepy.objective import Objective
from tracepy.target import resolve

NOTHING = Objective("doctest", "doctests", {"modules": ["shop"]})


@pytest.fixture
def project(tmp_path):
    folder = tmp_path.resolve() / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    (folder / "shop.py").write_text("RATE = 1\n")
    return folder


def shipped(project, objective=NOTHING, listed=()):
    goods = shipment.pack(resolve("shop.py", project), objective, listed)
    into = project.parent / "unpacked"
    into.mkdir()
    shipment.unpack(goods, into)
    found = {str(x.relative_to(into)) for x in into.rglob("*") if not x.is_dir()}
    return goods, found


def test_code_and_data_are_shipped_and_what_is_made_anew_is_not(project):
    for name in ("data/rows.csv", ".git/config", "venv/pyvenv.cfg", "venv/x.py", "a/__pycache__/b"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("x")
    _, found = shipped(project)
    assert found == {"0/pyproject.toml", "0/shop.py", "0/data/rows.csv"}


def test_secrets_stay_here_unless_they_are_listed(project):
    for name in (".env", ".env.example", "deep.pem"):
        (project / name).write_text("key")
    _, found = shipped(project, listed=[str(project / "deep.pem")])
    assert found == {"0/pyproject.toml", "0/shop.py", "0/.env.example", "0/deep.pem"}


def test_a_file_of_the_objective_that_lies_elsewhere_goes_alone(project):
    data = project.parent / "elsewhere" / "rows.jsonl"
    data.parent.mkdir()
    data.write_text("{}")
    (data.parent / "other").write_text("")
    goods, found = shipped(project, Objective("dataset", "rows", {"file": str(data)}))
    assert goods.roots == (str(project), str(data.parent))
    assert {name for name in found if name.startswith("1/")} == {"1/rows.jsonl"}


def test_the_digest_is_that_of_the_contents(project):
    def digest():
        return shipment.pack(resolve("shop.py", project), NOTHING).digest

    first = digest()
    (project / "shop.py").touch()
    assert digest() == first
    (project / "shop.py").write_text("RATE = 2\n")
    assert digest() != first


def test_too_much_is_refused_with_what_to_do(project, monkeypatch):
    monkeypatch.setattr(shipment, "SIZE_LIMIT", 5)
    with pytest.raises(UserError, match=r"too much to ship.*place that all workers see"):
        shipment.pack(resolve("shop.py", project), NOTHING)


def test_paths_are_the_workers_there_and_ours_here():
    places = Places(("/home/é/shop", "/home/é/shop-data"), Path("/tmp/copy-x1"))
    assert places.there("/home/é/shop/a.py") == "/tmp/copy-x1/0/a.py"
    assert places.there("/home/é/shop-data") == "/tmp/copy-x1/1"
    assert places.there("/home/é/shopping/a.py") == "/home/é/shopping/a.py"
    assert places.spec({"args": ["/home/é/shop/t.py::test[a]", "-k", "x"]}) == {
        "args": ["/tmp/copy-x1/0/t.py::test[a]", "-k", "x"]
    }
    assert places.job(Job({"/home/é/shop/a.py": "x"})).sources == {"/tmp/copy-x1/0/a.py": "x"}


def test_a_verdict_is_as_it_would_have_been_here():
    places = Places(("/home/é/shop",), Path("/tmp/copy-x1"))
    file = "/tmp/copy-x1/0/a.py"
    facts = TraceFacts({"case": {file: [1]}}, {file: {1: 1.0}})
    graph = json.dumps({"file": file})
    found = Evaluation("ok", 1.0, f"{file}:1", (Case("case", 1.0, file),), trace=facts, graph=graph)
    mapped = places.evaluation(found)
    here = "/home/é/shop/a.py"
    assert (mapped.feedback, mapped.cases[0].text) == (f"{here}:1", here)
    assert mapped.trace == TraceFacts({"case": {here: [1]}}, {here: {1: 1.0}})
    assert json.loads(mapped.graph) == {"file": here}
