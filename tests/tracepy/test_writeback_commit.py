"""A commit of a run's changes, in real repositories: that change, and nothing else moves."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tracepy.errors import ConflictError, UserError
from tracepy.store import Store
from tracepy.store.message import score
from tracepy.store.outcome import apply, revert
from tracepy.writeback import commit as committing
from tracepy.writeback.commit import Destination
from tracepy.writeback.git import Repository

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not here")

OLD = b"".join(b"line_%d = %d\n" % (n, n) for n in range(12))
NEW = OLD.replace(b"line_5 = 5\n", b"line_5 = 50\n")
MINE = (b"line_1 = 1\n", b"line_1 = 1  # mine\n")  # an edit that does not meet the run's
HERE = Destination()
SIDE = Destination("better")


class Work:
    """A repository with `shop.py` committed, and a run that changes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "shop.py"
        self.git("init", "-q", "-b", "main")
        (folder / ".gitignore").write_text(".tracepy/\n")
        (folder / "other.py").write_text("other = 1\n")
        self.file.write_bytes(OLD)
        self.git("add", ".")
        self.git("commit", "-q", "-m", "first")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True)
        return os.fsdecode(done.stdout)

    def blob(self, name: str) -> bytes:
        command = ["git", "cat-file", "blob", name]
        return subprocess.run(
            command, cwd=self.folder, check=True, capture_output=True
        ).stdout  # fmt: skip

    def run(self, old: bytes = OLD, new: bytes = NEW, file: Path | None = None) -> str:
        """A finished run; its id."""
        path = str(file or self.file)
        with Store.open(self.folder) as store:
            run = store.create(
                target="shop.py", optimizer="search", settings={"pytest": ["t.py"], "seed": 3},
                objective="pytest t.py", files={path: old},
            )  # fmt: skip
            store.finish(
                run, status="finished", baseline=0.5, best=1.0, improved=True, evaluations=7,
                seconds=2.0, new={path: new}, patch="p",
                parameters=[{"name": "shop:line_5", "kind": "number", "old": 5, "new": 50}],
            )  # fmt: skip
        return run

    def apply(self, to: Destination, write: bool | None = None):
        with Store.open(self.folder) as store:
            write = to.branch is None if write is None else write
            return apply(store, store.find("last"), write=write, to=to)

    def everything(self) -> dict[str, bytes | str]:
        """All that a commit on another branch must leave as it is."""
        files = {
            str(path): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not {".git", ".tracepy"} & set(path.parts)
        }
        index = self.git("ls-files", "-s", "-t")
        return {**files, "status": self.status(), "index": index, "head": self.git("log", "-1")}

    def status(self) -> str:
        return self.git("status", "--porcelain")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name in [*os.environ]:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.org")
    folder = tmp_path / "repo"
    folder.mkdir()
    return Work(folder)


def busy(work: Work) -> None:
    """Changes of the user's of every sort."""
    (work.folder / "staged.py").write_text("staged = 1\n")
    work.git("add", "staged.py")
    (work.folder / "staged.py").write_text("staged = 2\n")
    (work.folder / "other.py").write_text("other = 2\n")
    (work.folder / "untracked.py").write_text("new = 1\n")


