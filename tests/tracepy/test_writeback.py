"""Write-back: exactly the edited bytes, all files or none, nobody's edit lost."""

import errno
import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracepy.errors import ConflictError, UserError
from tracepy.transforms.edit import Edit, apply_edits
from tracepy.transforms.source import Source
from tracepy.writeback import Change, write
from tracepy.writeback import files as writeback


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "m.py"
    path.write_bytes(b"x = 1\n")
    return path


def change(path, new=b"x = 2\n", original=b"x = 1\n"):
    return Change(path, original, new)


def only_files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_new_text_is_written_and_nothing_else_is_left(file):
    write([change(file)])
    assert file.read_bytes() == b"x = 2\n"
    assert only_files(file.parent) == ["m.py"]


def test_several_files_in_several_folders(tmp_path, file):
    other = tmp_path / "sub" / "n.py"
    other.parent.mkdir()
    other.write_bytes(b"y = 1\n")
    write([change(file), change(other, b"y = 2\n", b"y = 1\n")])
    assert (file.read_bytes(), other.read_bytes()) == (b"x = 2\n", b"y = 2\n")
    assert only_files(tmp_path) == ["m.py", "sub"]
    assert only_files(other.parent) == ["n.py"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_permissions_stay(file, mode):
    file.chmod(mode)
    write([change(file)])
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_stays(file):
    os.chown(file, 1234, 2345)
    file.chmod(0o4755)
    write([change(file)])
    now = file.stat()
    assert (now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)) == (1234, 2345, 0o4755)


def test_extended_attributes_stay(file):
    try:
        os.setxattr(file, "user.note", b"kept")
    except (OSError, AttributeError):
        pytest.skip("this file system has no extended attributes")
    write([change(file)])
    assert os.getxattr(file, "user.note") == b"kept"


def test_a_symbolic_link_stays_one(tmp_path, file):
    link = tmp_path / "link.py"
    link.symlink_to("m.py")
    write([change(link)])
    assert link.is_symlink()
    assert file.read_bytes() == b"x = 2\n"


def test_other_hard_links_keep_the_old_text(tmp_path, file):
    (tmp_path / "other.py").hardlink_to(file)
    write([change(file)])
    assert (tmp_path / "other.py").read_bytes() == b"x = 1\n"
    assert file.read_bytes() == b"x = 2\n"


def test_an_unchanged_text_does_not_touch_the_file(file):
    before = file.stat()
    write([change(file, b"x = 1\n")])
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


