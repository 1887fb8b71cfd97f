"""A patch is one that git takes, wherever in a work tree the project is."""

import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not here")

OLD = b"# coding: latin-1\r\nNAME = '\xe9'\r\nLIMIT = 3  # tracepy: train in {3, 9}"


@pytest.mark.parametrize("repository", ["", "above", "here"])
def test_git_apply_takes_what_diff_prints(tracepy, project, repository):
    folder = project / "über all" if repository == "above" else project
    if repository:
        subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text("")
    file = folder / "my speed.py"
    file.write_bytes(OLD)
    (folder / "judge.py").write_text(
        "import importlib\n\n\ndef score():\n    return importlib.import_module('my speed').LIMIT\n"
    )
    found = tracepy(
        "optimize", str(file), "--objective", "judge:score", "--goal", "9", "--evaluations", "20"
    )
    assert found.returncode == 0, found.stderr
    shown = subprocess.run(  # as bytes, for a text of it would lose its \r
        [sys.executable, "-m", "tracepy", "diff"], cwd=folder, check=True, capture_output=True
    )
    subprocess.run(["git", "apply"], cwd=folder, input=shown.stdout, check=True)
    assert file.read_bytes() == OLD.replace(b"LIMIT = 3", b"LIMIT = 9")
