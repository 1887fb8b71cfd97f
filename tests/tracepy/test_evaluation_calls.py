"""Lists of system calls: put together once, made in any process."""

import os
import sys

import pytest

from tracepy.evaluation import linux
from tracepy.evaluation.calls import Calls, call

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="system calls of Linux")


def test_calls_are_made_in_their_order(tmp_path):
    calls = Calls()
    calls.add("mkdirat", linux.AT_FDCWD, str(tmp_path / "inner"), 0o700)
    calls.add("symlinkat", "inner", linux.AT_FDCWD, str(tmp_path / "link"))
    calls.run()
    assert (tmp_path / "link").resolve() == tmp_path / "inner"


def test_a_list_can_be_made_again_after_more_was_added(tmp_path):
    calls = Calls()
    calls.add("mkdirat", linux.AT_FDCWD, str(tmp_path / "one"), 0o700, lenient=True)
    calls.seal().run()
    calls.add("mkdirat", linux.AT_FDCWD, str(tmp_path / "two"), 0o700)
    calls.run()
    assert sorted(os.listdir(tmp_path)) == ["one", "two"]


def test_a_call_can_take_what_an_earlier_one_returned(tmp_path):
    (tmp_path / "file").write_text("text")
    calls = Calls()
    held = calls.add("openat", linux.AT_FDCWD, str(tmp_path / "file"), os.O_RDONLY, 0)
    calls.add("dup3", held, 200, os.O_CLOEXEC)
    calls.add("close", held)
    calls.run()
    assert os.read(200, 10) == b"text"
    os.close(200)


def test_the_first_failure_ends_it_and_says_which_call_it_was(tmp_path):
    calls = Calls()
    calls.add("chdir", str(tmp_path / "missing"), lenient=True)
    calls.add("mkdirat", linux.AT_FDCWD, str(tmp_path / "no" / "folder"), 0o700)
    calls.add("mkdirat", linux.AT_FDCWD, str(tmp_path / "never"), 0o700)
    with pytest.raises(FileNotFoundError, match=r"mkdirat .*no/folder"):
        calls.run()
    assert os.listdir(tmp_path) == []


def test_names_that_are_no_text_and_large_numbers_pass(tmp_path):
    name = os.fsdecode(b"\xff\xfe")
    call("mkdirat", linux.AT_FDCWD, str(tmp_path / name), 0o700)
    assert os.listdir(tmp_path) == [name]
    with pytest.raises(OSError, match="close"):
        call("close", (1 << 64) - 1)


def test_what_this_system_does_not_have_is_an_error():
    with pytest.raises(OSError, match="reboot"):
        Calls().add("reboot")
