"""`--branch` and `--commit`, as they are typed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not here")


@pytest.fixture
def git(project, monkeypatch):
    """Runs git in the project, which is committed."""
    for name in [*os.environ]:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.org")

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=project, check=True, capture_output=True)
        return done.stdout.decode()

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    return git


def test_apply_to_a_branch_leaves_the_files(tracepy, session, git, project, old, new):
    tracepy("optimize", "shop.py")
    ended = tracepy("apply", "--branch", "faster")
    assert ended.status == 0
    assert ended.out == f"committed {git('rev-parse', 'faster')[:10]} on branch faster\n"
    assert (project / "shop.py").read_bytes() == old.encode()
    assert git("cat-file", "blob", "faster:shop.py") == new
    assert git("status", "--porcelain") == ""
    assert tracepy("revert").status == 2  # nothing was written


def test_apply_and_commit(tracepy, session, git, project, new):
    tracepy("optimize", "shop.py")
    ended = tracepy("apply", "--commit")
    assert (ended.status, "wrote shop.py\ncommitted " in ended.out) == (0, True)
    assert (project / "shop.py").read_bytes() == new.encode()
    assert git("status", "--porcelain") == ""
    assert git("log", "-1", "--format=%s") == "Improve shop.py: 0.5 -> 1\n"


@pytest.mark.parametrize(
    ("options", "branch", "written"),
    [
        (["--commit"], "main", True),
        (["--branch", "b"], "b", False),
        (["--branch", "b", "--commit"], "b", False),
        (["--branch", "b", "--write"], "b", True),
    ],
)
def test_optimize_and_commit(tracepy, session, git, project, old, new, options, branch, written):
    ended = tracepy("optimize", "shop.py", *options)
    assert (ended.status, f"on branch {branch}" in ended.out) == (0, True)
    assert git("cat-file", "blob", f"{branch}:shop.py") == new
    assert "Cases: 1 -> 2 of 2 pass\n" in git("log", "-1", "--format=%B", branch)
    assert (project / "shop.py").read_bytes() == (new if written else old).encode()


def test_the_configuration_may_ask_for_it(tracepy, session, git, project):
    (project / "pyproject.toml").write_text('[tool.tracepy]\nbranch = "b"\n')
    assert tracepy("optimize", "shop.py", "--json").status == 0
    assert git("log", "-1", "--format=%s", "b") == "Improve shop.py: 0.5 -> 1\n"


def test_what_would_fail_at_the_end_fails_at_once(tracepy, session, git):
    ended = tracepy("optimize", "shop.py", "--branch", "main")
    assert (ended.status, "a branch main already" in ended.err) == (2, True)
    assert session.settings is None


def test_nothing_is_committed_where_nothing_was_found(tracepy, session, git, old):
    session.new = old
    assert tracepy("optimize", "shop.py", "--commit").status == 1
    assert git("rev-list", "--count", "HEAD") == "1\n"


def test_without_a_repository(tracepy, session, project):
    ended = tracepy("optimize", "shop.py", "--commit")
    assert (ended.status, "is in no git work tree" in ended.err) == (2, True)


def test_json_stays_json(tracepy, session, git):
    assert json.loads(tracepy("optimize", "shop.py", "--commit", "--json").out)["improved"]