class TestNothingIsWritten:
    @pytest.fixture
    def pair(self, tmp_path, file):
        """Another file, whose change comes first and could be written."""
        other = tmp_path / "a.py"
        other.write_bytes(b"a = 1\n")
        yield Change(other, b"a = 1\n", b"a = 2\n")
        assert other.read_bytes() == b"a = 1\n"
        assert not [name for name in only_files(tmp_path) if name.startswith(".")]

    def test_when_a_file_changed(self, file, pair):
        file.write_bytes(b"x = 1  # mine\n")
        with pytest.raises(ConflictError, match=r"m\.py changed on disk"):
            write([pair, change(file)])
        assert file.read_bytes() == b"x = 1  # mine\n"

    def test_when_a_file_is_gone(self, file, pair):
        file.unlink()
        with pytest.raises(ConflictError, match=r"m\.py is gone"):
            write([pair, change(file)])

    def test_when_a_file_is_read_only(self, file, pair):
        file.chmod(0o444)
        with pytest.raises(UserError, match=r"m\.py is read-only.*chmod u\+w .*--patch FILE"):
            write([pair, change(file)])
        assert file.read_bytes() == b"x = 1\n"

    def test_when_a_folder_is_read_only(self, tmp_path, pair):
        folder = tmp_path / "locked"
        folder.mkdir()
        (folder / "m.py").write_bytes(b"x = 1\n")
        folder.chmod(0o555)
        try:
            with pytest.raises(UserError, match=r"the folder .*locked is read-only"):
                write([pair, change(folder / "m.py")])
        finally:
            folder.chmod(0o755)
        assert only_files(folder) == ["m.py"]

    def test_when_the_disk_is_full(self, file, pair, monkeypatch):
        def full(handle):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(writeback.os, "fsync", full)
        with pytest.raises(UserError, match=r"a\.py, so nothing was written: No space left"):
            write([pair, change(file)])

    @pytest.mark.parametrize(
        "failure", [OSError(errno.EPERM, "Not permitted"), KeyboardInterrupt()]
    )
    def test_when_the_last_rename_fails(self, file, pair, monkeypatch, failure):
        rename = Path.replace

        def failing(self, target):
            if Path(target).name == "m.py":
                raise failure
            return rename(self, target)

        monkeypatch.setattr(Path, "replace", failing)
        inode = Path(pair.path).stat().st_ino
        raised = UserError if isinstance(failure, OSError) else KeyboardInterrupt
        try:
            with pytest.raises(raised):
                write([pair, change(file)])
        finally:
            monkeypatch.undo()
        assert file.read_bytes() == b"x = 1\n"
        assert Path(pair.path).stat().st_ino == inode

    def test_when_a_copy_must_do_for_a_hard_link(self, file, pair, monkeypatch):
        def unsupported(self, target):
            raise OSError(errno.EPERM, "Not permitted")

        rename = Path.replace

        def failing(self, target):
            if Path(target).name == "m.py":
                raise OSError(errno.EIO, "Broken disk")
            return rename(self, target)

        monkeypatch.setattr(Path, "hardlink_to", unsupported)
        monkeypatch.setattr(Path, "replace", failing)
        with pytest.raises(UserError, match=r"m\.py, so nothing was written: Broken disk"):
            write([pair, change(file)])

    def test_when_a_file_changes_between_the_checks_and_the_renames(self, file, pair, monkeypatch):
        prepare = writeback._prepare

        def slow(path, wanted):
            result = prepare(path, wanted)
            file.write_bytes(b"x = 1  # just now\n")
            return result

        monkeypatch.setattr(writeback, "_prepare", slow)
        with pytest.raises(ConflictError):
            write([pair, change(file)])
        assert file.read_bytes() == b"x = 1  # just now\n"

    def test_when_two_changes_are_for_one_file(self, tmp_path, file, pair):
        (tmp_path / "link.py").symlink_to("m.py")
        with pytest.raises(ValueError, match="same file"):
            write([pair, change(file), change(tmp_path / "link.py")])


def test_what_cannot_be_put_back_is_said_and_its_old_text_kept(tmp_path, file, monkeypatch):
    other = tmp_path / "a.py"
    other.write_bytes(b"a = 1\n")
    rename, seen = Path.replace, []

    def failing(self, target):
        seen.append(target)
        if len(seen) > 1:
            raise OSError(errno.EIO, "Broken disk")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(UserError, match=r"stay changed: .*a\.py \(Broken disk; the old text is in"):
        write([Change(other, b"a = 1\n", b"a = 2\n"), change(file)])
    [kept] = tmp_path.glob(".tracepy-*")
    assert kept.read_bytes() == b"a = 1\n"
    assert file.read_bytes() == b"x = 1\n"


lines = st.lists(
    st.text(st.sampled_from("xyz =\t\f\x0b'#é\xa0"), max_size=12)
    | st.just("y = 1  # " + "long " * 2000),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(
    lines,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "bom", "latin-1"]),
    st.booleans(),
    st.data(),
)
def test_a_splice_changes_exactly_the_edited_bytes(parts, end, kind, final, data):
    head = "# -*- coding: latin-1 -*-" if kind == "latin-1" else "# head"
    text = end.join([head, *parts]) + (end if final else "")
    original = text.encode("latin-1" if kind == "latin-1" else "utf-8")
    original = b"\xef\xbb\xbf" + original if kind == "bom" else original
    source = Source.decode(original)
    assert source.text == text

    start = data.draw(st.integers(len(head) + len(end), len(text)))
    stop = data.draw(st.integers(start, len(text)))
    put = data.draw(st.text(st.sampled_from("ab \té\n"), max_size=5))
    new = source.encode(apply_edits(text, [Edit(start, stop, put)]))

    before, after = source.encode(text[:start]), text[stop:].encode(source.encoding)
    assert new == before + put.encode(source.encoding) + after
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "m.py"
        file.write_bytes(original)
        write([Change(file, original, new)])
        assert file.read_bytes() == new
