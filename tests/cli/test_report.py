"""`tracepy report`, and `--report` of `tracepy optimize`."""

from __future__ import annotations

import importlib.util

import pytest

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")


def test_a_run_is_written_as_a_page(tracepy, session, project):
    tracepy("optimize", "shop.py", "--quiet")
    done = tracepy("report", "last", "-o", "report.html")
    assert (done.status, done.out, done.err) == (0, "wrote report.html\n", "")
    page = (project / "report.html").read_text()
    assert page.startswith("<!doctype html>") and "shop.py: better" in page
    assert "+    return x * RATE" in page


def test_without_a_name_the_page_has_the_runs(tracepy, session, project):
    tracepy("optimize", "shop.py", "--quiet")
    done = tracepy("report")
    (page,) = project.glob("tracepy-*.html")
    assert done.out == f"wrote {page.name}\n"


def test_optimize_writes_it_too(tracepy, session, project):
    done = tracepy("optimize", "shop.py", "--report", "out.html")
    assert done.status == 0
    assert "shop.py: better" in (project / "out.html").read_text()
    assert "wrote out.html" in done.out
    assert tracepy("optimize", "shop.py", "--json", "--report", "out.html").out.startswith("{")


def test_the_configuration_may_ask_for_it(tracepy, session, project):
    (project / "pyproject.toml").write_text('[tool.tracepy]\nreport = "all.html"\n')
    tracepy("optimize", "shop.py", "--quiet")
    assert (project / "all.html").exists()


@pytest.mark.parametrize("output", ["nowhere/report.html", "."])
def test_what_cannot_be_written_is_told_before_the_work(tracepy, session, project, output):
    done = tracepy("optimize", "shop.py", "--report", output)
    assert done.status == 2
    assert done.err == (
        f"tracepy: error: --report {output}: there is no such folder, or it is a folder\n"
    )
    assert session.settings is None
    tracepy("optimize", "shop.py", "--quiet")
    assert f"-o {output}" in tracepy("report", "-o", output).err


@pytest.mark.parametrize("missing", ["jinja2", "matplotlib"])
def test_what_is_not_installed_is_told(tracepy, session, project, monkeypatch, missing):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "tracepy.report.page.find_spec", lambda name: None if name == missing else found(name)
    )
    for words in (("report", "last"), ("optimize", "shop.py", "--report", "out.html")):
        done = tracepy(*words)
        assert done.status == 2
        assert f"a report needs {missing}" in done.err
        assert "pip install 'tracepy-opt[report]'" in done.err
    assert session.settings is None


def test_no_run_is_one_line(tracepy, project):
    done = tracepy("report", "last")
    assert done.status == 2 and "no runs" in done.err and "Traceback" not in done.err
