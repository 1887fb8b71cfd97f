"""A whole run whose optimizer proposes nothing but hostile candidates, and one good one at last."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile import watch

START = "def price(n):\n    return 1\n"
GOOD = "def price(n):\n    return n * 2\n"
TESTS = "import shop\n\ndef test_price():\n    assert shop.price(3) == 6\n"
# None of them reaches out of its process: this run has no cell round it.
HOSTILE = [
    "def price(n):\n    while True: pass\n",
    "import os\nos._exit(0)\n",
    "raise SystemExit\n",
    "def price(n):\n    raise KeyboardInterrupt\n",
    "def price(n):\n    raise ValueError('\\x1b]0;title\\x07\\x1b[2J\\ud800\\x00')\n",
    "print('\\x1b[2J\\x1b[31mred' * 1000)\ndef price(n):\n    return '\\x1b[5m'\n",
    "import os\nos.closerange(0, 99)\ndef price(n):\n    return 0\n",
    "def price(n):\n    return bytearray(10**12)\n",
    "def price(n:\n",
    "x = '\ud800'\n",
    "x = 1 \0\n",
    "x = " + "(" * 50_000 + ")" * 50_000 + "\n",
    "# \x1b[2J\x1b]0;title\x07\r\x08\ndef price(n):\n    return 3\n",
    "",
]
OPTIMIZER = """\
import json
from pathlib import Path

from tracepy.optimizers import Proposal

class Hostile:
    def __init__(self, task):
        (self.path,) = task.originals
        self.left = json.loads(Path(__file__).with_name("hostile.json").read_text())

    def propose(self, state):
        texts, self.left = self.left[:4], self.left[4:]
        return [Proposal({self.path: text}, "\\x1b[2J hostile \\x1b]0;title\\x07") for text in texts]

    def observe(self, outcomes):
        pass
"""


def run(project: Path, plugins: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tracepy", *arguments],
        cwd=project,
        env={
            **os.environ,
            "PYTHONPATH": str(plugins),
            "HOME": str(project.parent),
            "TMPDIR": str(plugins / "tmp"),
            "NO_COLOR": "1",
        },
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project, and a folder with an optimizer that another distribution brings."""
    home = tmp_path_factory.mktemp("home").resolve()
    project, plugins = home / "shop", home / "plugins"
    (project / "tests").mkdir(parents=True)
    (project / "pyproject.toml").write_text("")
    (project / "shop.py").write_text(START)
    (project / "tests" / "test_shop.py").write_text(TESTS)
    about = plugins / "hostile-1.dist-info"
    about.mkdir(parents=True)
    (plugins / "tmp").mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[tracepy.optimizers]\nhostile = hostile:Hostile\n")
    (plugins / "hostile.py").write_text(OPTIMIZER)
    (plugins / "hostile.json").write_text(json.dumps([*HOSTILE, GOOD]))
    return project, plugins


@pytest.fixture(scope="module")
def finished(place: tuple[Path, Path]) -> subprocess.CompletedProcess[bytes]:
    project, plugins = place
    before = watch.tree([str(project)])
    options = ["--pytest", "tests", "--optimizer", "hostile", "--timeout", "1s", "--json"]
    done = run(project, plugins, "optimize", "shop.py", *options)
    after = watch.tree([str(project)], [str(project / ".tracepy")])
    assert watch.changes(before, after) == []
    assert list((plugins / "tmp").iterdir()) == []
    return done


def test_a_run_over_hostile_candidates_finds_the_good_one(
    finished: subprocess.CompletedProcess[bytes],
) -> None:
    assert finished.returncode == 0, finished.stderr.decode()[-2000:]
    found = json.loads(finished.stdout)
    assert (found["best"], found["improved"]) == (1.0, True)
    assert b"Traceback" not in finished.stderr


def test_nothing_of_a_candidate_reaches_the_terminal_as_it_is(
    finished: subprocess.CompletedProcess[bytes], place: tuple[Path, Path]
) -> None:
    shown = [
        finished.stderr,
        *(run(*place, *words).stdout for words in (["show", "last"], ["runs"])),
    ]
    for text in shown:
        assert not set(text) & {0x1B, 0x07, 0x08, 0x00}, text[:500]


def test_a_program_that_cannot_be_judged_says_so_without_its_escapes(
    place: tuple[Path, Path], tmp_path: Path
) -> None:
    project = tmp_path / "odd"
    project.mkdir()
    (project / "pyproject.toml").write_text("")
    odd = "print('\\x1b[2J\\x07')\nraise ValueError('\\x1b]0;title\\x07')\n"
    (project / "odd.py").write_text(f"def price(n):\n    return 1\n\n{odd}")
    (project / "test_odd.py").write_text("import odd\n\ndef test_odd():\n    pass\n")
    done = run(project, place[1], "optimize", "odd.py", "--pytest", "test_odd.py")
    assert done.returncode == 3
    assert b"Traceback (most recent call last)" not in done.stdout
    assert not set(done.stderr + done.stdout) & {0x1B, 0x07, 0x08, 0x00}, done.stderr[:800]
