"""`tracepy run`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = """\
import sys
def f(a):
    return a + 1
print(f(1), sys.argv)
sys.exit(3)
"""
DRIVER = "import sys; from tracepy.cli.main import main; sys.exit(main())"


def tracepy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", DRIVER, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


def test_a_script_gets_its_arguments_and_gives_its_status(tmp_path: Path) -> None:
    (tmp_path / "s.py").write_text(SCRIPT)
    done = tracepy(tmp_path, "run", "--graph", "g.json", "s.py", "-x", "--graph", "y")
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout == "2 ['s.py', '-x', '--graph', 'y']\n"
    graph = json.loads((tmp_path / "g.json").read_text())
    assert {"return", "argument"} <= {node["kind"] for node in graph["nodes"]}


def test_a_module_runs_like_python_dash_m(tmp_path: Path) -> None:
    package = tmp_path / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("import sys\nprint(__spec__.name, sys.argv[1:])\n")
    command = [sys.executable, "-m", "pkg", "a", "-m"]
    plain = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    done = tracepy(tmp_path, "run", "-m", "pkg", "a", "-m")
    assert (done.returncode, done.stdout) == (plain.returncode, plain.stdout)


def test_patterns_choose_what_is_recorded(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def g(a):\n    return a * 2\n")
    (tmp_path / "s.py").write_text("import helper\nprint(helper.g(2))\n")
    done = tracepy(tmp_path, "run", "--instrument", "helper", "--graph", "g.json", "s.py")
    assert done.stdout == "4\n"
    graph = json.loads((tmp_path / "g.json").read_text())
    assert {Path(node["file"]).name for node in graph["nodes"]} == {"helper.py"}


def test_the_configuration_marks_modules(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.tracepy]\ninstrument = ["helper"]\n')
    (tmp_path / "helper.py").write_text("def g(a):\n    return a * 2\n")
    (tmp_path / "s.py").write_text("import helper\nprint(helper.g(2))\n")
    tracepy(tmp_path, "run", "--graph", "g.json", "s.py")
    graph = json.loads((tmp_path / "g.json").read_text())
    assert "helper.py" in {Path(node["file"]).name for node in graph["nodes"]}


def test_mistakes_are_one_line_and_status_2(tmp_path: Path) -> None:
    for arguments in (["run"], ["run", "nothing.py"], ["run", "-m", "no_such_module_here"]):
        done = tracepy(tmp_path, *arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("tracepy: error: ")
        assert done.stderr.count("\n") == 1