class TestABranch:
    def test_holds_the_change_and_nothing_else_moves(self, work):
        work.run()
        busy(work)
        before = work.everything()
        made = work.apply(SIDE)
        assert work.everything() == before
        assert made.paths == []
        assert work.git("rev-parse", "better").strip() == made.commit.id
        assert work.blob("better:shop.py") == NEW
        assert work.git("diff", "--name-status", "main", "better") == "M\tshop.py\n"
        assert work.git("rev-parse", "better^") == work.git("rev-parse", "main")

    def test_its_message_says_what_was_asked_and_the_evidence(self, work):
        run = work.run()
        work.apply(SIDE)
        assert work.git("log", "-1", "--format=%B", "better").rstrip("\n").split("\n") == [
            "Improve shop.py: 0.5 -> 1",
            "",
            "Found and judged by tracepy.",
            "",
            "Objective: pytest t.py",
            "Score: 0.5 -> 1",
            "Evaluations: 7 in 2.0 s, by search",
            f"Run: {run}",
            "Reproduce: tracepy optimize shop.py --pytest t.py --seed 3",
            "",
            "Changed:",
            "  shop:line_5: 5 -> 50",
        ]

    def test_it_may_start_from_a_file_with_edits_that_are_not_committed(self, work):
        edited = OLD.replace(*MINE)
        work.file.write_bytes(edited)
        work.run(edited, edited.replace(b"= 5\n", b"= 50\n"))
        before = work.everything()
        made = work.apply(SIDE)
        assert work.everything() == before
        assert work.blob("better:shop.py") == NEW  # without what is not committed
        assert made.commit.merged == ["shop.py"]
        assert "were not judged" in work.git("log", "-1", "--format=%B", "better")

    def test_a_file_mode_is_kept(self, work):
        work.file.chmod(0o755)
        work.git("commit", "-qam", "executable")
        work.run()
        work.apply(SIDE)
        assert work.git("ls-tree", "better", "shop.py").startswith("100755 ")

    def test_a_tracked_link_to_the_file_stays_a_link(self, work):
        (work.folder / "link.py").symlink_to("shop.py")
        work.git("add", ".")
        work.git("commit", "-qm", "link")
        work.run()
        work.apply(SIDE)
        assert work.git("diff", "--name-status", "main", "better") == "M\tshop.py\n"

    @pytest.mark.parametrize("name", ["a b.py", "ü.py", "[x].py", "-f.py"])
    def test_names_are_taken_literally(self, work, name):
        file = work.folder / name
        file.write_bytes(OLD)
        (work.folder / "x.py").write_bytes(OLD)
        work.git("add", ".")
        work.git("commit", "-qm", "more")
        work.run(file=file)
        work.apply(SIDE)
        assert work.git("diff", "--name-only", "-z", "main", "better") == f"{name}\0"

    def test_line_ends_that_git_converts_are_no_change(self, work):
        work.git("config", "core.autocrlf", "true")
        work.file.unlink()
        work.git("checkout", "--", "shop.py")
        crlf = OLD.replace(b"\n", b"\r\n")
        assert work.file.read_bytes() == crlf
        work.run(crlf, NEW.replace(b"\n", b"\r\n"))
        work.apply(SIDE)
        assert work.blob("better:shop.py") == NEW
        assert work.git("diff", "--numstat", "main", "better") == "1\t1\tshop.py\n"


