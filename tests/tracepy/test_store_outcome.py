"""Applying a run and taking it back: other edits are kept, and no kill leaves a puzzle."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tracepy.errors import ConflictError, UserError
from tracepy.result import Result
from tracepy.store import Store
from tracepy.store.outcome import apply, revert
from tracepy.writeback import Change, alone

BODY = b"".join(b"line_%d = %d\n" % (n, n) for n in range(12))
BOM = b"\xef\xbb\xbf"
KINDS = {
    "plain": BODY,
    "crlf": BODY.replace(b"\n", b"\r\n"),
    "cr": BODY.replace(b"\n", b"\r"),
    "bom": BOM + BODY,
    "bom and crlf": BOM + BODY.replace(b"\n", b"\r\n"),
    "latin-1": b"# coding: latin-1\nx = '\xe9'\n" + BODY,
    "no final newline": BODY.rstrip(b"\n"),
}


def better(old: bytes) -> bytes:
    """The run's change."""
    return old.replace(b"line_5 = 5", b"line_5 = 50")


def mine(old: bytes) -> bytes:
    """A change of the user's, elsewhere."""
    return old.replace(b"line_1 = 1", b"line_1 = 1 # mine")


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.delenv("TRACEPY_STORE", raising=False)
    return tmp_path


@pytest.fixture
def store(project):
    with Store.open(project) as store:
        yield store


def finished(store: Store, *files: Path) -> str:
    """A run that started from the files as they are and found `better` of each; its id."""
    originals = {str(file): file.read_bytes() for file in files}
    run = store.create(
        target="m.py", optimizer="search", settings={}, objective="o", files=originals
    )
    store.finish(
        run, status="finished", baseline=0.0, best=1.0, improved=True, evaluations=2, seconds=1.0,
        new={path: better(data) for path, data in originals.items()}, parameters=[], patch="p",
    )  # fmt: skip
    return run


def made(folder: Path, *names: str, data: bytes = BODY) -> list[Path]:
    files = [folder / name for name in names or ("m.py",)]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
    return files


def state(store: Store, run: str) -> tuple[bool | None, list[str], list[str]]:
    found = store.find(run)
    names = [sorted(Path(path).name for path in paths) for paths in (found.written, found.before)]
    return found.applied, *names


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_changed_elsewhere_gets_both_and_goes_back(store, project, kind):
    old = KINDS[kind]
    [file] = made(project, data=old)
    run = finished(store, file)
    file.write_bytes(mine(old))
    written = apply(store, store.find(run))
    assert (written.paths, written.merged) == ([str(file)], [str(file)])
    assert file.read_bytes() == mine(better(old))
    assert state(store, run) == (True, ["m.py"], ["m.py"])
    with pytest.raises(UserError, match="applied already"):
        apply(store, store.find(run))
    revert(store, store.find(run))
    assert file.read_bytes() == mine(old)
    assert state(store, run) == (False, [], [])


def test_one_file_merged_and_one_not(store, project):
    one, other = made(project, "a.py", "b.py")
    run = finished(store, one, other)
    other.write_bytes(mine(BODY))
    assert apply(store, store.find(run)).merged == [str(other)]
    assert (one.read_bytes(), other.read_bytes()) == (better(BODY), mine(better(BODY)))
    revert(store, store.find(run))
    assert (one.read_bytes(), other.read_bytes()) == (BODY, mine(BODY))


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (BODY.replace(b"= 5\n", b"= 6\n"), r"m\.py changed on disk.*: line 6 of "),
        (BODY.replace(b"line_5 = 5\nline_6 = 6\n", b"x = 1\ny = 1\n"), r"lines 6-7 of "),
        (BODY.replace(b"line_1 = 1", b"line_1 = ("), "as it is now it does not compile"),
        (BODY.replace(b"line_1 = 1", b"line_1 = '\xe9'"), "cannot be read"),
        (BOM + BODY, r"m\.py changed its encoding"),
        (b"", "lines? 1"),
    ],
)
def test_a_file_that_cannot_be_merged_is_left_alone_and_the_patch_named(store, project, now, says):
    one, other = made(project, "a.py", "m.py")
    run = finished(store, one, other)
    other.write_bytes(now)
    with pytest.raises(ConflictError, match=says) as raised:
        apply(store, store.find(run))
    assert f"tracepy diff {run}" in str(raised.value)
    assert (one.read_bytes(), other.read_bytes()) == (BODY, now)
    assert state(store, run) == (None, [], [])


