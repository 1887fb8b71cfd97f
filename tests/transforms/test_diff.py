"""Diffs: `git apply` and `patch -p1` make exactly the new bytes of the old ones."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracepy.transforms.diff import apply_hunks, hunks, printable, to_bytes, unified, unified_many

TOOLS = [
    pytest.param(command, marks=pytest.mark.skipif(not shutil.which(command[0]), reason="not here"))
    for command in (["git", "apply"], ["patch", "-p1", "--binary", "-s", "-i"])
]
LONG = "".join(f"line {number}\n" for number in range(1, 41))
FILES = {
    "middle": (b"a\nb\nc\n", b"a\nB\nc\n"),
    "crlf": (b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
    "one crlf": (b"a\r\nb\nc\r", b"a\nb\r\nc\r"),
    "no final newline": (b"a\nb", b"a\nc"),
    "newline added": (b"a\nb", b"a\nb\n"),
    "newline removed": (b"a\nb\n", b"a\nb"),
    "form feed": (b"a\n\x0c\nb\x0bc\n", b"a\n\x0c\nb\x0bd\n"),
    "latin-1": (b"# coding: latin-1\nx = '\xe9'\n", b"# coding: latin-1\nx = '\xe8'\n"),
    "bom": (b"\xef\xbb\xbfx = 1\n", b"\xef\xbb\xbfx = 2\n"),
    "unicode": ("é\u2028\x85ß\n".encode(), "è\u2028\x85ß\n".encode()),
    "from empty": (b"", b"a\n"),
    "deleted lines": (b"a\nb\nc\n", b"b\n"),
    "very long line": (b"x" * 100_000 + b"\ny\n", b"x" * 100_000 + b"\nz\n"),
    "far apart": (LONG.encode(), LONG.replace("line 3\n", "3\n").replace("line 33\n", "").encode()),
    "looks like a diff": (b"--- a\n+++ b\n", b"--- a\n-- c\n+++ b\n"),
}


def applied(command, label, old, new):
    with TemporaryDirectory() as folder:
        file = Path(folder, label)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(old)
        Path(folder, "the.patch").write_bytes(to_bytes(unified_many({label: (old, new)})))
        subprocess.run([*command, "the.patch"], cwd=folder, check=True, capture_output=True)
        return file.read_bytes()


@pytest.mark.parametrize("command", TOOLS)
@pytest.mark.parametrize("name", FILES)
def test_tools_make_the_new_bytes(command, name):
    old, new = FILES[name]
    assert applied(command, "pkg/m.py", old, new) == new


@pytest.mark.parametrize("command", TOOLS)
@pytest.mark.parametrize("label", ["with space.py", 'quo"te.py', "back\\slash.py", "é.py"])
def test_tools_find_files_of_any_name(command, label):
    assert applied(command, label, b"a\n", b"b\n") == b"b\n"


lines = st.lists(st.sampled_from(["a\n", "b\n", "\n", "c\r\n", "é\x0c\n"]), max_size=30).map(
    "".join
)
tails = st.sampled_from(["", "end", "e\r"])


@pytest.mark.skipif(not shutil.which("git"), reason="git is not here")
@settings(max_examples=40, deadline=None)
@given(lines, tails, lines, tails)
def test_git_applies_any_change(old, old_tail, new, new_tail):
    before, after = f"x\n{old}{old_tail}".encode(), f"x\n{new}{new_tail}".encode()
    if before != after:
        assert applied(["git", "apply"], "m.py", before, after) == after


@settings(max_examples=200)
@given(lines, tails, lines, tails, st.integers(0, 4))
def test_hunks_applied_give_the_new_text(old, old_tail, new, new_tail, context):
    found = hunks(old + old_tail, new + new_tail, context)
    assert apply_hunks(old + old_tail, found) == new + new_tail
    assert apply_hunks(old + old_tail, []) == old + old_tail


def test_some_hunks_may_be_left_out():
    new = LONG.replace("line 3\n", "3\n").replace("line 33\n", "33\n")
    first, second = hunks(LONG, new)
    assert apply_hunks(LONG, [second]) == LONG.replace("line 33\n", "33\n")
    assert apply_hunks(LONG, [second, first]) == new
    with pytest.raises(ValueError, match="does not fit"):
        apply_hunks("other\n", [first])


def test_the_form_is_git_s():
    assert unified("m.py", "a\nb\nc\nd\ne\n", "a\nb\nc\nd\nE") == (
        "diff --git a/m.py b/m.py\n"
        "--- a/m.py\n"
        "+++ b/m.py\n"
        "@@ -2,4 +2,4 @@\n"
        " b\n c\n d\n-e\n+E\n\\ No newline at end of file\n"
    )


def test_no_change_is_no_diff():
    assert unified("m.py", "a\n", "a\n") == ""
    assert unified_many({}) == ""


def test_a_diff_with_bytes_that_are_not_utf_8_can_be_shown():
    patch = unified_many({"m.py": FILES["latin-1"]})
    assert "+x = 'è'\n" in printable(patch)
    printable(patch).encode()
    assert b"+x = '\xe8'\n" in to_bytes(patch)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not here")
@pytest.mark.parametrize(
    ("label", "old", "new"),
    [
        ("m.py", b"a\nb\n", b""),
        ("m.py", b"a", b""),
        ("m.py", b"", b"a"),
        ("m.py", b"a\rb\rc", b"a\rB\rc"),
        ("a\nb.py", b"a\n", b"b\n"),
        ("a\tb.py", b"a\n", b"b\n"),
        ("dir /m .py", b"a\n", b"b\n"),
        ("-m.py", b"a\n", b"b\n"),
        ("a/b/ b/m.py", b"a\n", b"b\n"),
    ],
)
def test_git_takes_what_other_tools_do_not(label, old, new):
    assert applied(["git", "apply", "--whitespace=nowarn"], label, old, new) == new