class TestTheCurrentBranch:
    def test_holds_the_change_as_do_files_and_index(self, work):
        work.run()
        busy(work)
        before = work.status()
        made = work.apply(HERE)
        assert work.status() == before
        assert work.file.read_bytes() == work.blob("main:shop.py") == work.blob(":shop.py") == NEW
        assert work.git("show", "--format=", "--name-status", "main") == "M\tshop.py\n"
        assert made.commit.branch == "main"
        assert work.git("reflog", "-1", "--format=%gs").startswith("tracepy: run ")
        assert subprocess.run(["git", "diff-index", "--quiet", "HEAD", "--", "shop.py"],
                              cwd=work.folder, check=False).returncode == 0  # fmt: skip

    @pytest.mark.parametrize("staged", [True, False])
    @pytest.mark.parametrize("when", ["before the run", "since the run began"])
    def test_edits_of_the_same_file_stay_what_they_are(self, work, staged, when):
        edited = OLD.replace(*MINE)
        if when == "before the run":
            work.run(edited, edited.replace(b"= 5\n", b"= 50\n"))
        else:
            work.run()
        work.file.write_bytes(edited)
        if staged:
            work.git("add", "shop.py")
        diffs = ("diff",), ("diff", "--cached")
        before = work.status(), *(lines(work.git(*diff)) for diff in diffs)
        work.apply(HERE)
        assert (work.status(), *(lines(work.git(*diff)) for diff in diffs)) == before
        assert work.blob("main:shop.py") == NEW
        assert work.file.read_bytes() == NEW.replace(*MINE)

    def test_what_was_applied_before_can_be_committed(self, work):
        work.run()
        with Store.open(work.folder) as store:
            apply(store, store.find("last"))
        made = work.apply(HERE)
        assert (made.paths, work.status(), work.blob("main:shop.py")) == ([], "", NEW)
        with pytest.raises(UserError, match="HEAD holds what the run found already"):
            work.apply(HERE)

    def test_revert_puts_the_file_back_and_leaves_the_commit(self, work):
        work.run()
        work.apply(HERE)
        with Store.open(work.folder) as store:
            revert(store, store.find("last"))
        assert (work.file.read_bytes(), work.blob("main:shop.py")) == (OLD, NEW)

    @pytest.mark.parametrize("step", ["put", "update-ref"])
    def test_a_step_that_fails_takes_the_ones_before_it_back(self, work, step, monkeypatch):
        work.run()
        busy(work)
        before = work.everything()
        if step == "put":
            (work.folder / ".git" / "index.lock").touch()
        else:
            (work.folder / ".git" / "refs" / "heads" / "main.lock").touch()
        with pytest.raises(UserError, match=r"failed: .*\.lock"):
            work.apply(HERE)
        for lock in (work.folder / ".git").rglob("*.lock"):
            lock.unlink()
        assert work.everything() == before
        with Store.open(work.folder) as store:
            assert (store.find("last").applied, store.find("last").written) == (None, {})

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
    @pytest.mark.parametrize("step", ["put", "git"])
    def test_a_killed_one_is_ended_by_the_same_again(self, work, step):
        """Killed behind the index, or behind the files: neither loses what the user had."""
        work.run()
        busy(work)
        work.file.write_bytes(OLD.replace(*MINE))
        before = work.status()
        pid = os.fork()
        if pid == 0:
            plain = getattr(Repository, step)

            def killed(self, *arguments, **options):
                # `put` is called for the tree first; the branch is the last thing that moves.
                if step == "put" and options.get("index") is None:
                    plain(self, *arguments, **options)
                    os.kill(os.getpid(), signal.SIGKILL)
                if arguments[0] == "update-ref":
                    os.kill(os.getpid(), signal.SIGKILL)
                return plain(self, *arguments, **options)

            setattr(Repository, step, killed)
            with suppress(BaseException):
                work.apply(HERE)
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == signal.SIGKILL
        assert work.git("log", "--format=%s") == "first\n"
        work.apply(HERE)
        assert work.status() == before
        assert work.blob("main:shop.py") == work.blob(":shop.py") == NEW
        assert work.file.read_bytes() == NEW.replace(*MINE)


def lines(diff: str) -> list[str]:
    """What a diff adds and removes."""
    return [x for x in diff.split("\n") if x[:1] in "+-" and x[:3] not in ("+++", "---")]


