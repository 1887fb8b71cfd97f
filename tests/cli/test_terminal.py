"""On a real (pseudo) terminal: questions are asked there, and colours shown."""

from __future__ import annotations

import os
import pty
import re
import sys
from pathlib import Path

import pytest


def on_terminal(
    cwd: Path, *args: str, answers: tuple[str, ...] = (), **env: str
) -> tuple[int, str]:
    """Run the command line on a terminal of its own, answering each prompt in turn."""
    command = [sys.executable, "-m", "tracepy", *args]
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execve(sys.executable, command, {**os.environ, "TERM": "xterm-256color", **env})
    seen, left = b"", list(answers)
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux reports a terminal without users as EIO
            break
        if not piece:
            break
        seen += piece
        if left and seen.endswith(b"]: "):
            os.write(terminal, left.pop(0).encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode()


@pytest.fixture
def run(tracepy, session):
    tracepy("optimize", "shop.py")


def test_review_asks_and_writes(run, project, old):
    status, text = on_terminal(project, "review", answers=("?", "y", "n", "y"))
    assert status == 0
    assert "it has no score: error: " in text  # this project has nothing that judges
    assert "write it all the same? [y/N]" in text
    assert "shop.py (1 of 2)" in text
    assert "y  take this hunk" in text
    assert "wrote shop.py" in text
    wanted = old.replace("x + RATE", "x * RATE")
    assert (project / "shop.py").read_bytes() == wanted.encode()


def test_review_opens_the_editor(run, project, old):
    editor = "sed -i s/LIMIT.=.12/LIMIT=11/"
    status, _ = on_terminal(project, "review", answers=("n", "e", "y"), VISUAL="", EDITOR=editor)
    assert status == 0
    assert (project / "shop.py").read_bytes() == old.replace("LIMIT = 10", "LIMIT=11").encode()


def test_an_editor_that_is_not_there_leaves_the_hunk_to_be_decided(run, project, old):
    status, text = on_terminal(project, "review", answers=("e", "q"), VISUAL="", EDITOR="no-such")
    assert (status, "nothing taken" in text) == (0, True)
    assert (project / "shop.py").read_bytes() == old.encode()


def test_review_that_is_interrupted_writes_nothing(run, project, old):
    status, _ = on_terminal(project, "review", answers=("y", "\x03"))
    assert status == 130
    assert (project / "shop.py").read_bytes() == old.encode()


def test_the_diff_is_coloured_unless_no_color(run, project):
    assert "\x1b[32m+    return x * RATE" in on_terminal(project, "diff")[1]
    assert "\x1b" not in on_terminal(project, "diff", NO_COLOR="1")[1]


@pytest.mark.parametrize("columns", ["40", "120"])
def test_runs_fit_the_terminal(run, project, columns):
    status, text = on_terminal(project, "runs", COLUMNS=columns)
    assert status == 0
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).split("\r\n")
    assert max(map(len, lines)) <= int(columns)


def test_a_run_shows_its_progress_and_what_to_type_next(project):
    (project / "speed.py").write_text("LIMIT = 3  # tracepy: train in [0, 9]\n")
    (project / "judge.py").write_text("import speed\n\n\ndef score():\n    return speed.LIMIT\n")
    status, text = on_terminal(
        project, "optimize", "speed.py", "--objective", "judge:score", "--evaluations", "12"
    )
    assert status == 0
    progress, _, result = text.rpartition("better: 3 -> ")
    assert "\x1b[1mtracepy optimize speed.py" in progress
    assert "12 evaluations" in progress
    assert "baseline: reading the program" in progress
    assert "\x1b[32m+LIMIT = " in result
    assert "tracepy apply last" in result