def test_two_changes_that_do_not_compile_together_are_not_merged(store, project):
    old = b"x = (\n1,\n2,\n3,\n4,\n)\n"
    [file] = made(project, data=old)
    run = store.create(
        target="m.py", optimizer="s", settings={}, objective="o", files={str(file): old}
    )
    new = b"x = [\n1,\n2,\n3,\n4,\n]\n"
    store.finish(
        run, status="finished", baseline=0.0, best=1.0, improved=True, evaluations=2, seconds=1.0,
        new={str(file): new}, parameters=[], patch="p",
    )  # fmt: skip
    ours = b"x = (\n1,\n2,\n) + (\n4,\n)\n"
    file.write_bytes(ours)
    with pytest.raises(ConflictError, match=r"with both changes it does not compile.*line 1"):
        apply(store, store.find(run))
    assert file.read_bytes() == ours


def test_revert_leaves_a_file_alone_that_changed_since(store, project):
    [file] = made(project)
    run = finished(store, file)
    apply(store, store.find(run))
    file.write_bytes(mine(better(BODY)))
    with pytest.raises(ConflictError, match=r"git apply -R"):
        revert(store, store.find(run))
    assert file.read_bytes() == mine(better(BODY))
    assert state(store, run) == (True, ["m.py"], [])


def test_a_part_and_then_the_rest_go_back_together(store, project):
    one, other = made(project, "a.py", "b.py")
    run = finished(store, one, other)
    one.write_bytes(mine(BODY))
    apply(store, store.find(run), {str(one): better(BODY)})
    assert apply(store, store.find(run)).paths == [str(other)]
    revert(store, store.find(run))
    assert (one.read_bytes(), other.read_bytes()) == (mine(BODY), BODY)


def test_result_write_is_known_to_revert(store, project):
    [file] = made(project)
    run = finished(store, file)
    change = Change(file, BODY, better(BODY))
    result = Result(
        run, "m.py", "search", "o", 0.0, 1.0, True, True, 2, 1.0, [], "p", (change,),
        store=store.place,
    )  # fmt: skip
    result.write()
    assert file.read_bytes() == better(BODY)
    assert state(store, run) == (True, ["m.py"], [])
    revert(store, store.find(run))
    assert file.read_bytes() == BODY


def test_a_store_that_fails_after_the_files_are_written_is_told_so(store, project, monkeypatch):
    [file] = made(project)
    run = finished(store, file)

    def full(*_, **__):
        raise UserError("the disk is full")

    monkeypatch.setattr(Store, "mark", full)
    with pytest.raises(UserError, match=r"the files are written, but .*disk is full(?s:.*)revert"):
        apply(store, store.find(run))
    monkeypatch.undo()
    assert file.read_bytes() == better(BODY)
    assert store.find(run).applied is None
    revert(store, store.find(run))
    assert file.read_bytes() == BODY


def test_a_file_that_cannot_be_written_is_not_remembered_as_written(store, project, monkeypatch):
    one, other = made(project, "a.py", "b.py")
    run = finished(store, one, other)
    apply(store, store.find(run), {str(one): better(BODY)})
    monkeypatch.setattr("tracepy.store.outcome.replace", _fails)
    with pytest.raises(UserError, match="cannot write"):
        apply(store, store.find(run))
    monkeypatch.undo()
    assert state(store, run) == (True, ["a.py"], [])


def _fails(changes):
    raise UserError("cannot write")


class TestOtherThingsInTheFilesPlace:
    @pytest.fixture
    def run(self, store, project):
        made(project, "a.py", "m.py")
        return finished(store, project / "a.py", project / "m.py")

    @pytest.fixture(autouse=True)
    def the_other_file_stays(self, project, run):
        (project / "m.py").unlink()
        yield
        assert (project / "a.py").read_bytes() == BODY
        assert not list(project.glob(".tracepy-*"))

    def refused(self, store, run, why):
        with pytest.raises(ConflictError, match=rf"m\.py {why}"):
            apply(store, store.find(run))
        assert state(store, run) == (None, [], [])

    def test_nothing(self, store, run):
        self.refused(store, run, "is gone")

    def test_a_folder(self, store, run, project):
        (project / "m.py").mkdir()
        self.refused(store, run, "is no regular file any more")

    def test_a_pipe(self, store, run, project):
        os.mkfifo(project / "m.py")
        self.refused(store, run, "is no regular file any more")

    def test_a_device(self, store, run, project):
        (project / "m.py").symlink_to("/dev/zero")
        self.refused(store, run, "is a symbolic link now")

    def test_a_link_to_somebody_elses_file(self, store, run, project, tmp_path_factory):
        outside = tmp_path_factory.mktemp("outside") / "m.py"
        outside.write_bytes(BODY)
        (project / "m.py").symlink_to(outside)
        self.refused(store, run, "is a symbolic link now")
        assert outside.read_bytes() == BODY