class TestRefused:
    @pytest.fixture(autouse=True)
    def nothing_moves(self, work):
        """Whatever is refused, all is as it was just before."""
        self.before = None
        yield
        assert self.before is not None
        assert work.everything() == self.before

    def refused(self, work, to, match, error=UserError):
        self.before = work.everything()
        with pytest.raises(error, match=match):
            work.apply(to)
        with Store.open(work.folder) as store:
            assert store.find("last").written == {}

    def test_a_branch_that_is_there(self, work):
        work.git("branch", "better")
        work.run()
        self.refused(work, SIDE, "there is a branch better already")

    @pytest.mark.parametrize("name", ["", "a..b", "-x", "HEAD", "@{-1}", "a b"])
    def test_a_name_that_is_none(self, work, name):
        work.run()
        self.refused(work, Destination(name), "is no name that git takes")

    def test_a_branch_in_the_way_of_another(self, work):
        work.git("branch", "better/still")
        work.run()
        self.refused(work, SIDE, r"git update-ref failed: .*better")

    def test_a_detached_head(self, work):
        work.git("checkout", "-q", "--detach")
        work.run()
        self.refused(work, HERE, "HEAD is detached.*--branch NAME")

    @pytest.mark.parametrize("to", [HERE, SIDE])
    def test_in_the_middle_of_a_merge(self, work, to):
        work.git("checkout", "-qb", "side")
        work.git("commit", "-q", "--allow-empty", "-m", "side")
        work.git("checkout", "-q", "main")
        work.git("merge", "-q", "--no-ff", "--no-commit", "side")
        work.run()
        self.refused(work, to, "a merge is under way")

    def test_an_untracked_file(self, work):
        file = work.folder / "mine.py"
        file.write_bytes(OLD)
        work.run(file=file)
        self.refused(work, SIDE, r"mine\.py is not tracked by git")

    def test_an_ignored_file(self, work):
        (work.folder / ".gitignore").write_text(".tracepy/\nmine.py\n")
        file = work.folder / "mine.py"
        file.write_bytes(OLD)
        work.run(file=file)
        self.refused(work, SIDE, r"mine\.py is ignored by git")

    def test_a_file_that_is_only_staged(self, work):
        file = work.folder / "mine.py"
        file.write_bytes(OLD)
        work.git("add", "mine.py")
        work.run(file=file)
        self.refused(work, SIDE, r"mine\.py is not committed yet")

    def test_a_head_that_changed_in_the_same_place(self, work):
        work.run()
        work.file.write_bytes(OLD.replace(b"= 5\n", b"= 6\n"))
        work.git("commit", "-qam", "six")
        work.file.write_bytes(OLD)
        self.refused(work, HERE, r"shop\.py changed in HEAD since.*line 6 of", ConflictError)

    def test_staged_changes_in_the_same_place(self, work):
        work.run()
        work.file.write_bytes(OLD.replace(b"= 5\n", b"= 6\n"))
        work.git("add", "shop.py")
        work.file.write_bytes(OLD)
        self.refused(work, HERE, r"shop\.py changed in the index", ConflictError)

    def test_a_file_that_changed_in_the_same_place(self, work):
        work.run()
        work.file.write_bytes(OLD.replace(b"= 5\n", b"= 6\n"))
        self.refused(work, HERE, r"shop\.py changed on disk since", ConflictError)

    def test_without_a_name_to_commit_under(self, work, monkeypatch):
        for who in ("AUTHOR", "COMMITTER"):
            monkeypatch.delenv(f"GIT_{who}_NAME")
            monkeypatch.delenv(f"GIT_{who}_EMAIL")
        work.git("config", "user.useConfigOnly", "true")
        work.run()
        self.refused(work, HERE, r"(?s)git commit-tree failed: .*user\.(name|email)")


def test_scores_in_a_message_are_plain_numbers():
    assert [score(value) for value in (1_000_000.0, 0.1234567, 1e300, math.inf, None)] == [
        "1000000", "0.123457", "1e+300", "inf", "none",
    ]  # fmt: skip


def test_a_folder_that_is_no_work_tree(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(UserError, match=r"is in no git work tree: .*not a git repository"):
        committing.check([str(tmp_path / "m.py")], HERE)


def test_the_repository_of_a_hook_that_tracepy_runs_in_is_no_matter(work, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=other, check=True)
    with monkeypatch.context() as hook:
        hook.setenv("GIT_DIR", str(other / ".git"))
        hook.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
        repository = Repository.of([work.file])
        assert repository.top == work.folder.resolve()
        assert b"shop.py" in repository.git("ls-files")


def test_a_repository_without_a_commit(work):
    shutil.rmtree(work.folder / ".git")
    work.git("init", "-q")
    with pytest.raises(UserError, match="there is no commit yet"):
        committing.check([str(work.file)], HERE)


def test_files_of_two_repositories(work, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    Work(other)
    with pytest.raises(UserError, match="in 2 git repositories"):
        committing.check([str(work.file), str(other / "shop.py")], HERE)
