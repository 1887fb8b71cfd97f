"""A judge's folder goes with it, and what a killed one left goes with the next."""

import subprocess
import sys
from pathlib import Path

from tracepy.evaluation.scratch import Scratch

KILLED = """
import os, signal, sys
from pathlib import Path
from tracepy.evaluation.scratch import Scratch

scratch = Scratch(Path(sys.argv[1]))
Path(scratch.path, "left").write_text("x")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_folder_goes_when_it_is_closed(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    Path(scratch.path, "file").write_text("x")
    scratch.close()
    scratch.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    (left,) = tmp_path.iterdir()
    scratch = Scratch(tmp_path)
    assert list(tmp_path.iterdir()) == [Path(scratch.path)] != [left]
    scratch.close()


def test_a_folder_that_is_in_use_stays(tmp_path: Path) -> None:
    first, second = Scratch(tmp_path), Scratch(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    first.close()
    second.close()


def test_other_peoples_files_stay(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "tracepy-judge-link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "tracepy-judge-file").write_text("x")
    (tmp_path / "tracepy-judged").mkdir()
    Scratch(tmp_path).close()
    assert len(list(tmp_path.iterdir())) == 4