def killed_at(step: int, project: Path, run: str, action) -> None:
    """Do it in a process that is killed just before its rename number `step`."""
    pid = os.fork()
    if pid == 0:
        rename, seen = Path.replace, []

        def counted(self, target):
            seen.append(target)
            if len(seen) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return rename(self, target)

        Path.replace = counted  # type: ignore[method-assign]
        with suppress(BaseException), Store.open(project) as store:
            action(store, store.find(run))
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.parametrize("step", [1, 2, 3])
class TestKilled:
    @pytest.fixture
    def files(self, project):
        return made(project, "a.py", "b.py", "sub/c.py")

    @pytest.fixture
    def run(self, project, files):
        with Store.open(project) as store:
            run = finished(store, *files)
        files[1].write_bytes(mine(BODY))  # so that one is a merge
        return run

    OLD = (BODY, mine(BODY), BODY)
    NEW = (better(BODY), mine(better(BODY)), better(BODY))

    def held(self, files, project):
        return tuple(file.read_bytes() for file in files)

    def clean(self, project):
        return not list(project.rglob(".tracepy-*"))

    def test_an_apply_can_be_ended(self, project, files, run, step):
        killed_at(step, project, run, apply)
        assert self.held(files, project) == self.NEW[: step - 1] + self.OLD[step - 1 :]
        with Store.open(project) as store:
            apply(store, store.find(run))
            assert (self.held(files, project), self.clean(project)) == (self.NEW, True)
            revert(store, store.find(run))
            assert self.held(files, project) == self.OLD

    def test_an_apply_can_be_taken_back(self, project, files, run, step):
        killed_at(step, project, run, apply)
        with Store.open(project) as store:
            assert store.find(run).applied is None
            with suppress(UserError):  # before the first rename there is nothing to take back
                revert(store, store.find(run))
            assert (self.held(files, project), self.clean(project)) == (self.OLD, True)
            assert state(store, run) == (False, [], [])

    def test_a_revert_can_be_ended(self, project, files, run, step):
        with Store.open(project) as store:
            apply(store, store.find(run))
        killed_at(step, project, run, revert)
        with Store.open(project) as store:
            revert(store, store.find(run))
            assert (self.held(files, project), self.clean(project)) == (self.OLD, True)
            assert state(store, run) == (False, [], [])


def test_of_two_applies_at_once_one_writes(project):
    files = made(project, *(f"{letter}.py" for letter in "abcdef"))
    with Store.open(project) as store:
        run = finished(store, *files)
    said = []

    def write():
        with Store.open(project) as store:
            try:
                said.append(len(apply(store, store.find(run)).paths))
            except UserError as error:
                said.append(str(error))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {file.read_bytes() for file in files} == {better(BODY)}
    assert said.count(6) == 1
    assert sum("applied already" in str(item) for item in said) == 3


def test_a_writer_waits_for_another_and_then_gives_up(project, monkeypatch):
    monkeypatch.setattr("tracepy.writeback.locks.PATIENCE", 0.0)
    [file] = made(project)
    says = pytest.raises(UserError, match="another tracepy is writing files in")
    with alone([file]), says, alone([file]):
        pass
    with alone([file]):
        pass


def test_only_what_tracepy_left_behind_is_removed(project):
    [file] = made(project)
    left = [".tracepy-write-abcd1234", ".tracepy-write-abcd12_4-old"]
    others = [
        ".tracepy-mine",
        ".tracepy-write-x",
        "tracepy-write-abcd1234",
        ".tracepy-write-ABCDEFGH",
    ]
    for name in left + others:
        (project / name).touch()
    with alone([file]):
        assert sorted(path.name for path in project.iterdir()) == sorted([*others, "m.py"])
